"""An exported tree under two compilers, five levels and sanitizers: same bytes, no finding."""

import shutil
import subprocess

import pytest

from nas.errors import BuildError, CheckError
from nas.export.on_host import prove_on_host
from nas.export.proof import folders
from tests.tools import lacking, require

PACKAGES = {"gcc": "gcc", "clang": "clang"}
LEVELS = ("-O0", "-O1", "-O2", "-O3", "-Os")
STRICT = ("-Wshadow", "-Wpedantic", "-Wundef", "-Wstrict-prototypes", "-Wmissing-prototypes")
SANITIZERS = {
    "address": ("-g", "-fsanitize=address", "-fno-sanitize-recover=all"),
    "undefined": ("-g", "-fsanitize=undefined", "-fno-sanitize-recover=all"),
}
CPPCHECK = (
    *("--enable=warning,performance,portability", "--error-exitcode=1", "--inline-suppr"),
    *("--std=c99", "--quiet"),
)


def require_sanitizer(compiler, flags, folder):
    """Clang's sanitizers are a package apart, with its version in the name."""
    command = require(compiler, package=PACKAGES[compiler])
    (folder / "empty.c").write_text("int main(void) { return 0; }\n")
    words = [command, *flags, str(folder / "empty.c"), "-o", str(folder / "empty")]
    if subprocess.run(words, capture_output=True, check=False).returncode:
        major = subprocess.run([command, "-dumpversion"], capture_output=True, text=True).stdout
        package = f"libclang-rt-{major.split('.')[0]}-dev" if compiler == "clang" else "gcc"
        lacking(f"{compiler}:{flags[1]}", package=package)


@pytest.mark.slow
@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("compiler", PACKAGES)
def test_every_byte_at_every_level(tree, compiler, level):
    require(compiler, package=PACKAGES[compiler])
    found = prove_on_host(tree.path, compiler=compiler, flags=(level, *STRICT))
    assert (found.differ, found.compared > 1_000) == (0, True)


@pytest.mark.slow
@pytest.mark.parametrize("sanitizer", SANITIZERS)
@pytest.mark.parametrize("compiler", PACKAGES)
def test_sanitizers_find_nothing(tree, compiler, sanitizer, tmp_path):
    require_sanitizer(compiler, SANITIZERS[sanitizer], tmp_path)
    found = prove_on_host(tree.path, compiler=compiler, flags=("-O1", *SANITIZERS[sanitizer]))
    assert (found.differ, found.compared > 1_000) == (0, True)


@pytest.mark.parametrize(
    ("sanitizer", "line", "finding"),
    [
        ("address", "volatile size_t n = 1u << 20; features[n] = 1;", "ABORTING"),
        (
            "undefined",
            "volatile int n = 40; features[0] = (int8_t)(1 << n);",
            "clip.c:18:51: runtime error: shift exponent",
        ),
    ],
)
def test_a_finding_is_no_proof(tree, tmp_path, sanitizer, line, finding):
    """Planted in the program: the sanitizers are at work, and what they say is passed on."""
    require("gcc", package="gcc")
    copy = tmp_path / "tree"
    shutil.copytree(tree.path, copy, ignore=shutil.ignore_patterns("build"))
    source = copy / "targets/host/clip.c"
    text = source.read_text()
    start = "int32_t work[NAS_WORK_LENGTH];\n"
    assert start in text
    source.write_text(text.replace(start, f"{start}    {line}\n"))
    with pytest.raises(CheckError, match="did not run to their end") as raised:
        prove_on_host(copy, compiler="gcc", flags=("-O1", *SANITIZERS[sanitizer]))
    assert finding in str(raised.value)


def test_a_warning_is_an_error(tree, tmp_path):
    require("gcc", package="gcc")
    copy = tmp_path / "tree"
    shutil.copytree(tree.path, copy, ignore=shutil.ignore_patterns("build"))
    with (copy / "app/audio_ring.c").open("a") as file:
        file.write("static int unused(void) { return 1; }\n")
    with pytest.raises(BuildError, match=r"audio_ring\.c.*unused"):
        prove_on_host(copy, compiler="gcc")


def cppcheck(tree):
    """Check the whole tree, generated C included, as it is built."""
    command = require("cppcheck", package="cppcheck")
    places = [f"-I{place}" for place in folders(tree)]
    words = [command, *CPPCHECK, *places, f"-i{tree / 'build'}", str(tree)]
    return subprocess.run(words, capture_output=True, text=True, check=False)


def test_cppcheck_finds_nothing(tree):
    done = cppcheck(tree.path)
    assert (done.returncode, done.stderr) == (0, "")


def test_cppcheck_finds_what_is_planted(tree, tmp_path):
    copy = tmp_path / "tree"
    shutil.copytree(tree.path, copy, ignore=shutil.ignore_patterns("build"))
    with (copy / "app/listener.c").open("a") as file:
        file.write("int past(void) { int two[2] = {1, 2}; return two[2]; }\n")
    done = cppcheck(copy)
    assert done.returncode == 1
    assert "arrayIndexOutOfBounds" in done.stderr
