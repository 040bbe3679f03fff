"""The winner's learning curves."""

from collections.abc import Mapping
from typing import Any

import plotly.graph_objects as go

from nas.report.figures.style import BLUE, GREEN, ORANGE, figure

__all__ = ["curves"]


def curves(result: Mapping[str, Any]) -> go.Figure:
    """Return losses (below) and validation accuracy (above) over the epochs of training."""
    drawn = figure(height=420)
    _line(drawn, result, "train_loss", "training loss", ORANGE, "y")
    _line(drawn, result, "val_loss", "validation loss", BLUE, "y")
    _line(drawn, result, "val_accuracy", "validation accuracy", GREEN, "y2")
    upper = {**drawn.layout.yaxis.to_plotly_json(), "domain": [0.6, 1], "anchor": "x"}
    drawn.update_layout(
        xaxis={"title": "epoch", "anchor": "y"},
        yaxis={"title": "cross-entropy", "domain": [0, 0.52], "rangemode": "tozero"},
        yaxis2={**upper, "title": "accuracy", "tickformat": ".0%"},
    )
    return drawn


def _line(
    drawn: go.Figure, result: Mapping[str, Any], key: str, name: str, color: str, axis: str
) -> None:
    points = [point for point in result.get("curve", []) if key in point]
    drawn.add_scatter(
        x=[point["epoch"] for point in points],
        y=[point[key] for point in points],
        name=name,
        yaxis=axis,
        mode="lines",
        line={"color": color, "width": 2},
        hovertemplate="epoch %{x}: %{y:.4~g}<extra>" + name + "</extra>",
    )
