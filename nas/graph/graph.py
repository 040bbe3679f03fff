"""A network as a list of ops in execution order over int8 tensors, without any framework."""

from dataclasses import dataclass, field
from math import prod
from typing import NamedTuple

from nas.graph.ops import Dequantize, Op, Shape

__all__ = ["FLOAT_BYTES", "Graph", "GraphBuilder", "Node", "Tensor"]

FLOAT_BYTES = 4


class Tensor(NamedTuple):
    """An activation: `shape` without the batch, int8 but at the ends, where float32 may stand."""

    name: str
    shape: Shape
    item_bytes: int = 1

    @property
    def size_bytes(self) -> int:
        """Bytes of the tensor."""
        return prod(self.shape) * self.item_bytes


class Node(NamedTuple):
    """One op at work: indices of the tensors it reads and of the one it writes."""

    name: str
    op: Op
    inputs: tuple[int, ...]
    output: int


@dataclass(frozen=True)
class Graph:
    """Tensors, nodes in execution order, and which tensors enter and leave.

    `nodes[i].op` never reads a tensor written later. `input` and `output` index `tensors`.
    """

    tensors: tuple[Tensor, ...]
    nodes: tuple[Node, ...]
    input: int
    output: int

    def input_shapes(self, node: Node) -> tuple[Shape, ...]:
        """Return the shapes of the tensors that `node` reads."""
        return tuple(self.tensors[index].shape for index in node.inputs)

    def output_shape(self, node: Node) -> Shape:
        """Return the shape of the tensor that `node` writes."""
        return self.tensors[node.output].shape


@dataclass
class GraphBuilder:
    """Appends ops; each call returns the index of the tensor written."""

    input_shape: Shape
    input_item_bytes: int = 1
    _tensors: list[Tensor] = field(default_factory=list)
    _nodes: list[Node] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._tensors.append(Tensor("input", self.input_shape, self.input_item_bytes))

    @property
    def input(self) -> int:
        """Index of the input tensor."""
        return 0

    def shape(self, tensor: int) -> Shape:
        """Return the shape of a tensor added so far."""
        return self._tensors[tensor].shape

    def add(self, op: Op, *inputs: int, name: str | None = None) -> int:
        """Append `op` reading `inputs`; raises ValueError where the shapes do not allow it."""
        tensors = self._tensors
        label = name or f"{type(op).__name__.lower()}_{len(self._nodes)}"
        if len(inputs) == 1:
            shape = op.output(tensors[inputs[0]].shape)
        else:
            shape = op.output(*[tensors[index].shape for index in inputs])
        item_bytes = FLOAT_BYTES if isinstance(op, Dequantize) else 1
        tensors.append(Tensor(label, shape, item_bytes))
        self._nodes.append(Node(label, op, inputs, len(tensors) - 1))
        return len(tensors) - 1

    def build(self, output: int) -> Graph:
        """Return the finished graph whose result is tensor `output`."""
        return Graph(tuple(self._tensors), tuple(self._nodes), self.input, output)
