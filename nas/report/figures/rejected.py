"""Where the candidates went: each limit, each rung, and the ones that were trained to the end."""

import plotly.graph_objects as go

from nas.report.figures.style import BLUE, GREY, RED, figure, plain
from nas.report.study import StudyFiles
from nas.report.wording import spoken

__all__ = ["rejected"]


def rejected(study: StudyFiles) -> go.Figure:
    """Return one bar an outcome, most first, with the count written beside it."""
    counts = study.outcomes()
    drawn = figure(height=90 + 30 * max(1, len(counts)), showlegend=False)
    drawn.add_bar(
        x=list(counts.values()),
        y=[plain(spoken(name)) for name in counts],
        orientation="h",
        marker={"color": [_color(name) for name in counts]},
        text=[f"{value:,}" for value in counts.values()],
        textposition="outside",
        cliponaxis=False,
        hovertemplate="%{y}: %{x:,}<extra></extra>",
    )
    drawn.update_xaxes(title="candidates")
    drawn.update_yaxes(autorange="reversed", showgrid=False)
    drawn.update_layout(margin={"r": 60})
    return drawn


def _color(outcome: str) -> str:
    if outcome == "complete":
        return BLUE
    return RED if outcome.startswith("over ") else GREY
