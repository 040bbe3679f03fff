"""The loops of firmware/kernels written out again, each turn counted one by one."""

from collections import Counter
from collections.abc import Iterator

from nas.graph.ops import Padding, Shape, same_padding

__all__ = ["convolution", "depthwise", "pooling"]

Span = tuple[int, int]


def spans(size: int, kernel: int, stride: int, dilation: int, padding: Padding, outputs: int):
    """Return for each output the taps k whose element lies inside, one element at a time."""
    before = same_padding(size, kernel, stride, dilation, padding)
    return [
        [k for k in range(kernel) if 0 <= i * stride - before + k * dilation < size]
        for i in range(outputs)
    ]


def pixels(op, kernel, dilation, source: Shape, target: Shape) -> Iterator[tuple[list, list]]:
    """Yield the rows and columns of taps of each output pixel."""
    rows, columns = (
        spans(source[a], kernel[a], op.stride[a], dilation[a], op.padding, target[a])
        for a in (0, 1)
    )
    return ((row, column) for row in rows for column in columns)


def convolution(op, source: Shape, target: Shape) -> Counter:
    count = Counter(call=1, row=target[0])
    for rows, columns in pixels(op, op.kernel, op.dilation, source, target):
        count["pixel"] += 1
        left = op.filters
        while left:
            group = 4 if left >= 4 else 1
            left -= group
            count[f"group_of_{group}"] += 1
            for _ in rows:
                count["tap_row"] += 1
                runs = [len(columns)] if op.dilation[1] == 1 else [1] * len(columns)
                for taps in runs:
                    count[f"run_of_{group}"] += 1
                    count[f"element_of_{group}"] += taps * source[2]
    return count


def depthwise(op, source: Shape, target: Shape) -> Counter:
    count = Counter(call=1, row=target[0])
    for rows, columns in pixels(op, op.kernel, op.dilation, source, target):
        count["pixel"] += 1
        for _ in range(source[2]):
            count["channel"] += 1
            for _ in range(op.multiplier):
                count["output"] += 1
                count["tap_row"] += len(rows)
                count["tap"] += len(rows) * len(columns)
    return count


def pooling(op, source: Shape, target: Shape) -> Counter:
    count = Counter(call=1, row=target[0])
    for rows, columns in pixels(op, op.pool, (1, 1), source, target):
        count["pixel"] += 1
        for _ in range(source[2]):
            count["output"] += 1
            count["tap_row"] += len(rows)
            count["tap"] += len(rows) * len(columns)
    return count
