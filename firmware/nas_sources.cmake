# The sources of the listener, for any build system that reads CMake (host, cmake, esp-idf, zephyr).
#
#   include(nas_sources.cmake) sets
#     NAS_SOURCES    .c files: kernels, front end, application, model, labels
#     NAS_INCLUDES   include folders, for users of `nas.h` too
#     NAS_DEFINES    compile definitions
#
# NAS_USE_CMSIS_NN or NAS_USE_ESP_NN, set before it, puts a library's kernels in the place of ours
# where it has them (ports/README.md); its headers and its objects are the caller's to add.

if(NAS_USE_CMSIS_NN AND NAS_USE_ESP_NN)
  message(FATAL_ERROR "nas: NAS_USE_CMSIS_NN and NAS_USE_ESP_NN exclude each other")
endif()

get_filename_component(NAS_ROOT "${CMAKE_CURRENT_LIST_DIR}" ABSOLUTE)
if(NOT EXISTS "${NAS_ROOT}/generated/model.c")
  message(FATAL_ERROR "nas: ${NAS_ROOT} holds no model; `nas export` writes whole trees")
endif()

file(GLOB NAS_KERNELS "${NAS_ROOT}/kernels/*.c")
file(GLOB NAS_PARTS "${NAS_ROOT}/frontend/*.c" "${NAS_ROOT}/app/*.c")
set(NAS_GENERATED "${NAS_ROOT}/generated")
set(NAS_MODEL_FOLDER "${NAS_GENERATED}")
set(NAS_PORTS "")
set(NAS_DEFINES "")

if(NAS_USE_CMSIS_NN)
  set(NAS_PORT "cmsis_nn")
  list(APPEND NAS_DEFINES "NAS_USE_CMSIS_NN=1")
elseif(NAS_USE_ESP_NN)
  set(NAS_PORT "esp_nn")
  list(APPEND NAS_DEFINES "NAS_USE_ESP_NN=1")
endif()

if(NAS_USE_CMSIS_NN OR NAS_USE_ESP_NN)
  # A port includes the portable kernel of the same name, which then must not be compiled itself.
  set(NAS_MODEL_FOLDER "${NAS_GENERATED}/apart")
  file(GLOB NAS_PORTS "${NAS_ROOT}/ports/${NAS_PORT}/*.c")
  foreach(port IN LISTS NAS_PORTS)
    get_filename_component(name "${port}" NAME)
    list(REMOVE_ITEM NAS_KERNELS "${NAS_ROOT}/kernels/${name}")
  endforeach()
  list(APPEND NAS_PORTS "${NAS_ROOT}/ports/scratch.c")
endif()

set(NAS_SOURCES
  ${NAS_KERNELS} ${NAS_PORTS} ${NAS_PARTS}
  "${NAS_MODEL_FOLDER}/model.c"
  "${NAS_GENERATED}/labels.c"
  "${NAS_GENERATED}/frontend_tables.c"
)
set(NAS_INCLUDES
  "${NAS_ROOT}/include"
  "${NAS_MODEL_FOLDER}"
  "${NAS_GENERATED}"
  "${NAS_ROOT}/app"
)
if(NAS_PORTS)
  list(APPEND NAS_INCLUDES "${NAS_ROOT}/ports")
endif()
list(REMOVE_DUPLICATES NAS_INCLUDES)
