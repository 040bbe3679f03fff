"""The features of one recording over time, as maps or lines under one another."""

import plotly.graph_objects as go

from nas.report.figures.feature_panels import FeaturesPicture, Panel, panels
from nas.report.figures.style import BLUE, RED, figure

__all__ = ["features"]

PANEL_HEIGHT = 260
BOTH_WAYS = [[0, BLUE], [0.5, "#ffffff"], [1, RED]]
GAP = 0.09
"""Between panels, as a share of the height: room for a name."""


def features(picture: FeaturesPicture) -> go.Figure:
    """Return one panel for the int8, and two more where there is a float reference."""
    shown = list(panels(picture))
    drawn = figure(height=80 + PANEL_HEIGHT * len(shown), showlegend=False)
    height = (1 - GAP * (len(shown) - 1)) / len(shown)
    for index, panel in enumerate(shown):
        top = 1 - index * (height + GAP)
        _panel(drawn, picture, panel, index, (max(0.0, top - height), top))
    return drawn


def _panel(
    drawn: go.Figure,
    picture: FeaturesPicture,
    panel: Panel,
    index: int,
    place: tuple[float, float],
) -> None:
    number = "" if index == 0 else str(index + 1)
    axes = {"xaxis": f"x{number}", "yaxis": f"y{number}"}
    drawn.update_layout(
        {
            f"xaxis{number}": {"anchor": f"y{number}", "matches": "x" if number else None},
            f"yaxis{number}": {"anchor": f"x{number}", "domain": place},
        }
    )
    label = "value" if picture.is_waveform else "bin"
    drawn.update_layout({f"yaxis{number}": {"title": label}, f"xaxis{number}": {"title": "ms"}})
    above = {"xref": "paper", "yref": "paper", "xanchor": "left", "yanchor": "bottom"}
    drawn.add_annotation(text=panel.name, x=0, y=place[1], showarrow=False, **above)
    if picture.is_waveform:
        drawn.add_trace(_line(picture, panel, axes))
    else:
        drawn.add_trace(_map(picture, panel, axes, place))


def _map(
    picture: FeaturesPicture, panel: Panel, axes: dict[str, str], place: tuple[float, float]
) -> go.Heatmap:
    low, high = panel.ends
    return go.Heatmap(
        z=panel.values.T,
        x=[picture.hop_ms * frame for frame in range(len(panel.values))],
        zmin=low,
        zmax=high,
        colorscale=BOTH_WAYS if low == -high else "Viridis",
        colorbar={"len": place[1] - place[0], "y": sum(place) / 2, "thickness": 12},
        hovertemplate="%{x} ms, bin %{y}: %{z:.2f}<extra></extra>",
        **axes,
    )


def _line(picture: FeaturesPicture, panel: Panel, axes: dict[str, str]) -> go.Scatter:
    values = panel.values.ravel()
    step = picture.hop_ms / panel.values.shape[1]
    return go.Scatter(
        x=[step * index for index in range(len(values))], y=values, line={"color": BLUE}, **axes
    )
