"""A second implementation of what the kernels do to memory: byte by byte, in their order.

Every byte of the arena carries a tag, the tensor and the place in it. A node reads the tags it
needs for each byte of its output, in the order of `nas/kernels.h`, and a tag that is not the one
expected was overwritten too early.
"""

import numpy as np

from nas.graph.ops import (
    Add,
    AveragePool2D,
    Conv2D,
    DepthwiseConv2D,
    FullyConnected,
    Logistic,
    MaxPool2D,
    Mean,
    Pad,
    Padding,
    Relu,
    Requantize,
    Reshape,
    Softmax,
)


class OverwrittenError(Exception):
    """A byte was read that no longer held what was written for its reader."""


def simulate(graph, plan):
    """Run `graph` as planned; raises OverwrittenError."""
    assert sorted(plan.order) == list(range(len(graph.nodes)))
    arena = np.full(plan.arena_bytes, -1, np.int64)
    tags = {graph.input: _tags(graph, graph.input)}
    _write(arena, plan, graph.input, tags[graph.input])
    for index in plan.order:
        node = graph.nodes[index]
        if isinstance(node.op, Reshape):
            _reshape(arena, plan, node, tags)
            continue
        tags[node.output] = _tags(graph, node.output)
        _run(graph, plan, arena, node, tags)
    start = plan.offsets[graph.output]
    expected = tags[graph.output]
    if not np.array_equal(arena[start : start + len(expected)], expected):
        raise OverwrittenError("the graph's output")


def _reshape(arena, plan, node, tags):
    """Share the bytes, or copy them to where they meet no byte of the input."""
    given, source, target = tags[node.inputs[0]], node.inputs[0], node.output
    start = plan.offsets[source]
    if not np.array_equal(arena[start : start + len(given)], given):
        raise OverwrittenError(node.name)
    assert plan.offsets[target] == start or abs(plan.offsets[target] - start) >= len(given)
    tags[target] = given
    _write(arena, plan, target, given)


def _tags(graph, tensor):
    size = int(np.prod(graph.tensors[tensor].shape))
    return np.arange(size, dtype=np.int64) + tensor * 2**32


def _write(arena, plan, tensor, tags):
    start = plan.offsets[tensor]
    assert start >= 0
    assert start + len(tags) <= len(arena)
    arena[start : start + len(tags)] = tags


def _run(graph, plan, arena, node, tags):
    target = graph.tensors[node.output].shape
    own, start = tags[node.output], plan.offsets[node.output]
    for byte in range(len(own)):
        for tensor in node.inputs:
            source = graph.tensors[tensor].shape
            needed = reads(node.op, source, target, byte)
            if not np.array_equal(arena[plan.offsets[tensor] + needed], tags[tensor][needed]):
                raise OverwrittenError(f"{node.name} byte {byte}")
        arena[start + byte] = own[byte]


def reads(op, source, target, byte):
    """Return the bytes of the input that are read after byte - 1 and before `byte` is written."""
    size = int(np.prod(source))
    if isinstance(op, FullyConnected):
        return np.arange(size)
    if isinstance(op, Mean):
        kept = [1 if axis in op.axes else size for axis, size in enumerate(source)]
        place = np.unravel_index(byte, kept)
        lines = [
            np.arange(size) if axis in op.axes else place[axis : axis + 1]
            for axis, size in enumerate(source)
        ]
        return np.sort(np.ravel_multi_index(np.meshgrid(*lines), source).reshape(-1))
    if isinstance(op, Add | Logistic | Relu | Requantize):
        return np.array([byte])
    if isinstance(op, Pad):
        place = [
            at - low for at, low in zip(np.unravel_index(byte, target), op.before, strict=True)
        ]
        inside = all(0 <= at < size for at, size in zip(place, source, strict=True))
        return np.array([np.ravel_multi_index(tuple(place), source)] if inside else [], np.int64)
    if isinstance(op, Softmax):
        row, column = divmod(byte, source[-1])
        whole = np.arange(row * source[-1], (row + 1) * source[-1])
        return whole if column == 0 else whole[column:][:1]
    pixel, channel = divmod(byte, target[2])
    pixels = _window(op, source, target, pixel)
    if isinstance(op, Conv2D):
        return (pixels[:, None] * source[2] + np.arange(source[2])).reshape(-1)
    if isinstance(op, DepthwiseConv2D):
        channel //= op.multiplier
    else:
        assert isinstance(op, AveragePool2D | MaxPool2D)
    return pixels * source[2] + channel


def _window(op, source, target, pixel):
    """Return the indices of the input pixels inside the window of an output pixel."""
    kernel = op.pool if isinstance(op, AveragePool2D | MaxPool2D) else op.kernel
    dilation = getattr(op, "dilation", (1, 1))
    lines = []
    for axis, place in enumerate(divmod(pixel, target[1])):
        extent = (kernel[axis] - 1) * dilation[axis] + 1
        side = op.padding.along(axis)
        begin = place * op.stride[axis] - _before(source[axis], extent, op.stride[axis], side)
        taps = [begin + tap * dilation[axis] for tap in range(kernel[axis])]
        lines.append([tap for tap in taps if 0 <= tap < source[axis]])
    return np.array([y * source[1] + x for y in lines[0] for x in lines[1]], np.int64)


def _before(size, extent, stride, padding):
    """Zeros before an axis, as TensorFlow's documentation of "SAME" has them."""
    if padding is Padding.VALID:
        return 0
    if padding is not Padding.SAME:
        return padding[0]
    rest = size % stride or stride
    return max(extent - rest, 0) // 2
