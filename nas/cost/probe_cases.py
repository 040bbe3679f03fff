"""Single ops whose kernels are counted: shapes that spread what their loops depend on.

Drawn at random, the same for all cores, in the ranges of the search space's networks and somewhat
beyond. A case is small enough for a few hundred to run in seconds.
"""

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice

import numpy as np

from nas.cost.macs import MACS
from nas.graph.ops import (
    Add,
    AveragePool2D,
    Conv2D,
    DepthwiseConv2D,
    FullyConnected,
    Logistic,
    MaxPool2D,
    Mean,
    Op,
    Pad,
    Padding,
    Relu,
    Requantize,
    Shape,
    Softmax,
)

__all__ = ["CASES_AN_OP", "Case", "cases"]

CASES_AN_OP = 96
SEED = 20
LARGEST = 65_536
"""Bytes of a tensor or of weights."""
MOST_MACS = 400_000

Rng = np.random.Generator


@dataclass(frozen=True)
class Case:
    """One op at work on an input of shape `source`."""

    op: Op
    source: Shape

    @property
    def target(self) -> Shape:
        """Shape of the output."""
        shapes = (self.source, self.source) if isinstance(self.op, Add) else (self.source,)
        return self.op.output(*shapes)


def cases(kind: type[Op]) -> tuple[Case, ...]:
    """Return the cases of one kind of op; the same in each call."""
    every = _draw(kind, np.random.default_rng(SEED))
    return tuple(islice(every, CASES_AN_OP))


def _draw(kind: type[Op], rng: Rng) -> Iterator[Case]:
    while True:
        case = DRAWS[kind](rng)
        try:
            target = case.target
        except ValueError:
            continue
        largest = max(math.prod(case.source), math.prod(target), _weight_bytes(case))
        if largest <= LARGEST and MACS[kind](case.op, case.source, target) <= MOST_MACS:
            yield case


def _weight_bytes(case: Case) -> int:
    op = case.op
    if isinstance(op, Conv2D):
        return op.filters * math.prod(op.kernel) * case.source[2]
    return math.prod(case.source) * op.units if isinstance(op, FullyConnected) else 0


def _log(rng: Rng, low: int, high: int) -> int:
    """Return a whole number from `low` to `high`, evenly in its logarithm."""
    return int(np.exp(rng.uniform(np.log(low), np.log(high + 1))))


def _image(rng: Rng) -> Shape:
    return _log(rng, 1, 100), _log(rng, 1, 40), _log(rng, 1, 96)


def _pair(rng: Rng, values: list[int]) -> tuple[int, int]:
    return int(rng.choice(values)), int(rng.choice(values))


def _padding(rng: Rng) -> Padding:
    return Padding.SAME if rng.random() < 0.7 else Padding.VALID


def _convolution(rng: Rng) -> Case:
    kernel = (1, 1) if rng.random() < 0.3 else (_log(rng, 1, 10), _log(rng, 1, 5))
    dilation = _pair(rng, [1, 1, 2])
    op = Conv2D(_log(rng, 1, 64), kernel, _pair(rng, [1, 1, 2, 3]), dilation, _padding(rng))
    return Case(op, _image(rng))


def _depthwise(rng: Rng) -> Case:
    kernel = (_log(rng, 1, 9), _log(rng, 1, 5))
    strides, dilation = _pair(rng, [1, 1, 2]), _pair(rng, [1, 1, 2])
    multiplier = int(rng.choice([1, 1, 1, 3, 4, 9]))
    op = DepthwiseConv2D(kernel, strides, dilation, multiplier, _padding(rng))
    return Case(op, _image(rng))


def _fully_connected(rng: Rng) -> Case:
    return Case(FullyConnected(_log(rng, 1, 128)), (_log(rng, 4, 2_000),))


def _pool(kind: type[AveragePool2D] | type[MaxPool2D]) -> Callable[[Rng], Case]:
    def draw(rng: Rng) -> Case:
        size = (_log(rng, 1, 6), _log(rng, 1, 6))
        stride = size if rng.random() < 0.6 else _pair(rng, [1, 2, 3])
        return Case(kind(size, stride, _padding(rng)), _image(rng))

    return draw


def _mean(rng: Rng) -> Case:
    return Case(Mean(), _image(rng))


def _add(rng: Rng) -> Case:
    return Case(Add(), (_log(rng, 8, 20_000),))


def _softmax(rng: Rng) -> Case:
    return Case(Softmax(), (_log(rng, 1, 4), _log(rng, 2, 40)))


def _lookup(op: Op) -> Callable[[Rng], Case]:
    return lambda rng: Case(op, (_log(rng, 8, 20_000),))


def _pad(rng: Rng) -> Case:
    before, after = (tuple(int(side) for side in rng.integers(0, 4, 3)) for _ in range(2))
    depth = int(rng.random() < 0.3)
    before, after = ((*sides[:2], sides[2] * depth) for sides in (before, after))
    return Case(Pad(before, after), _image(rng))


DRAWS: Mapping[type[Op], Callable[[Rng], Case]] = {
    Conv2D: _convolution,
    DepthwiseConv2D: _depthwise,
    FullyConnected: _fully_connected,
    AveragePool2D: _pool(AveragePool2D),
    MaxPool2D: _pool(MaxPool2D),
    Mean: _mean,
    Add: _add,
    Softmax: _softmax,
    Logistic: _lookup(Logistic()),
    Relu: _lookup(Relu()),
    Requantize: _lookup(Requantize()),
    Pad: _pad,
}
