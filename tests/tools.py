"""Outside tools that a test needs: present, or named in the summary, or a failure."""

import os
import shutil

import pytest


def require(command: str, *, package: str) -> str:
    """Return the path of `command`; skip naming `package`, or fail if all tools are required."""
    found = shutil.which(command)
    if found:
        return found
    reason = f"missing tool {command}: install the Debian package {package}"
    if os.environ.get("NAS_REQUIRE_ALL") == "1":
        pytest.fail(reason)
    pytest.skip(reason)
