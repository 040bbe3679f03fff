"""The compilers nearest to each framework's chips, strict, with declarations for headers."""

import subprocess
from pathlib import Path

from nas.cost.compiler import CORES
from tests.tools import require

HERE = Path(__file__).parent
HEADERS = HERE / "headers"
STAND_INS = HERE / "stand_ins"
STRICT = ("-Wall", "-Wextra", "-Wconversion", "-Wshadow", "-Werror")


def compiler(core, language="c"):
    """Return command and flags of a core; ``host`` is this computer's."""
    if core == "host":
        return [require("c++" if language == "c++" else "cc", package="g++")]
    found = CORES[core]
    command = require(found.compiler, package=found.package.split()[0])
    command = command.removesuffix("gcc") + ("g++" if language == "c++" else "gcc")
    return [command, *found.flags]


def compile_all(core, folder, sources, includes, *options, language="c", standard="gnu11"):
    """Compile each of `sources` for `core`, strictly; return the objects."""
    objects = []
    for source in map(Path, sources):
        target = folder / f"{core}-{source.parent.name}-{source.stem}.o"
        command = [*compiler(core, language), *STRICT, "-O1", f"-std={standard}", *options]
        command += [f"-I{path}" for path in includes]
        forced = ["-x", language] if language == "c++" else []
        subprocess.run([*command, *forced, "-c", str(source), "-o", str(target)], check=True)
        objects.append(target)
    return objects


def cmake_builds(core, source, build, **values):
    """Configure `source` with CMake for `core` and build it strictly; return what CMake said."""
    cmake = require("cmake", package="cmake")
    require("make", package="make")
    command, *flags = compiler(core)
    settings = {
        "CMAKE_C_COMPILER": command,
        "CMAKE_CXX_COMPILER": compiler(core, "c++")[0],
        "CMAKE_C_FLAGS": " ".join([*flags, *STRICT]),
        "CMAKE_CXX_FLAGS": " ".join([*flags, *STRICT, "-fno-rtti", "-fno-exceptions"]),
        "CMAKE_C_COMPILER_FORCED": "ON",
        "CMAKE_CXX_COMPILER_FORCED": "ON",
        **values,
    }
    if core != "host":
        generic = {"CMAKE_SYSTEM_NAME": "Generic"}
        settings |= {**generic, "CMAKE_TRY_COMPILE_TARGET_TYPE": "STATIC_LIBRARY"}
    given = [f"-D{key}={value}" for key, value in settings.items()]
    run = [cmake, "-G", "Unix Makefiles", "-S", str(source), "-B", str(build), *given]
    said = _checked(run)
    _checked([cmake, "--build", str(build)])
    return said


def _checked(command):
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, (done.stdout + done.stderr)[-4000:]
    return done.stdout
