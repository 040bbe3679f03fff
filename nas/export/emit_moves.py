"""Ops that move bytes or map one to another: padding, stand-alone activations, other scales."""

from math import prod

from nas.errors import UnsupportedOpError
from nas.export.c_source import Array
from nas.export.lookup import lookup_table
from nas.export.site import Emitted, Site, dims, initializer, same_scale
from nas.graph.ops import Logistic
from nas.graph.pads import pad_runs
from nas.graph.quantized import Quantization

__all__ = ["lookup", "pad"]


def lookup(site: Site) -> Emitted:
    """Return the C of an op that is a table of 256 bytes: Logistic, Relu, Requantize."""
    if isinstance(site.op, Logistic) and site.output != Quantization(1.0 / 256.0, -128):
        raise UnsupportedOpError(
            f"{site.node.name}: the output of a Logistic must be (1/256, -128)"
        )
    table = Array(
        f"{site.prefix}_table", "int8_t", lookup_table(site.op, site.inputs[0], site.output)
    )
    call = (
        f"nas_lookup_s8({site.pointer(site.node.inputs[0])}, {table.name}, "
        f"{site.pointer(site.node.output)}, {prod(site.output_shape)});"
    )
    return Emitted((table,), (call,), ("lookup_s8",))


def pad(site: Site) -> Emitted:
    """Return the C of a Pad."""
    if not same_scale(site):
        raise UnsupportedOpError(f"{site.node.name}: a Pad must keep scale and zero point")
    inner, before, outer = pad_runs(site.op, site.input_shape, site.output_shape)
    height, width, channels = before
    fields = (
        f".before = {{.n = 0, .h = {height}, .w = {width}, .c = {channels}}}",
        f".value = {site.output.zero_point}",
    )
    statements = (
        initializer("nas_pad_params", "params", fields),
        dims("input_dims", (1, *inner)),
        dims("output_dims", (1, *outer)),
        f"nas_pad_s8(&params, &input_dims, {site.pointer(site.node.inputs[0])}, &output_dims, "
        f"{site.pointer(site.node.output)});",
    )
    return Emitted((), statements, ("pad_s8",))
