"""What a recorded table was made with: versions and machine, a line each."""

import os
import platform
from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path

__all__ = ["machine", "versions"]


def versions(packages: Iterable[str]) -> str:
    """Return Python's version and those of installed `packages`."""
    return ", ".join(
        [f"Python {platform.python_version()}", *(f"{name} {version(name)}" for name in packages)]
    )


def machine() -> str:
    """Return processor, cores that may be used, and system."""
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    names = {line.partition(":")[2].strip() for line in lines if line.startswith("model name")}
    cores = len(os.sched_getaffinity(0))
    name = " and ".join(sorted(names)) or platform.machine()
    return f"{name}, {cores} cores, {platform.system()} {platform.release()}"
