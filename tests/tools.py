"""Outside tools that a test needs: present, or named in the summary, or a failure."""

import os
import shutil
from typing import NoReturn

import pytest


def require(command: str, *, package: str) -> str:
    """Return the path of `command`; skip naming `package`, or fail if all tools are required."""
    found = shutil.which(command)
    return found or lacking(command, package=package)


def lacking(tool: str, *, package: str) -> NoReturn:
    """Skip the test, or fail it if all tools are required; the summary names `package`."""
    reason = f"missing tool {tool}: install the Debian package {package}"
    if os.environ.get("NAS_REQUIRE_ALL") == "1":
        pytest.fail(reason)
    pytest.skip(reason)
