"""What compiling for a core and running it under QEMU needs, and which Debian package holds it."""

import shutil
import subprocess

from nas.cost.compiler import CORES
from nas.cost.emulator import MACHINES

__all__ = ["missing_tool"]

HEADER = "string.h"
"""Of the C library, which is a package apart from the compiler's."""


def missing_tool(core: str) -> str | None:
    """Return a line that names the first missing tool and its package; None where all are there.

    Args:
        core: key of `nas.cost.emulator.MACHINES`.
    """
    machine, target = MACHINES[core], CORES[core]
    compiler, library = target.package.split(" and ")
    if not shutil.which(machine.emulator):
        return f"{machine.emulator}: not found; install the Debian package {machine.package}"
    if not shutil.which(target.compiler):
        return (
            f"{target.compiler}: not found; install the Debian packages {compiler} and {library}"
        )
    if not _has_library(core):
        return f"{target.compiler}: no {HEADER} for it; install the Debian package {library}"
    return None


def _has_library(core: str) -> bool:
    target = CORES[core]
    done = subprocess.run(
        [target.compiler, *target.flags, "-E", "-x", "c", "-"],
        input=f"#include <{HEADER}>\n",
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode == 0
