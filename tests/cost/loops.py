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
    elements = op.kernel[0] * op.kernel[1] * source[2]
    copied = elements <= 64 and (op.kernel[0] > 1 or op.dilation[1] > 1)
    for rows, columns in pixels(op, op.kernel, op.dilation, source, target):
        count["pixel"] += 1
        pieces = [len(columns)] if op.dilation[1] == 1 else [1] * len(columns)
        runs = [taps * source[2] for _ in rows for taps in pieces if columns]
        if copied:
            copy(count, rows, pieces, runs, elements)
            runs = [elements]
        elif len(rows) * len(columns) == 0:
            runs = [0]
        elif op.dilation[1] == 1 and op.dilation[0] * source[1] == len(columns) == op.kernel[1]:
            runs = [sum(runs)]
        filters(count, op.filters, runs)
    return count


def copy(count: Counter, rows: list, pieces: list, runs: list, elements: int) -> None:
    count["copied_pixel"] += 1
    count["copied_row"] += len(rows)
    count["copied_run"] += len(rows) * len(pieces)
    count["copied_element"] += sum(runs)
    if sum(runs) < elements:
        count["filled_pixel"] += 1
        count["filled_element"] += elements


def filters(count: Counter, left: int, runs: list[int]) -> None:
    while left:
        group = 4 if left >= 4 else 1
        left -= group
        count[f"group_of_{group}"] += 1
        for elements in runs:
            count[f"run_of_{group}"] += 1
            words = elements // 4 if group == 4 else 0
            count["words_of_4"] += 1 if words else 0
            count["word_of_4"] += words
            count["rest_of_4"] += 1 if group == 4 and elements % 4 else 0
            count[f"element_of_{group}"] += elements - 4 * words


def depthwise(op, source: Shape, target: Shape) -> Counter:
    count = Counter(call=1, row=target[0])
    for rows, columns in pixels(op, op.kernel, op.dilation, source, target):
        count["pixel"] += 1
        if op.multiplier == 1:
            outputs(count, source[2], "channels", rows, columns, op.dilation[1] == 1)
            continue
        for _ in range(source[2]):
            count["channel"] += 1
            outputs(count, op.multiplier, "filters", rows, columns, False)
    return count


def outputs(count: Counter, left: int, kind: str, rows: list, columns: list, close: bool) -> None:
    while left:
        group, name = (4, kind) if left >= 4 else (1, "one")
        left -= group
        count[f"group_of_{name}"] += 1
        for _ in rows:
            count[f"tap_row_of_{name}"] += 1
            if close and name == "channels" and len(columns) == 3:
                count["three_of_channels"] += 1
            else:
                count[f"tap_of_{name}"] += len(columns)


def pooling(op, source: Shape, target: Shape) -> Counter:
    count = Counter(call=1, row=target[0])
    for rows, columns in pixels(op, op.pool, (1, 1), source, target):
        count["pixel"] += 1
        for _ in range(source[2]):
            count["output"] += 1
            count["tap_row"] += len(rows)
            count["tap"] += len(rows) * len(columns)
    return count
