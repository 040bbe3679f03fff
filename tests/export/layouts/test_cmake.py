"""The CMake files run by the real CMake: package, example, host programs."""

import subprocess

import numpy as np
import pytest

from nas.export.host_program import host_program, stream_events
from tests.export.layouts.cross import HEADERS, cmake_builds, compile_all
from tests.export.toy import SETTINGS, clips
from tests.tools import require


def test_package_in_a_source_tree_and_installed(tree, tmp_path):
    """add_subdirectory with C++, installed to a place with a space, found by the example."""
    cmake, place, outer = require("cmake", package="cmake"), tmp_path / "with space", tmp_path
    (outer / "main.cpp").write_text(
        '#include "nas.h"\n#include "nas_listener.h"\n'
        "static nas_app_t app;\nstatic nas_listener_t listener;\n"
        "int main() { nas_app_init(&app, nullptr, nullptr); nas_app_poll(&app);\n"
        "  nas_listener_init(&listener);\n"
        "  return nas_listener_poll(&listener) == nullptr ? 0 : 1; }\n"
    )
    (outer / "CMakeLists.txt").write_text(
        "cmake_minimum_required(VERSION 3.19)\nproject(outer LANGUAGES C CXX)\n"
        f'add_subdirectory("{tree.path}/targets/cmake" nas_model)\n'
        "add_executable(main main.cpp)\ntarget_link_libraries(main PRIVATE nas::model)\n"
    )
    cmake_builds("host", outer, outer / "build", CMAKE_INSTALL_PREFIX=place)
    subprocess.run([str(outer / "build/main")], check=True)
    subprocess.run([cmake, "--install", str(outer / "build")], check=True, capture_output=True)
    example = tree.path / "targets/cmake/example"
    cmake_builds("host", example, outer / "example", CMAKE_PREFIX_PATH=place)
    check_example(outer / "example/listen", tree, tmp_path)


@pytest.mark.parametrize(("library", "symbol"), [("cmsis_nn", "CMSIS_NN"), ("esp_nn", "ESP_NN")])
def test_an_installed_package_with_a_port_has_its_header(tree, tmp_path, library, symbol):
    """Of the library only its declarations are here: configured and installed, not linked."""
    cmake, place = require("cmake", package="cmake"), tmp_path / "installed"
    options = {f"NAS_USE_{symbol}": "ON", "NAS_KERNEL_INCLUDES": HEADERS / library}
    options["CMAKE_INSTALL_PREFIX"] = place
    cmake_builds("host", tree.path / "targets/cmake", tmp_path / "build", **options)
    done = [cmake, "--install", str(tmp_path / "build")]
    subprocess.run(done, check=True, capture_output=True)
    (tmp_path / "main.c").write_text(
        '#include "nas.h"\n#include "port.h"\n'
        "int main(void) { return nas_port_scratch_missing() > 0; }\n"
    )
    compile_all("host", tmp_path, [tmp_path / "main.c"], [place / "include/nas_model"])


def check_example(program, tree, cache):
    """The events of the host program: seconds, label, a probability of so many 256ths."""
    samples, labels = np.concatenate(clips(40, seed=3)).tobytes(), tree.manifest["labels"]
    done = subprocess.run([str(program)], input=samples, capture_output=True, check=True)
    events = list(stream_events(host_program(tree.path, cache), [samples]))
    assert len(events) > 5
    assert done.stdout.decode().splitlines() == [
        f"{time / SETTINGS.sample_rate_hz:.3f} {labels[index]} {(score + 128) / 256:.4f}"
        for time, index, score in events
    ]


def test_host_programs_prove_the_tree(tree, tmp_path):
    """Also where the path has a space and letters beyond ASCII."""
    place = tmp_path / "mein Gerät"
    subprocess.run(["cp", "-r", str(tree.path), str(place)], check=True)
    cmake_builds("host", place / "targets/host", tmp_path / "host")
    ctest = require("ctest", package="cmake")
    done = subprocess.run(
        [ctest, "--test-dir", str(tmp_path / "host")], capture_output=True, text=True, check=True
    )
    assert "100% tests passed" in done.stdout
    clip = clips(1, seed=1)
    raw = subprocess.run(
        [str(tmp_path / "host/nas_run"), "--raw-features"],
        input=clip.tobytes(),
        capture_output=True,
        check=True,
    )
    assert len(np.frombuffer(raw.stdout, np.int8)) == SETTINGS.n_frames * SETTINGS.n_bins


def test_a_folder_without_model_is_named(tree, tmp_path):
    cmake = require("cmake", package="cmake")
    for part in ("nas_sources.cmake", "targets"):
        subprocess.run(["cp", "-r", str(tree.path / part), str(tmp_path)], check=True)
    done = subprocess.run(
        [cmake, "-S", str(tmp_path / "targets/host"), "-B", str(tmp_path / "build")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode != 0
    assert "holds no model" in " ".join(done.stderr.split())
