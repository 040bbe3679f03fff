"""A Zephyr module: its files need nothing of the model."""

from pathlib import Path

from nas.export.layouts.tree import Tree

__all__ = ["write"]


def write(tree: Tree, folder: Path) -> None:
    """Add nothing: the module compiles the tree's sources where they lie."""
