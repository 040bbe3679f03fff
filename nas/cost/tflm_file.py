"""Length of the `.tflite` that the export writes for a graph, to the byte, before any training.

The layout is that of ``nas.export.tflite_file``, read from the end of the file:

    constants    weights, biases, shapes and axes; each starts at a multiple of 16
    zero points  int64: one an activation; one vector of zeros for each count of channels
    the rest     shapes, names, scales, tables: all multiples of 4, so it simply adds up

Nothing depends on what is trained. For a file that somebody brings, its own length counts.
"""

from collections.abc import Callable, Mapping
from math import prod
from typing import Any

from nas.cost.by_op import entry
from nas.cost.constants import NodeConstants, graph_constants, has_one_scale
from nas.cost.tflm_layout import OPTIONS, TABLE_BYTES, aligned, vtable_bytes
from nas.graph.graph import Graph, Node
from nas.graph.ops import Conv2D, DepthwiseConv2D, FullyConnected, Op, Reshape, Shape

__all__ = ["model_bytes"]

WORD = 4
DESCRIPTION, SUBGRAPH = "mcu-nas", "main"
ROOT_BYTES = 8
"""Offset of the root table and the identifier TFL3."""

ACTIVATION_BYTES = 3 * WORD + TABLE_BYTES["activation"] + TABLE_BYTES["quantization"]
"""With its one scale and its place in the list of tensors; without name and zero point."""
CONSTANT_BYTES = WORD + TABLE_BYTES["constant"] + WORD + TABLE_BYTES["quantization"]
"""With the length of its scales; without them and without its name."""
PARAMETER_BYTES = WORD + TABLE_BYTES["parameter"]
AXIS_BYTES = TABLE_BYTES["quantization_axis"] - TABLE_BYTES["quantization"]
BUFFER_BYTES = WORD + TABLE_BYTES["buffer"]
CODE_BYTES = WORD + TABLE_BYTES["operator_code"]

LISTS = 5 * WORD + 2 * 2 * WORD
"""Lengths of five lists of tables; input and output with theirs."""
ONCE_BYTES = (
    LISTS
    + WORD
    + TABLE_BYTES["buffer_empty"]
    + WORD
    + TABLE_BYTES["subgraph"]
    + TABLE_BYTES["model"]
    + WORD
    + (len(DESCRIPTION) + WORD) // WORD * WORD
    + WORD
    + (len(SUBGRAPH) + WORD) // WORD * WORD
)


def model_bytes(graph: Graph) -> int:
    """Return the bytes of the `.tflite` of `graph`.

    Raises:
        UnsupportedOpError: an op whose record in the file is not known.
    """
    sizes = _Sizes(graph)
    options = [entry(OPTIONS, node, "record in a .tflite") for node in graph.nodes]
    for each in zip(graph.nodes, options, graph_constants(graph), strict=True):
        sizes.add(*each)
    return sizes.total()


def _text(name: str, suffix: int = 0) -> int:
    """Return the bytes of a string: its length, its bytes and a 0, up to a multiple of 4."""
    length = len(name) if name.isascii() else len(name.encode())
    return WORD + (length + suffix + WORD) // WORD * WORD


class _Sizes:
    """Adds up a file node by node."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.data: list[int] = []
        self.shapes = {(1, *tensor.shape) for tensor in graph.tensors}
        self.parameters: set[tuple[int, ...]] = set()
        self.zeros: set[int] = set()
        self.rest = len(graph.tensors) * ACTIVATION_BYTES
        self.rest += sum(_text(tensor.name) for tensor in graph.tensors)

    def add(self, node: Node, options: str | None, constants: NodeConstants) -> None:
        reads = len(node.inputs)
        if constants.channels:
            reads += 2
            self._weighted(node, constants.weight_bytes, constants.channels)
        elif constants.parameter:
            reads += 1
            self._described(node, constants.parameter)
        table = TABLE_BYTES["operator_plain" if options is None else "operator"]
        more = 0 if options is None else TABLE_BYTES[options]
        self.rest += WORD + table + more + WORD * (1 + reads) + 2 * WORD

    def total(self) -> int:
        zero_points = [1] * len(self.graph.tensors) + list(self.zeros)
        end = aligned(self._data_end(), 8) + 8 * (sum(zero_points) + len(zero_points)) - WORD
        return aligned(end + self.rest + self._once() + ROOT_BYTES, 16)

    def _weighted(self, node: Node, weight_bytes: int, channels: int) -> None:
        scales = 1 if has_one_scale(node.op) else channels
        self.data += (weight_bytes, WORD * channels)
        self.zeros.add(scales)
        self.shapes.add((channels,))
        self.shapes.add(WEIGHT_SHAPES[type(node.op)](node.op, self.graph.input_shapes(node)[0]))
        self.rest += 2 * (CONSTANT_BYTES + BUFFER_BYTES + WORD * scales)
        self.rest += _text(node.name, len("/weights")) + _text(node.name, len("/bias"))
        if isinstance(node.op, DepthwiseConv2D):
            self.rest += AXIS_BYTES

    def _described(self, node: Node, parameter: tuple[int, ...]) -> None:
        """Add the shape or the axes of a node, of which equal nodes share one."""
        if parameter in self.parameters:
            return
        self.parameters.add(parameter)
        self.data.append(WORD * len(parameter))
        self.shapes.add((len(parameter),))
        suffix = len("/shape") if isinstance(node.op, Reshape) else len("/axes")
        self.rest += PARAMETER_BYTES + BUFFER_BYTES + _text(node.name, suffix)

    def _data_end(self) -> int:
        end = 0
        for size in self.data:
            end = aligned(end + size, 16) + WORD
        return end

    def _once(self) -> int:
        """Return what the file holds once: vtables, operator codes, lists, model and subgraph."""
        ops = frozenset(type(node.op) for node in self.graph.nodes)
        shapes = sum(WORD * (1 + len(shape)) for shape in self.shapes)
        return ONCE_BYTES + vtable_bytes(ops) + shapes + len(ops) * CODE_BYTES


def _conv(op: Conv2D, source: Shape) -> Shape:
    return (op.filters, *op.kernel, source[2])


def _depthwise(op: DepthwiseConv2D, source: Shape) -> Shape:
    return (1, *op.kernel, source[2] * op.multiplier)


def _fully_connected(op: FullyConnected, source: Shape) -> Shape:
    return (op.units, prod(source))


WEIGHT_SHAPES: Mapping[type[Op], Callable[[Any, Shape], Shape]] = {
    Conv2D: _conv,
    DepthwiseConv2D: _depthwise,
    FullyConnected: _fully_connected,
}
