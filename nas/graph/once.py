"""Facts of a graph that are computed once: a graph never changes, and a price asks repeatedly."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from nas.graph.graph import Graph

__all__ = ["once_a_graph"]

Fact = TypeVar("Fact")


def once_a_graph(function: Callable[[Graph], Fact]) -> Callable[[Graph], Fact]:
    """Keep what `function` returns on its graph, as `functools.cached_property` does.

    What it returns must not be changed. A cache by key would hash every node of the graph.
    """
    name = f"{function.__module__}.{function.__qualname__}"

    @wraps(function)
    def kept(graph: Graph) -> Fact:
        facts: dict[str, Any] = graph.__dict__
        if name not in facts:
            facts[name] = function(graph)
        fact: Fact = facts[name]
        return fact

    return kept
