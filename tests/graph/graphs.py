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
