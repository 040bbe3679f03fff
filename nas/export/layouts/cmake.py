"""A CMake package: its files need nothing of the model."""

from pathlib import Path

from nas.export.layouts.tree import Tree

__all__ = ["write"]


def write(tree: Tree, folder: Path) -> None:
    """Add nothing: `CMakeLists.txt` reads the version from the manifest when it is configured."""
