"""Random graphs for the planner and the prices."""

from hypothesis import strategies as st

from nas.graph.graph import Graph, GraphBuilder
from nas.graph.ops import (
    Activation,
    Add,
    AveragePool2D,
    Conv2D,
    DepthwiseConv2D,
    FullyConnected,
    MaxPool2D,
    Mean,
    Padding,
    Reshape,
    Shape,
    Softmax,
)

SIZES = st.integers(1, 9)


@st.composite
def graphs(draw) -> Graph:
    """Chains of windowed ops with skips, reshapes and a head."""
    builder = GraphBuilder((draw(st.integers(4, 60)), draw(SIZES), draw(SIZES)))
    tensor = builder.input
    for _ in range(draw(st.integers(0, 8))):
        tensor = _block(draw, builder, tensor)
    if draw(st.booleans()):
        tensor = builder.add(Mean(), tensor)
    else:
        size = builder.shape(tensor)
        tensor = builder.add(Reshape((size[0] * size[1] * size[2],)), tensor)
    tensor = builder.add(FullyConnected(draw(SIZES)), tensor)
    return builder.build(builder.add(Softmax(), tensor))


def _block(draw, builder: GraphBuilder, tensor: int) -> int:
    kind = draw(st.integers(0, 5))
    kernel = draw(st.integers(1, 3)), draw(st.integers(1, 3))
    stride = draw(st.integers(1, 2)), draw(st.integers(1, 2))
    if kind == 0:
        return builder.add(Conv2D(draw(SIZES), kernel, stride), tensor)
    if kind == 1:
        return builder.add(DepthwiseConv2D(kernel, stride), tensor)
    if kind == 2:
        return builder.add(MaxPool2D(kernel, stride, Padding.SAME), tensor)
    if kind == 3:
        return builder.add(AveragePool2D(kernel, stride, Padding.SAME), tensor)
    if kind == 4:
        height, width, channels = builder.shape(tensor)
        return builder.add(Reshape((width, height, channels)), tensor)
    other = builder.add(Conv2D(builder.shape(tensor)[2], kernel), tensor)
    return builder.add(Add(Activation.RELU), tensor, other)


@st.composite
def branching(draw) -> Graph:
    """Ops on any earlier tensor: branches that join or end, x + x, reshapes of what lives on."""
    shape = (draw(st.integers(1, 7)), draw(st.integers(1, 4)), draw(st.integers(1, 4)))
    builder = GraphBuilder(shape)
    tensors = [builder.input]
    for _ in range(draw(st.integers(1, 7))):
        tensors.append(_anywhere(draw, builder, tensors))
    return builder.build(draw(st.sampled_from(tensors)) if draw(st.booleans()) else tensors[-1])


def _anywhere(draw, builder: GraphBuilder, tensors: list[int]) -> int:
    tensor = draw(st.sampled_from(tensors))
    shape = builder.shape(tensor)
    partners = [other for other in tensors if builder.shape(other) == shape]
    if draw(st.integers(0, 2)) == 0:
        return builder.add(Add(), tensor, draw(st.sampled_from(partners)))
    if len(shape) == 1:
        return builder.add(draw(st.sampled_from([Softmax(), FullyConnected(5)])), tensor)
    kind = draw(st.integers(0, 4))
    if kind == 0:
        return builder.add(Reshape((shape[1], shape[0], shape[2])), tensor)
    if kind == 1:
        return builder.add(Mean(), tensor)
    return builder.add(draw(windowed(shape)), tensor)


@st.composite
def windowed(draw, shape: Shape):
    """A convolution, depthwise convolution or pooling that fits `shape`, no window empty."""
    padding = draw(st.sampled_from(Padding))
    kernel = draw(st.integers(1, min(4, shape[0]))), draw(st.integers(1, min(4, shape[1])))
    dilated = draw(st.booleans())
    stride = (1, 1) if dilated else (draw(st.integers(1, 3)), draw(st.integers(1, 3)))
    dilation = (1, 1)
    if dilated:
        most = [(size - 1) // max(tap - 1, 1) for size, tap in zip(shape[:2], kernel, strict=True)]
        dilation = tuple(draw(st.integers(1, max(1, min(3, m)))) for m in most)
    kind = draw(st.integers(0, 3))
    if kind == 0:
        return Conv2D(draw(st.integers(1, 6)), kernel, stride, dilation, padding)
    if kind == 1:
        return DepthwiseConv2D(kernel, stride, dilation, draw(st.integers(1, 2)), padding)
    return (MaxPool2D if kind == 2 else AveragePool2D)(kernel, stride, padding)
