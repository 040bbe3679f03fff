"""The features of one recording, written as a page or as a picture."""

from html import escape
from pathlib import Path

from plotly.io import to_html
from plotly.offline import get_plotlyjs

from nas.files import atomic_path, write_text
from nas.report.figures.feature_panels import FeaturesPicture
from nas.report.figures.features import features
from nas.report.figures.features_pixels import pixels

__all__ = ["FeaturesPicture", "write_html", "write_png"]


def write_html(picture: FeaturesPicture, out: Path) -> None:
    """Write one page that needs no network."""
    drawn = to_html(features(picture), full_html=False, include_plotlyjs=False)
    title = escape(picture.title)
    write_text(
        out,
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
        f"<script>{get_plotlyjs()}</script></head>\n"
        f'<body style="font-family:system-ui,sans-serif;margin:24px"><h1>{title}</h1>'
        f"<p>{escape(picture.said)}</p>\n{drawn}\n</body></html>\n",
    )


def write_png(picture: FeaturesPicture, out: Path) -> None:
    """Write the same as pixels."""
    with atomic_path(out) as temporary:
        pixels(picture).save(temporary, format="PNG")
