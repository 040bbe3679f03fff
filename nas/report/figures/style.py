"""Colours, fonts and margins that every figure shares, and text that cannot become markup."""

from html import escape
from typing import Any

import plotly.graph_objects as go

__all__ = ["BLUE", "GREEN", "GREY", "INK", "LINE", "ORANGE", "RED", "figure", "plain"]

# Okabe and Ito's palette: told apart with any common colour blindness.
BLUE, ORANGE, GREEN, RED = "#0072b2", "#e69f00", "#009e73", "#d55e00"
INK, GREY, LINE = "#1f2933", "#8a94a0", "#e4e8ec"
FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'DejaVu Sans', sans-serif"


def figure(*, height: int, **layout: Any) -> go.Figure:
    """Return an empty figure of `height` pixels in the house style."""
    axis = {"gridcolor": LINE, "linecolor": GREY, "zeroline": False, "ticks": "outside"}
    return go.Figure(
        layout={
            "height": height,
            "template": "none",
            "font": {"family": FONT, "size": 13, "color": INK},
            "paper_bgcolor": "white",
            "plot_bgcolor": "white",
            "margin": {"l": 64, "r": 20, "t": 34, "b": 52},
            "hoverlabel": {"font": {"family": FONT}},
            "legend": {"orientation": "h", "y": 1.0, "yanchor": "bottom", "x": 0},
            "xaxis": {**axis, "automargin": True},
            "yaxis": {**axis, "automargin": True},
            **layout,
        }
    )


def plain(text: object) -> str:
    """Return `text` so that Plotly draws it as it is, tags and all."""
    return escape(str(text))
