"""SeparableConv2D stages with pooling between them, after a plain convolution.

Chollet, "Xception: Deep Learning with Depthwise Separable Convolutions", CVPR 2017
(arXiv:1610.02357): no activation between the depthwise and the pointwise part (section 4.7), max
pooling after the stages; for keyword spotting on a microcontroller, Sorensen et al., EURASIP J.
Audio Speech Music Proc. 2020:10. Input (n_frames, n_bins, 1).
"""

from nas.graph.graph import Graph, GraphBuilder
from nas.graph.ops import Activation, AveragePool2D, MaxPool2D, Shape
from nas.space.candidate import Value
from nas.space.domain import Range
from nas.space.families._parts import (
    HEAD_DOMAINS,
    Family,
    Network,
    Pick,
    depthwise,
    finish,
    grown,
    head_choices,
    pair,
    pointwise,
    stem,
)

__all__ = ["FAMILY"]

MAX_WIDTH = 192


def _suggest(pick: Pick) -> dict[str, Value]:
    network: dict[str, Value] = {
        "stem_width": pick("stem_width"),
        "stem_kernel": pick("stem_kernel"),
        "stem_stride": pick("stem_stride"),
        "stages": pick("stages"),
    }
    width, pooled = network["stem_width"], False
    for index in range(1, int(network["stages"]) + 1):
        stage = _suggest_stage(pick, index, width)
        pooled = pooled or stage[f"pool_{index}"] != "1x1"
        width = stage[f"width_{index}"]
        network |= stage
    if pooled:
        network["pool_kind"] = pick("pool_kind")
    return network | head_choices(pick)


def _suggest_stage(pick: Pick, index: int, width: Value) -> dict[str, Value]:
    return {
        f"width_{index}": grown(width, pick("growth", index), limit=MAX_WIDTH),
        f"kernel_{index}": pick("kernel", index),
        f"pool_{index}": pick("pool", index),
    }


def _build(network: Network, input_shape: Shape, n_classes: int) -> Graph:
    builder = GraphBuilder(input_shape)
    tensor = stem(builder, network)
    for index in range(1, int(network["stages"]) + 1):
        tensor = _stage(builder, tensor, network, index)
    return finish(builder, tensor, network, n_classes)


def _stage(builder: GraphBuilder, tensor: int, network: Network, index: int) -> int:
    op = depthwise(pair(network[f"kernel_{index}"]), activation=Activation.NONE)
    out = builder.add(op, tensor, name=f"stage_{index}_depthwise")
    width = int(network[f"width_{index}"])
    out = builder.add(pointwise(width), out, name=f"stage_{index}_pointwise")
    pool = pair(network[f"pool_{index}"])
    if pool != (1, 1):
        out = builder.add(_pool(network["pool_kind"], pool), out, name=f"stage_{index}_pool")
    return out


def _pool(kind: Value, size: tuple[int, int]) -> MaxPool2D | AveragePool2D:
    if kind not in ("max", "average"):
        raise ValueError(f"pool_kind {kind!r} is neither max nor average")
    return MaxPool2D(size, size) if kind == "max" else AveragePool2D(size, size)


FAMILY = Family(
    name="separable_conv2d",
    source="Chollet 2017, arXiv:1610.02357",
    domains={
        "stem_width": Range(low=8, high=64, log=True, multiple_of=4),
        "stem_kernel": ["3x3", "5x5", "7x3", "10x4"],
        "stem_stride": ["1x1", "2x1", "1x2", "2x2"],
        "stages": Range(low=1, high=5),
        "growth": [0.75, 1.0, 1.25, 1.5, 2.0],
        "kernel": ["3x3", "5x3", "5x5"],
        "pool": ["1x1", "2x1", "1x2", "2x2"],
        "pool_kind": ["max", "average"],
        **HEAD_DOMAINS,
    },
    suggest=_suggest,
    build=_build,
)
