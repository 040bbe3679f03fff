"""Counts the instructions of single kernels on an emulated board, with probe_kernels.c."""

import math
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from nas import config
from nas.cost.emulator import Emulated
from nas.cost.probe_cases import LARGEST, Case
from nas.errors import CheckError
from nas.files import write_text
from nas.graph.ops import (
    Add,
    Conv2D,
    DepthwiseConv2D,
    FullyConnected,
    Mean,
    Pad,
    Shape,
    Softmax,
    same_padding,
)
from nas.graph.pads import pad_runs

__all__ = ["count_kernels", "parse_probe", "write_probe"]

PROBE = Path(__file__).parent / "probe_kernels.c"
SPREAD = 73.0 * 73.0 / 50.0
"""Random bytes times random weights spread each product by 73^2; an output shall spread by 50."""


def count_kernels(cases: Sequence[Case], board: Emulated) -> list[int]:
    """Return the instructions of one call of each case's kernel."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        lines = board.run(board.build(write_probe(cases, folder), [folder], folder=folder))
    return [instructions for instructions, _ in parse_probe(lines, len(cases))]


def write_probe(cases: Sequence[Case], folder: Path) -> list[Path]:
    """Write `cases.h` into `folder`; returns the C files of the program that includes it."""
    write_text(folder / "cases.h", _table(cases))
    return [PROBE, *sorted((config.resource_dir("firmware") / "kernels").glob("*.c"))]


def parse_probe(text: str, count: int) -> list[tuple[int, int]]:
    """Return instructions and checksum of the output by case, from what the program printed.

    Raises:
        CheckError: not two lines for each of `count` cases.
    """
    values = [int(line.split()[1]) for line in text.splitlines()]
    if len(values) != 2 * count:
        raise CheckError(f"{PROBE.name}: {len(values)} lines for {count} cases")
    return list(zip(values[::2], values[1::2], strict=True))


def _table(cases: Sequence[Case]) -> str:
    rows = "".join(_row(case) for case in cases)
    channels = max(max(case.target[-1], case.source[-1]) for case in cases)
    sizes = {"INPUT_BYTES": LARGEST, "FILTER_BYTES": LARGEST, "OUTPUT_BYTES": LARGEST}
    macros = "".join(
        f"#define {name} {value}\n" for name, value in {**sizes, "CHANNELS": channels}.items()
    )
    return f"{macros}\nstatic const probe_case cases[] = {{\n{rows}}};\n"


def _row(case: Case) -> str:
    op, source, target = case.op, _volume(case.source), _volume(case.target)
    if isinstance(op, Pad):
        source, _, target = pad_runs(op, case.source, case.target)
    name = type(op).__name__
    fields = [
        f'"{name}"',
        f"OP_{name.upper()}",
        _braces(1, *source),
        _braces(*_filter(case)),
        _braces(1, *target),
        *(_braces(*pair) for pair in _tiles(case)),
        str(getattr(op, "multiplier", 1)),
        str(_shift(case)),
    ]
    return f"    {{{', '.join(fields)}}},\n"


def _braces(*numbers: int) -> str:
    return "{" + ", ".join(map(str, numbers)) + "}"


def _volume(shape: Shape) -> Shape:
    height, width, channels = (1, 1, *shape)[-3:]
    return height, width, channels


def _filter(case: Case) -> tuple[int, ...]:
    """Return the filter's dims (n, h, w, c)."""
    op = case.op
    if isinstance(op, Conv2D):
        return op.filters, *op.kernel, case.source[2]
    if isinstance(op, DepthwiseConv2D):
        return 1, *op.kernel, case.target[2]
    if isinstance(op, FullyConnected):
        return math.prod(case.source), 1, 1, op.units
    if isinstance(op, Pad):
        return 0, *pad_runs(op, case.source, case.target)[1]
    height, width = getattr(op, "pool", (1, 1))
    return 1, height, width, 1


def _tiles(case: Case) -> list[tuple[int, int]]:
    """Return stride, padding and dilation, each (width, height)."""
    op = case.op
    stride, dilation = getattr(op, "stride", (1, 1)), getattr(op, "dilation", (1, 1))
    kernel = getattr(op, "kernel", getattr(op, "pool", None))
    before = (0, 0)
    if kernel:
        padding = getattr(op, "padding")  # noqa: B009
        before = (
            same_padding(case.source[0], kernel[0], stride[0], dilation[0], padding.along(0)),
            same_padding(case.source[1], kernel[1], stride[1], dilation[1], padding.along(1)),
        )
    return [(pair[1], pair[0]) for pair in (stride, before, dilation)]


def _shift(case: Case) -> int:
    """Return the shift that spreads the outputs of random bytes over int8."""
    fixed: Mapping[type, int] = {Add: -18, Softmax: 23}
    if type(case.op) in fixed:
        return fixed[type(case.op)]
    if isinstance(case.op, Pad):
        return 0
    count = math.prod(_filter(case)) // max(1, _outputs(case))
    if isinstance(case.op, Mean):
        return -math.frexp(math.prod(case.source[:2]))[1] + 1
    return -math.frexp(math.sqrt(count) * SPREAD)[1] + 1


def _outputs(case: Case) -> int:
    n, _, _, channels = _filter(case)
    return n if isinstance(case.op, Conv2D) else channels
