"""Ops without weights: pooling, mean, add, reshape, softmax."""

from math import prod

from nas.errors import UnsupportedOpError
from nas.export import requantize
from nas.export.site import (
    Emitted,
    Site,
    activation,
    dims,
    initializer,
    offsets,
    same_scale,
    scale_c,
    tiles,
    volume,
)
from nas.graph.means import mean_split
from nas.graph.quantized import Quantization

__all__ = ["add", "average_pool", "max_pool", "mean", "reshape", "softmax"]

LARGEST_ROW = 4_095
"""Of a Softmax: the sum of its exponentials has 12 bits before the point."""


def average_pool(site: Site) -> Emitted:
    """Return the C of an AveragePool2D."""
    inside = zip(site.op.pool, site.input_shape, strict=False)
    requantize.check_averaged(prod(min(taps, size) for taps, size in inside))
    return _pool(site, "avgpool_s8")


def max_pool(site: Site) -> Emitted:
    """Return the C of a MaxPool2D."""
    return _pool(site, "max_pool_s8")


def _pool(site: Site, kernel: str) -> Emitted:
    if not same_scale(site):
        raise UnsupportedOpError(
            f"{site.node.name}: input and output of a pooling op must share their scale"
        )
    height, width = site.op.pool
    statements = (
        initializer("nas_pool_params", "params", (*tiles(site, (1, 1)), activation(site))),
        dims("input_dims", volume(site.input_shape)),
        dims("filter_dims", (1, height, width, 1)),
        dims("output_dims", volume(site.output_shape)),
        f"nas_{kernel}(&params, &input_dims, {site.pointer(site.node.inputs[0])}, "
        f"&filter_dims, &output_dims, {site.pointer(site.node.output)});",
    )
    return Emitted((), statements, (kernel,))


def mean(site: Site) -> Emitted:
    """Return the C of a Mean: one call, or one for each index before the axes averaged."""
    calls, elements, channels = mean_split(site.op, site.input_shape)
    scale = requantize.mean_scale(site.inputs[0], site.output, elements)
    source, target = site.pointer(site.node.inputs[0]), site.pointer(site.node.output)
    call = f"nas_mean_s8(&params, &input_dims, {source}, {target});"
    if calls > 1:
        call = (
            f"for (int32_t i = 0; i < {calls}; ++i) {{\n"
            f"    nas_mean_s8(&params, &input_dims, {source} + i * {elements * channels},\n"
            f"                {target} + i * {channels});\n}}"
        )
    statements = (
        initializer("nas_mean_params", "params", (*offsets(site), f".scale = {scale_c(scale)}")),
        dims("input_dims", (1, elements, 1, channels)),
        call,
    )
    return Emitted((), statements, ("mean_s8",))


def add(site: Site) -> Emitted:
    """Return the C of an Add."""
    first, second, output = requantize.add_scales(site.inputs, site.output)
    fields = (
        f".input_1_offset = {-site.inputs[0].zero_point}",
        f".input_1 = {scale_c(first)}",
        f".input_2_offset = {-site.inputs[1].zero_point}",
        f".input_2 = {scale_c(second)}",
        f".left_shift = {requantize.ADD_LEFT_SHIFT}",
        f".output_offset = {site.output.zero_point}",
        f".output = {scale_c(output)}",
        activation(site),
    )
    one, two = (site.pointer(index) for index in site.node.inputs)
    statements = (
        initializer("nas_add_params", "params", fields),
        f"nas_elementwise_add_s8({one}, {two}, &params, {site.pointer(site.node.output)}, "
        f"{prod(site.output_shape)});",
    )
    return Emitted((), statements, ("elementwise_add_s8",))


def reshape(site: Site) -> Emitted:
    """Return the C of a Reshape: none, as its output is its input's buffer."""
    source, target = (site.plan.offsets[t] for t in (site.node.inputs[0], site.node.output))
    if source != target or not same_scale(site):
        raise UnsupportedOpError(f"{site.node.name}: a Reshape must share bytes and scale")
    return Emitted()


def softmax(site: Site) -> Emitted:
    """Return the C of a Softmax."""
    if site.output != Quantization(1.0 / 256.0, -128):
        raise UnsupportedOpError(
            f"{site.node.name}: the output of a Softmax must be (1/256, -128)"
        )
    size = site.input_shape[-1]
    if size > LARGEST_ROW:
        raise UnsupportedOpError(
            f"{site.node.name}: a Softmax over {size} classes; there may be {LARGEST_ROW}"
        )
    scale = requantize.softmax_scale(site.inputs[0], site.op.beta)
    call = (
        f"nas_softmax_s8({site.pointer(site.node.inputs[0])}, {prod(site.input_shape) // size}, "
        f"{size}, {scale.scale.multiplier}, {scale.scale.shift}, {scale.diff_min}, "
        f"{site.pointer(site.node.output)});"
    )
    return Emitted((), (call,), ("softmax_s8",))
