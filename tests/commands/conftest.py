from tests.export.fixtures import tree

__all__ = ["tree"]
