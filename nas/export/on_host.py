"""An exported tree proved on this computer, by the program that boards run."""

import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

from nas.cost.emulator import WARNINGS, first_error
from nas.errors import BuildError, CheckError, ConfigError
from nas.export.proof import Proof, check_files, folders, parts, printed

__all__ = ["missing_host_tool", "prove_on_host"]

TIMEOUT_S = 600.0
COMMON = ("targets/emulated/print.c", "targets/emulated/on_host.c")
UNTOLD = ("instructions_per_inference", "instructions_per_hop", "stack_bytes")


def missing_host_tool(compiler: str = "cc") -> str | None:
    """Return a line that names the compiler and its package; None where it is there."""
    if shutil.which(compiler):
        return None
    return f"{compiler}: not found; install the Debian packages gcc and libc6-dev"


def prove_on_host(tree: Path, *, compiler: str = "cc", flags: Sequence[str] = ("-O2",)) -> Proof:
    """Build `tree` in a folder of its own and run its golden vectors.

    Args:
        tree: an exported tree, which is only read.
        compiler: the command.
        flags: of optimization, sanitizers.

    Raises:
        ConfigError: the compiler or a file of the tree is missing. BuildError: it does not
            compile. CheckError: the program did not end.
    """
    missing = missing_host_tool(compiler)
    if missing:
        raise ConfigError(missing)
    check_files(tree, *COMMON)
    places = [f"-I{place}" for place in folders(tree)]
    built = parts(tree)
    common = (tree / name for name in COMMON)
    files = [str(path) for path in (*built.proving(tree), *common, *built.sources(tree))]
    with tempfile.TemporaryDirectory() as name:
        program = str(Path(name) / "nas_verify")
        _built([compiler, *flags, "-std=c99", *WARNINGS, *places, *files, "-o", program])
        values = _ran(program)
    bytes_only = {name: n for name, n in values.items() if name not in UNTOLD}
    return Proof(**bytes_only, tools=(_version(compiler),))


def _built(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise BuildError(f"{command[0]}: {first_error(done.stderr)}")


def _ran(program: str) -> dict[str, int]:
    try:
        done = subprocess.run(
            [program], capture_output=True, text=True, check=False, timeout=TIMEOUT_S
        )
    except subprocess.TimeoutExpired:
        raise CheckError(f"the golden vectors still run after {TIMEOUT_S:g} s") from None
    return printed(done.returncode, done.stdout, done.stderr)


def _version(compiler: str) -> str:
    command = [compiler, "--version"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return done.stdout.splitlines()[0]
