"""What the families share: how one is described, pairs of sizes, heads."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from nas.frontend.settings import FrontEndSettings
from nas.graph.graph import Graph, GraphBuilder
from nas.graph.ops import (
    Activation,
    Conv2D,
    DepthwiseConv2D,
    FullyConnected,
    Mean,
    Reshape,
    Shape,
    Softmax,
)
from nas.space.candidate import Value
from nas.space.domain import SIZE, Range

__all__ = [
    "HEAD_DOMAINS",
    "RELU",
    "Family",
    "Network",
    "Pick",
    "convolution",
    "depthwise",
    "finish",
    "grown",
    "head_choices",
    "pair",
    "pointwise",
    "stem",
]

RELU = Activation.RELU
POOL, SOFTMAX = Mean(), Softmax()
HEAD_DOMAINS: dict[str, Sequence[Value] | Range] = {
    "head": ["gap", "flatten"],
    "dense_units": [0, 16, 32, 64],
}

Network = Mapping[str, Value]
Pick = Callable[..., Value]
"""``pick("width", 2)`` returns a value of the domain `width`, asked for as ``family.width_2``."""


@dataclass(frozen=True, kw_only=True)
class Family:
    """A kind of network.

    Attributes:
        name: as candidate files and search spaces name it.
        source: the paper it comes from.
        domains: default domain of each choice.
        suggest: from choices to the canonical network: only the values that shape it.
        build: from network, input shape and number of classes to a graph.
        bands_are_channels: the input is (n_frames, 1, n_bins), not (n_frames, n_bins, 1).
    """

    name: str
    source: str
    domains: Mapping[str, Sequence[Value] | Range]
    suggest: Callable[[Pick], dict[str, Value]]
    build: Callable[[Network, Shape, int], Graph]
    bands_are_channels: bool = False

    def takes(self, settings: FrontEndSettings) -> bool:
        """Tell whether the network can be built on these features: along time, a waveform too."""
        return self.bands_are_channels or not settings.is_waveform

    def input_shape(self, settings: FrontEndSettings) -> Shape:
        """Return the shape in which the network takes the bytes of (n_frames, n_bins).

        A waveform's frames, one after another, are one signal in time.

        Raises:
            ValueError: the family does not take a waveform.
        """
        n_frames, n_bins = settings.n_frames, settings.n_bins
        if not self.takes(settings):
            raise ValueError(f"takes frames of bins, and {settings.kind} is a waveform")
        if settings.is_waveform:
            return n_frames * n_bins, 1, 1
        return (n_frames, 1, n_bins) if self.bands_are_channels else (n_frames, n_bins, 1)


@cache
def pair(text: Value) -> tuple[int, int]:
    """Return height and width of a size written as ``10x4``; raises ValueError."""
    if not SIZE.fullmatch(str(text)):
        raise ValueError(f"{text!r} is not a size such as 10x4")
    first, second = str(text).split("x")
    return int(first), int(second)


def grown(width: Value, growth: Value, *, limit: int) -> int:
    """Return `width` times `growth`, to the nearest multiple of 4 in [4, limit]."""
    return min(limit, max(4, 4 * round(float(width) * float(growth) / 4)))


def head_choices(pick: Pick) -> dict[str, Value]:
    """Return the choices of a head; a dense layer of 0 units is none."""
    return {"head": pick("head"), "dense_units": pick("dense_units")}


def finish(builder: GraphBuilder, tensor: int, network: Network, n_classes: int) -> Graph:
    """Append the head (pooling or flattening, a dense layer, logits, softmax) and build."""
    shape = builder.shape(tensor)
    if network["head"] == "gap":
        tensor = builder.add(POOL, tensor, name="head_pool")
    elif network["head"] == "flatten":
        size = shape[0] * shape[1] * shape[2]
        tensor = builder.add(Reshape((size,)), tensor, name="head_flatten")
    else:
        raise ValueError(f"head {network['head']!r} is neither gap nor flatten")
    units = int(network["dense_units"])
    if units:
        tensor = builder.add(_dense(units, RELU), tensor, name="dense")
    tensor = builder.add(_dense(n_classes), tensor, name="logits")
    return builder.build(builder.add(SOFTMAX, tensor, name="softmax"))


def stem(builder: GraphBuilder, network: Network) -> int:
    """Append the first convolution over (n_frames, n_bins, 1) and return its tensor."""
    kernel, stride = pair(network["stem_kernel"]), pair(network["stem_stride"])
    op = convolution(int(network["stem_width"]), kernel, stride)
    return builder.add(op, builder.input, name="stem")


@lru_cache(maxsize=1 << 12)
def convolution(filters: int, kernel: tuple[int, int], stride: tuple[int, int] = (1, 1)) -> Conv2D:
    """Return a convolution with ReLU; ops never change, so graphs share them.

    Take whole numbers: to the cache 7.0 and True are the same as 7 and 1.
    """
    return Conv2D(filters, kernel, stride, activation=RELU)


@lru_cache(maxsize=1 << 10)
def depthwise(
    kernel: tuple[int, int], stride: tuple[int, int] = (1, 1), activation: Activation = RELU
) -> DepthwiseConv2D:
    """Return a depthwise convolution of one filter a channel."""
    return DepthwiseConv2D(kernel, stride, activation=activation)


@lru_cache(maxsize=1 << 10)
def _dense(units: int, activation: Activation = Activation.NONE) -> FullyConnected:
    return FullyConnected(units, activation)


def pointwise(filters: int) -> Conv2D:
    """Return a 1x1 convolution with ReLU."""
    return convolution(filters, (1, 1))
