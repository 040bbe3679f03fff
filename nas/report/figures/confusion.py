"""Which class is taken for which, on the test split."""

from collections.abc import Sequence

import plotly.graph_objects as go

from nas.report.figures.style import BLUE, figure, plain

__all__ = ["confusion"]


def confusion(matrix: Sequence[Sequence[int]], labels: Sequence[str]) -> go.Figure:
    """Return counts [shape=(n_classes, n_classes)], rows true, shaded by the share of the row."""
    drawn = figure(height=max(340, 110 + 34 * len(labels)))
    shares = [[value / max(1, sum(row)) for value in row] for row in matrix]
    drawn.add_heatmap(
        z=shares,
        text=[[str(value) if value else "" for value in row] for row in matrix],
        texttemplate="%{text}",
        colorscale=[[0, "#ffffff"], [1, BLUE]],
        zmin=0,
        zmax=1,
        showscale=False,
        xgap=1,
        ygap=1,
        customdata=matrix,
        hovertemplate="%{y} heard as %{x}: %{customdata}, %{z:.1%} of the row<extra></extra>",
    )
    ticks = {"tickvals": list(range(len(labels))), "ticktext": [plain(one) for one in labels]}
    slant = -35 if sum(len(one) for one in labels) > 45 else 0
    drawn.update_xaxes(title="heard as", showgrid=False, tickangle=slant, **ticks)
    drawn.update_yaxes(title="is", autorange="reversed", showgrid=False, **ticks)
    return drawn
