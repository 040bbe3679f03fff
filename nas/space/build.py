"""From a candidate to its graph."""

from nas.errors import ConfigError
from nas.graph.graph import Graph
from nas.space.candidate import Candidate
from nas.space.families import FAMILIES, Family

__all__ = ["ImpossibleCandidate", "build_graph", "family_of"]


class ImpossibleCandidate(ValueError):  # noqa: N818 - a verdict on a candidate, not a failure
    """The choices do not make a network; the message says which and why."""


def build_graph(candidate: Candidate, n_classes: int) -> Graph:
    """Return the graph of `candidate`, ending in logits of `n_classes` and a softmax.

    Raises:
        ImpossibleCandidate: a kernel, a pool or a sum does not fit the shapes it meets, a part of
            the first kernel would never meet any feature, or the family does not take such
            features.
    """
    family = family_of(candidate.family)
    try:
        shape = family.input_shape(candidate.frontend)
        graph = family.build(candidate.network, shape, n_classes)
    except KeyError as error:
        missing = error.args[0]
        raise ImpossibleCandidate(f"{family.name}: network.{missing} is missing") from None
    except ValueError as error:
        raise ImpossibleCandidate(f"{family.name}: {error}") from None
    _check_first(graph, family.name)
    return graph


def _check_first(graph: Graph, family: str) -> None:
    """Refuse a first kernel larger than the features: a part of it would never meet any."""
    first = graph.nodes[0]
    kernel, shape = getattr(first.op, "kernel", (1, 1)), graph.input_shapes(first)[0]
    for size, there, what in zip(kernel, shape, ("frames", "bins"), strict=False):
        if size > there:
            raise ImpossibleCandidate(
                f"{family}: {first.name}: its kernel takes in {size} {what}, the features have "
                f"{there}"
            )


def family_of(name: str) -> Family:
    """Return the family called `name`; raises ConfigError naming those there are."""
    if name not in FAMILIES:
        raise ConfigError(f"family {name!r} is unknown; known: {', '.join(sorted(FAMILIES))}")
    return FAMILIES[name]
