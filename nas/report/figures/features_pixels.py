"""The features of one recording as a picture in pixels, for where no browser is."""

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from nas.report.figures.feature_panels import FeaturesPicture, Panel, panels
from nas.report.figures.style import BLUE, GREY, INK, RED

__all__ = ["pixels"]

WIDTH, HEIGHT = 960, 220
"""Of one panel, in pixels."""
MARGIN, LINE_HEIGHT = 16, 22
MAP = ("#440154", "#3b528b", "#21918c", "#5ec962", "#fde725")
"""Matplotlib's viridis at five even places."""
BOTH_WAYS = (BLUE, "#ffffff", RED)


def pixels(picture: FeaturesPicture) -> Image.Image:
    """Return the panels under one another, time from left to right, bin 0 at the bottom."""
    shown = list(panels(picture))
    block = HEIGHT + 2 * LINE_HEIGHT
    size = (WIDTH + 2 * MARGIN, 2 * MARGIN + 3 * LINE_HEIGHT + block * len(shown))
    image = Image.new("RGB", size, "white")
    draw = ImageDraw.Draw(image)
    _write(draw, picture.title, MARGIN)
    _write(draw, picture.said, MARGIN + LINE_HEIGHT)
    top = MARGIN + 2 * LINE_HEIGHT
    for panel in shown:
        _write(draw, f"{panel.name}, {_range(panel)}", top + LINE_HEIGHT // 2)
        drawn = _line(panel) if picture.is_waveform else _map(panel)
        ImageDraw.Draw(drawn).rectangle((0, 0, WIDTH - 1, HEIGHT - 1), outline=GREY)
        image.paste(drawn, (MARGIN, top + 3 * LINE_HEIGHT // 2))
        top += block
    _write(draw, _axes(picture), top + LINE_HEIGHT // 2)
    return image


def _write(draw: ImageDraw.ImageDraw, text: str, top: int) -> None:
    draw.text((MARGIN, top), text, fill=INK, font=ImageFont.load_default(14))


def _range(panel: Panel) -> str:
    low, high = panel.ends
    return f"from {low:g} to {high:g}"


def _axes(picture: FeaturesPicture) -> str:
    frames, bins = picture.values.shape
    what = "samples" if picture.is_waveform else f"bins 0 (bottom) to {bins - 1}"
    return f"0 to {frames * picture.hop_ms:,} ms from left to right, {what}"


def _map(panel: Panel) -> Image.Image:
    low, high = panel.ends
    share = np.clip((panel.values.T[::-1] - low) / (high - low), 0, 1)
    coloured = _coloured(share, BOTH_WAYS if low == -high else MAP)
    return Image.fromarray(coloured).resize((WIDTH, HEIGHT), Image.Resampling.NEAREST)


def _coloured(share: NDArray[np.float64], colours: tuple[str, ...]) -> NDArray[np.uint8]:
    """Return RGB [shape=(..., 3)] of values from 0 to 1, straight between the colours."""
    ends = np.array([[int(it[i : i + 2], 16) for i in (1, 3, 5)] for it in colours], np.float64)
    place = np.linspace(0, 1, len(colours))
    channels = [np.interp(share, place, ends[:, channel]) for channel in range(3)]
    return np.rint(np.stack(channels, axis=-1)).astype(np.uint8)


def _line(panel: Panel) -> Image.Image:
    image = Image.new("RGB", (WIDTH, HEIGHT), "white")
    draw = ImageDraw.Draw(image)
    low, high = panel.ends
    values = panel.values.ravel()
    across = np.linspace(0, WIDTH - 1, values.size)
    down = (HEIGHT - 1) * (1 - np.clip((values - low) / (high - low), 0, 1))
    draw.line(list(zip(across.tolist(), down.tolist(), strict=True)), fill=BLUE)
    return image
