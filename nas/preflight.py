"""What this machine lacks to set `nas` up, all of it at once, before anything is downloaded.

Run as a file by any Python, `python3 -I nas/preflight.py [PLACE]`: it uses the standard library
only and imports nothing of `nas`. Exit code 0 when nothing is missing, else 2 with one line each.
"""

from __future__ import annotations

import importlib.util
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

PYTHONS = ((3, 11), (3, 13))  # as requires-python in pyproject.toml
DISK_BYTES = 4_000_000_000  # .venv takes 2.8 GB, downloads and caches the rest
MACHINES = ("x86_64", "amd64", "aarch64", "arm64")  # TensorFlow has wheels for these
PROGRAM = "#include <string.h>\nint nas_probe(const char *s) { return (int)strlen(s); }\n"


def main(place: str = ".") -> int:
    """Print what is missing for a set-up in `place`; return the exit code."""
    missing = missing_here(place)
    if not missing:
        return 0
    sys.stderr.write("nas: cannot be set up here yet. Missing:\n")
    sys.stderr.writelines(f"  - {line}\n" for line in missing)
    return 2


def missing_here(place: str) -> list[str]:
    """Return one line for each thing that is missing, saying how to get it."""
    checks: list[Callable[[], str]] = [python, venv, machine, compiler, lambda: disk(place)]
    return [line for line in (check() for check in checks) if line]


def python() -> str:
    """Say what to do when this Python is out of range."""
    here = sys.version_info[:2]
    if PYTHONS[0] <= here <= PYTHONS[1]:
        return ""
    low, high = (f"{major}.{minor}" for major, minor in PYTHONS)
    return (
        f"Python {low} to {high}, and this is {here[0]}.{here[1]} ({sys.executable}): install the "
        f"Debian package python{low}, or name another: make PYTHON=/path/to/python{low}"
    )


def venv() -> str:
    """Say what to do when no virtual environment can be made."""
    absent = [name for name in ("venv", "ensurepip") if not importlib.util.find_spec(name)]
    if not absent:
        return ""
    package = f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"
    return f"Python's module {' and '.join(absent)}: install the Debian package {package}"


def machine() -> str:
    """Say that TensorFlow has no package for this processor."""
    if platform.machine().lower() in MACHINES and sys.maxsize > 1 << 32:
        return ""
    wanted, here = " or ".join(MACHINES[::2]), platform.machine() or "unknown"
    return f"a 64-bit {wanted} processor and Python, and this is {here}: use another machine"


def compiler() -> str:
    """Say what to do when `cc` is absent or cannot build the smallest shared library."""
    fix = "install the Debian packages gcc and libc6-dev (macOS: xcode-select --install)"
    command = shutil.which("cc")
    if command is None:
        return "a C compiler named cc: " + fix
    problem = _compile(command)
    return f"a C compiler that works; {command} says `{problem}`: {fix}" if problem else ""


def _compile(command: str) -> str:
    """Return the first line that `command` complains with, or nothing."""
    with tempfile.TemporaryDirectory() as folder:
        run = subprocess.run(
            [command, "-shared", "-fPIC", "-x", "c", "-", "-o", str(Path(folder) / "probe.so")],
            input=PROGRAM.encode(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            check=False,
        )
    lines = run.stderr.decode(errors="replace").strip().splitlines() or ["no reason given"]
    return lines[0] if run.returncode else ""


def disk(place: str) -> str:
    """Say how much disk is free in `place` when it is less than DISK_BYTES."""
    free = shutil.disk_usage(place).free
    if free >= DISK_BYTES:
        return ""
    return (
        f"{DISK_BYTES / 1e9:.0f} GB of free disk in {Path(place).resolve()}, and there are "
        f"{free / 1e9:.1f} GB: free some, or work elsewhere"
    )


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:2]))
