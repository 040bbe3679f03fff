from tests.export.fixtures import built_tree, tree

__all__ = ["built_tree", "tree"]
