"""What the application around the network takes beyond its code: its struct and its classes."""

from nas.detector.settings import WINDOW
from nas.graph.graph import Graph

__all__ = ["MEASURED_CLASSES", "app_bytes", "class_bytes"]

APP_BYTES = 68
"""Members of nas_app_t (firmware/app) beside buffers, front end and rings: four 32-bit positions
and three counts of lost samples of the listener, five words of the detector, two pointers to the
handler, three counts of the application."""
MEASURED_CLASSES = 2
"""Classes whose thresholds lie in the measured object of the application."""
THRESHOLD_BYTES = 2
LABEL_BYTES = 12
"""A pointer and a name of up to seven letters: before a search is given data no name is known."""


def app_bytes(graph: Graph, *, feature_ring_bytes: int) -> int:
    """Return the RAM of nas_app_t without front end, audio ring and feature ring."""
    scores = WINDOW * _n_classes(graph)
    return APP_BYTES + scores + -scores % 4 + -feature_ring_bytes % 4


def class_bytes(graph: Graph) -> int:
    """Return the flash of thresholds and names, less the thresholds in the measured object."""
    n = _n_classes(graph)
    return LABEL_BYTES * n + THRESHOLD_BYTES * (n - MEASURED_CLASSES)


def _n_classes(graph: Graph) -> int:
    return graph.tensors[graph.output].size_bytes
