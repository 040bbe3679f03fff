"""DS-CNN: a convolution, depthwise-separable blocks, global average pooling, logits.

Zhang, Suda, Lai, Chandra, "Hello Edge: Keyword Spotting on Microcontrollers", 2017
(arXiv:1711.07128), figure 2 and appendix A. Input (n_frames, n_bins, 1). MLPerf Tiny's keyword
model is one point of it. `residual` adds a block's input where shapes allow (He et al. 2016).
"""

from nas.graph.graph import Graph, GraphBuilder
from nas.graph.ops import Add, Shape
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
ADD = Add()


def _suggest(pick: Pick) -> dict[str, Value]:
    network: dict[str, Value] = {
        "stem_width": pick("stem_width"),
        "stem_kernel": pick("stem_kernel"),
        "stem_stride": pick("stem_stride"),
        "blocks": pick("blocks"),
    }
    width = network["stem_width"]
    fits = False
    for index in range(1, int(network["blocks"]) + 1):
        block = _suggest_block(pick, index, width)
        fits = fits or (block[f"width_{index}"] == width and block[f"stride_{index}"] == "1x1")
        width = block[f"width_{index}"]
        network |= block
    network["residual"] = pick("residual") if fits else False
    return network | head_choices(pick)


def _suggest_block(pick: Pick, index: int, width: Value) -> dict[str, Value]:
    return {
        f"width_{index}": grown(width, pick("growth", index), limit=MAX_WIDTH),
        f"kernel_{index}": pick("kernel", index),
        f"stride_{index}": pick("stride", index),
    }


def _build(network: Network, input_shape: Shape, n_classes: int) -> Graph:
    builder = GraphBuilder(input_shape)
    tensor = stem(builder, network)
    for index in range(1, int(network["blocks"]) + 1):
        tensor = _block(builder, tensor, network, index)
    return finish(builder, tensor, network, n_classes)


def _block(builder: GraphBuilder, tensor: int, network: Network, index: int) -> int:
    kernel, stride = pair(network[f"kernel_{index}"]), pair(network[f"stride_{index}"])
    out = builder.add(depthwise(kernel, stride), tensor, name=f"block_{index}_depthwise")
    width = int(network[f"width_{index}"])
    out = builder.add(pointwise(width), out, name=f"block_{index}_pointwise")
    if network["residual"] and builder.shape(out) == builder.shape(tensor):
        out = builder.add(ADD, tensor, out, name=f"block_{index}_add")
    return out


FAMILY = Family(
    name="ds_cnn",
    source="Zhang et al. 2017, arXiv:1711.07128",
    domains={
        "stem_width": Range(low=8, high=96, log=True, multiple_of=4),
        "stem_kernel": ["3x3", "5x5", "7x3", "10x4"],
        "stem_stride": ["1x1", "2x1", "1x2", "2x2", "2x4"],
        "blocks": Range(low=1, high=6),
        "growth": [0.75, 1.0, 1.25, 1.5, 2.0],
        "kernel": ["3x3", "5x3", "5x5", "7x3"],
        "stride": ["1x1", "2x1", "2x2"],
        "residual": [False, True],
        **HEAD_DOMAINS,
    },
    suggest=_suggest,
    build=_build,
)
