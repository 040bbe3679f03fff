"""What an emit function sees of its node, what it returns, and the C text that several share."""

from dataclasses import dataclass
from typing import Any

from nas.export import requantize
from nas.export.c_source import Array
from nas.export.requantize import Scale
from nas.graph.graph import Node
from nas.graph.ops import Activation, Shape, same_padding
from nas.graph.planner import Plan
from nas.graph.quantized import Constants, Quantization, QuantizedGraph

__all__ = [
    "Emitted",
    "Site",
    "activation",
    "dims",
    "initializer",
    "offsets",
    "same_scale",
    "scale_c",
    "tiles",
    "volume",
]

SCALE_TOLERANCE = 1e-6
"""TFLite's own bound for ops that pass bytes on."""


@dataclass(frozen=True)
class Emitted:
    """C of one node: arrays at file scope, statements of its block, kernel sources it needs."""

    arrays: tuple[Array, ...] = ()
    statements: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Site:
    """A node with all that its emit function looks up."""

    model: QuantizedGraph
    plan: Plan
    node: Node
    prefix: str

    @property
    def op(self) -> Any:
        """The node's op."""
        return self.node.op

    @property
    def inputs(self) -> tuple[Quantization, ...]:
        """Quantization of the tensors read."""
        return tuple(self.model.quantization[index] for index in self.node.inputs)

    @property
    def output(self) -> Quantization:
        """Quantization of the tensor written."""
        return self.model.quantization[self.node.output]

    @property
    def constants(self) -> Constants:
        """Weights of the node."""
        return self.model.constants[self.node.name]

    @property
    def input_shape(self) -> Shape:
        """Shape of the first tensor read."""
        return self.model.graph.input_shapes(self.node)[0]

    @property
    def output_shape(self) -> Shape:
        """Shape of the tensor written."""
        return self.model.graph.output_shape(self.node)

    def pointer(self, tensor: int) -> str:
        """Return the C expression of a tensor's first byte."""
        return f"arena + {self.plan.offsets[tensor]}"


def tiles(site: Site, dilation: tuple[int, int]) -> tuple[str, str]:
    """Return the fields stride and padding of a windowed op."""
    kernel = getattr(site.op, "kernel", None) or site.op.pool
    stride_h, stride_w = site.op.stride
    pad_h, pad_w = (
        same_padding(
            site.input_shape[axis],
            kernel[axis],
            site.op.stride[axis],
            dilation[axis],
            site.op.padding.along(axis),
        )
        for axis in (0, 1)
    )
    return (
        f".stride = {{.w = {stride_w}, .h = {stride_h}}}",
        f".padding = {{.w = {pad_w}, .h = {pad_h}}}",
    )


def same_scale(site: Site) -> bool:
    """Tell whether bytes mean the same in input and output, as far as TFLite looks."""
    before, after = site.inputs[0], site.output
    near = abs(before.scale - after.scale) <= SCALE_TOLERANCE
    return near and before.zero_point == after.zero_point


def offsets(site: Site) -> tuple[str, str]:
    """Return the fields input_offset and output_offset."""
    return (
        f".input_offset = {-site.inputs[0].zero_point}",
        f".output_offset = {site.output.zero_point}",
    )


def activation(site: Site) -> str:
    """Return the field activation: the int8 bounds of the output."""
    kind = getattr(site.op, "activation", Activation.NONE)
    low, high = requantize.activation_range(kind, site.output)
    return f".activation = {{.min = {low}, .max = {high}}}"


def scale_c(scale: Scale) -> str:
    """Return the initializer of a multiplier and shift."""
    return f"{{.multiplier = {scale.multiplier}, .shift = {scale.shift}}}"


def dims(name: str, dims: tuple[int, ...]) -> str:
    """Return the definition of dims (n, h, w, c)."""
    n, height, width, channels = dims
    return (
        f"static const nas_dims {name} = {{.n = {n}, .h = {height}, .w = {width}, "
        f".c = {channels}}};"
    )


def volume(shape: Shape) -> tuple[int, int, int, int]:
    """Return (1, h, w, c); a vector is 1 x 1 x c."""
    height, width, channels = (1, 1, *shape)[-3:]
    return 1, height, width, channels


def initializer(kind: str, name: str, fields: tuple[str, ...]) -> str:
    """Return the definition of a constant struct."""
    return f"static const {kind} {name} = {{\n    " + ",\n    ".join(fields) + ",\n};"
