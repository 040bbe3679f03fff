"""Ops with weights: convolution, depthwise convolution, fully connected."""

import numpy as np

from nas.errors import UnsupportedOpError
from nas.export import requantize
from nas.export.c_source import Array
from nas.export.requantize import Scale
from nas.export.site import Emitted, Site, activation, dims, initializer, offsets, tiles, volume
from nas.graph.ops import DepthwiseConv2D, FullyConnected

__all__ = ["conv", "depthwise", "fully_connected"]


def conv(site: Site) -> Emitted:
    """Return the C of a Conv2D."""
    kernel = initializer("nas_conv_params", "params", _conv_params(site, ()))
    out, height, width, channels = site.constants.weights.shape
    scales = requantize.channel_scales(site.inputs[0], site.constants.scales, site.output)
    return _weighted(
        site,
        "convolve_s8",
        kernel,
        (out, height, width, channels),
        scales,
        ("dot_s8", "output_s8"),
    )


def depthwise(site: Site) -> Emitted:
    """Return the C of a DepthwiseConv2D."""
    multiplier = (f".ch_mult = {site.op.multiplier}",)
    kernel = initializer("nas_dw_conv_params", "params", _conv_params(site, multiplier))
    scales = requantize.channel_scales(site.inputs[0], site.constants.scales, site.output)
    return _weighted(
        site, "depthwise_conv_s8", kernel, site.constants.weights.shape, scales, ("output_s8",)
    )


def fully_connected(site: Site) -> Emitted:
    """Return the C of a FullyConnected."""
    kernel = initializer("nas_fc_params", "params", (*offsets(site), activation(site)))
    outputs, elements = site.constants.weights.shape
    scales = requantize.channel_scales(site.inputs[0], site.constants.scales, site.output)
    return _weighted(
        site,
        "fully_connected_s8",
        kernel,
        (elements, 1, 1, outputs),
        scales,
        ("dot_s8", "output_s8"),
    )


def _weighted(
    site: Site,
    kernel: str,
    params: str,
    filter_dims: tuple[int, ...],
    scales: list[Scale],
    helpers: tuple[str, ...],
) -> Emitted:
    """Return arrays and call of a kernel with weights, bias and one scale an output channel."""
    _check_accumulator(site, scales)
    arrays = _weight_arrays(site, scales)
    has_bias = site.constants.bias is not None
    statements = (
        params,
        f"static const nas_per_channel_quant_params quant = {{{site.prefix}_multiplier, "
        f"{site.prefix}_shift}};",
        dims("input_dims", volume(site.input_shape)),
        dims("filter_dims", filter_dims),
        dims("output_dims", volume(site.output_shape)),
        f"nas_{kernel}(&params, &quant, &input_dims, {site.pointer(site.node.inputs[0])}, "
        f"&filter_dims, {site.prefix}_filter, {f'{site.prefix}_bias' if has_bias else 'NULL'}, "
        f"&output_dims, {site.pointer(site.node.output)});",
    )
    return Emitted(arrays, statements, (kernel, *helpers))


def _weight_arrays(site: Site, scales: list[Scale]) -> tuple[Array, ...]:
    multiplier = np.array([scale.multiplier for scale in scales], np.int32)
    shift = np.array([scale.shift for scale in scales], np.int32)
    constants = site.constants
    bias = () if constants.bias is None else (("bias", "int32_t", constants.bias),)
    parts = (
        ("filter", "int8_t", constants.weights),
        *bias,
        ("multiplier", "int32_t", multiplier),
        ("shift", "int32_t", shift),
    )
    return tuple(Array(f"{site.prefix}_{part}", kind, data) for part, kind, data in parts)


def _check_accumulator(site: Site, scales: list[Scale]) -> None:
    """Refuse weights whose sum of products, scaled or not, could pass 32 bits at some input."""
    weights = np.abs(site.constants.weights.astype(np.int64))
    axes = tuple(range(weights.ndim - 1))
    depthwise = isinstance(site.op, DepthwiseConv2D)
    sums = weights.sum(axis=axes if depthwise else tuple(range(1, weights.ndim)))
    bias = 0 if site.constants.bias is None else np.abs(site.constants.bias.astype(np.int64))
    largest = sums * 255 + bias
    if int(largest.max()) >= 1 << 31:
        raise UnsupportedOpError(
            f"{site.node.name}: its sums of products can pass 32 bits; use a smaller op"
        )
    once = isinstance(site.op, FullyConnected)
    for most, scale in zip(largest, scales, strict=True):
        requantize.check_rescaled(int(most), scale, once=once)


def _conv_params(site: Site, extra: tuple[str, ...]) -> tuple[str, ...]:
    height, width = site.op.dilation
    dilation = f".dilation = {{.w = {width}, .h = {height}}}"
    window = tiles(site, site.op.dilation)
    return (*offsets(site), *extra, *window, dilation, activation(site))
