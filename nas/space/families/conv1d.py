"""Conv1D: convolutions along time, with the mel bands as channels.

Choi et al., "Temporal Convolution for Real-time Keyword Spotting on Mobile Devices", Interspeech
2019 (arXiv:1904.03814): features are channels, so a kernel sees all bands at once. Time-channel
separable stages follow MatchboxNet (Majumdar and Ginsburg 2020, arXiv:2004.08531). Each Conv1D is
a Conv2D with kernel (k, 1) over (n_frames, 1, n_bins): no reshape around it, and QAT takes it.
"""

from nas.graph.graph import Graph, GraphBuilder
from nas.graph.ops import Add, Conv2D, Shape
from nas.space.candidate import Value
from nas.space.domain import Range
from nas.space.families._parts import (
    HEAD_DOMAINS,
    Family,
    Network,
    Pick,
    convolution,
    depthwise,
    finish,
    grown,
    head_choices,
    pointwise,
)

__all__ = ["FAMILY"]

MAX_WIDTH = 192
ADD = Add()


def _suggest(pick: Pick) -> dict[str, Value]:
    network: dict[str, Value] = {
        "stem_width": pick("stem_width"),
        "stem_kernel": pick("stem_kernel"),
        "stem_stride": pick("stem_stride"),
        "stages": pick("stages"),
    }
    width = network["stem_width"]
    fits = False
    for index in range(1, int(network["stages"]) + 1):
        stage = _suggest_stage(pick, index, width)
        fits = fits or (stage[f"width_{index}"] == width and stage[f"stride_{index}"] == 1)
        width = stage[f"width_{index}"]
        network |= stage
    network["residual"] = pick("residual") if fits else False
    return network | head_choices(pick)


def _suggest_stage(pick: Pick, index: int, width: Value) -> dict[str, Value]:
    return {
        f"width_{index}": grown(width, pick("growth", index), limit=MAX_WIDTH),
        f"kernel_{index}": pick("kernel", index),
        f"stride_{index}": pick("stride", index),
        f"separable_{index}": pick("separable", index),
    }


def _build(network: Network, input_shape: Shape, n_classes: int) -> Graph:
    builder = GraphBuilder(input_shape)
    stem = _conv(int(network["stem_width"]), network["stem_kernel"], network["stem_stride"])
    tensor = builder.add(stem, builder.input, name="stem")
    for index in range(1, int(network["stages"]) + 1):
        tensor = _stage(builder, tensor, network, index)
    return finish(builder, tensor, network, n_classes)


def _conv(filters: int, kernel: Value, stride: Value) -> Conv2D:
    return convolution(filters, (int(kernel), 1), (int(stride), 1))


def _stage(builder: GraphBuilder, tensor: int, network: Network, index: int) -> int:
    width = int(network[f"width_{index}"])
    kernel, stride = network[f"kernel_{index}"], network[f"stride_{index}"]
    if network[f"separable_{index}"]:
        op = depthwise((int(kernel), 1), (int(stride), 1))
        out = builder.add(op, tensor, name=f"stage_{index}_depthwise")
        out = builder.add(pointwise(width), out, name=f"stage_{index}_pointwise")
    else:
        out = builder.add(_conv(width, kernel, stride), tensor, name=f"stage_{index}_conv")
    if network["residual"] and builder.shape(out) == builder.shape(tensor):
        out = builder.add(ADD, tensor, out, name=f"stage_{index}_add")
    return out


FAMILY = Family(
    name="conv1d",
    source="Choi et al. 2019, arXiv:1904.03814",
    domains={
        "stem_width": Range(low=8, high=96, log=True, multiple_of=4),
        "stem_kernel": [3, 5, 7, 9],
        "stem_stride": [1, 2],
        "stages": Range(low=1, high=6),
        "growth": [0.75, 1.0, 1.25, 1.5, 2.0],
        "kernel": [3, 5, 7, 9, 11],
        "stride": [1, 2],
        "separable": [False, True],
        "residual": [False, True],
        **HEAD_DOMAINS,
    },
    suggest=_suggest,
    build=_build,
    bands_are_channels=True,
)
