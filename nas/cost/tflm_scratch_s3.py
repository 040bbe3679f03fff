"""Scratch of ESP-NN's vector kernels on an ESP32-S3: copies of inputs and filters they can load.

Read in ESP-NN's `esp_nn_get_*_scratch_size_esp32s3` (2026); nothing here runs it, and the
sizes have changed between its versions, so these are bounds: where a kernel has several ways, the
one that asks for most counts.
"""

from nas.graph.ops import Conv2D, DepthwiseConv2D, Shape

__all__ = ["s3_conv", "s3_depthwise"]

VECTOR = 16
MARGIN = 64
PANEL_WEIGHTS = 24 * 1024
PANEL_STAGING = 16 * 1024


def s3_conv(op: Conv2D, source: Shape, target: Shape) -> int:
    """Return the bytes of a convolution."""
    channels, filters = source[2], target[2]
    if op.kernel == (1, 1) and op.stride == (1, 1):
        panel = PANEL_STAGING if channels * filters > PANEL_WEIGHTS else 0
        return 24 * channels + max(8 * filters, panel) + MARGIN
    height, width = op.kernel
    window = _vectors(height * width * channels) * (filters + 1)
    rows = _vectors(width * channels) * height * filters + _padded(op, source, target)
    return max(window, rows) + 4 * filters + 2 * VECTOR + MARGIN


def s3_depthwise(op: DepthwiseConv2D, source: Shape, target: Shape) -> int:
    """Return the bytes of a depthwise convolution: 16-bit copies, or 8-bit padded ones."""
    taps = op.kernel[0] * op.kernel[1]
    channels = _vectors(source[2]) if op.multiplier == 1 else source[2]
    copies = 2 * (taps * channels * op.multiplier + source[0] * source[1] * channels)
    outputs = target[0] * target[1] * channels if source[2] % VECTOR else 0
    padded = taps * channels + _padded(op, (*source[:2], channels), target) + outputs
    return max(copies, padded) + 12 * channels + MARGIN


def _padded(op: Conv2D | DepthwiseConv2D, source: Shape, target: Shape) -> int:
    """Return the bytes of the input with all its padding."""
    sides = (
        max(source[axis], (target[axis] - 1) * op.stride[axis] + op.kernel[axis]) + op.kernel[axis]
        for axis in (0, 1)
    )
    height, width = sides
    return height * width * source[2]


def _vectors(size: int) -> int:
    return -(-size // VECTOR) * VECTOR
