"""Validation loss against one cost, with the budget as a line."""

from typing import Any

import pandas as pd
import plotly.graph_objects as go

from nas.report.figures.style import BLUE, GREEN, GREY, INK, RED, figure, plain
from nas.report.study import StudyFiles
from nas.report.wording import COST_NAMES, kib, spoken

__all__ = ["front"]


def front(study: StudyFiles, cost: str) -> go.Figure:
    """Return the trials over `cost` (rom_bytes, ram_bytes or macs), log axis.

    Trained trials are points; candidates rejected untrained have no loss and are ticks in a strip
    above. The line is the front of loss against this one cost.
    """
    drawn = figure(height=340, showlegend=False)
    drawn.update_xaxes(type="log", title=_title(cost), **_ticks(study, cost))
    drawn.update_yaxes(title="validation loss", domain=[0, 0.87])
    outcome = study.trials["outcome"]
    complete, over = outcome == "complete", outcome.str.startswith("over ")
    _rejected(drawn, study.trials[over], cost)
    _points(drawn, study.trials[~complete & ~over], cost, "stopped", _hollow())
    _points(drawn, study.trials[complete], cost, "complete", _filled())
    _stairs(drawn, study.trials[complete], cost)
    _winner(drawn, study, cost)
    _limit(drawn, study, cost)
    return drawn


def _title(cost: str) -> str:
    name = COST_NAMES[cost]
    return f"{name} for one inference" if cost == "macs" else f"{name}, KiB"


def _ticks(study: StudyFiles, cost: str) -> dict[str, list[Any]]:
    """Return round numbers over the range drawn: more of them the narrower it is."""
    known = [*study.trials[cost].dropna(), *filter(None, [study.limits.get(cost)])]
    low, high = max(1, min(known, default=1)), max(known, default=1)
    wide = high / low
    steps = (1, 2, 3, 4, 6, 8) if wide < 8 else (1, 2, 5) if wide < 300 else (1,)
    values = [step * 10**power for power in range(10) for step in steps]
    return {"tickvals": values, "ticktext": [_short(value, cost) for value in values]}


def _short(value: int, cost: str) -> str:
    if cost != "macs":
        return f"{value:,}"
    units = ((10**9, "G"), (10**6, "M"), (10**3, "k"), (1, ""))
    return next(f"{value // size}{unit}" for size, unit in units if value >= size)


def _units(values: pd.Series, cost: str) -> pd.Series:
    return values if cost == "macs" else values.map(kib)


def _hollow() -> dict[str, object]:
    return {"size": 7, "color": "rgba(0,0,0,0)", "line": {"color": GREY, "width": 1.2}}


def _filled() -> dict[str, object]:
    return {"size": 8, "color": BLUE, "opacity": 0.85, "line": {"color": "white", "width": 0.7}}


def _rejected(drawn: go.Figure, trials: pd.DataFrame, cost: str) -> None:
    drawn.add_scatter(
        x=_units(trials[cost], cost),
        y=[0] * len(trials),
        yaxis="y2",
        mode="markers",
        marker={"symbol": "line-ns-open", "size": 9, "color": RED, "opacity": 0.6},
        text=[plain(spoken(text)) for text in trials["outcome"]],
        hovertemplate="rejected untrained: %{text}<br>%{x:,.4~s}<extra></extra>",
        name="rejected",
        cliponaxis=False,
    )
    drawn.update_layout(yaxis2={"domain": [0.92, 1], "visible": False, "fixedrange": True})


def _points(
    drawn: go.Figure, trials: pd.DataFrame, cost: str, name: str, marker: dict[str, object]
) -> None:
    known = trials.dropna(subset=["val_loss", cost])
    drawn.add_scatter(
        x=_units(known[cost], cost),
        y=known["val_loss"],
        mode="markers",
        marker=marker,
        text=[plain(f"trial {row.trial:.0f}, {row.family}") for row in known.itertuples()],
        hovertemplate="%{text}<br>loss %{y:.3f}, %{x:,.4~s}<extra>" + name + "</extra>",
        name=name,
    )


def _stairs(drawn: go.Figure, trials: pd.DataFrame, cost: str) -> None:
    """Draw what is the least loss to be had at each cost."""
    known = trials.dropna(subset=["val_loss", cost]).sort_values([cost, "val_loss"])
    best = known[known["val_loss"] < known["val_loss"].cummin().shift(fill_value=float("inf"))]
    drawn.add_scatter(
        x=_units(best[cost], cost),
        y=best["val_loss"],
        mode="lines",
        line={"shape": "hv", "color": BLUE, "width": 1.5},
        hoverinfo="skip",
    )


def _winner(drawn: go.Figure, study: StudyFiles, cost: str) -> None:
    if study.winner is None:
        return
    chosen = study.trials[study.trials["trial"] == study.winner["trial"]]
    star = {"symbol": "star", "size": 15, "color": GREEN, "line": {"color": INK, "width": 0.8}}
    _points(drawn, chosen, cost, "winner, as it left the search", star)


def _limit(drawn: go.Figure, study: StudyFiles, cost: str) -> None:
    limit = study.limits.get(cost)
    if limit is None:
        return
    value = limit if cost == "macs" else kib(limit)
    drawn.add_vline(x=value, line={"color": RED, "width": 1.5, "dash": "dash"})
    drawn.add_annotation(
        x=1,
        xref="x domain",
        y=0.86,
        yref="paper",
        xanchor="right",
        yanchor="top",
        text=f"budget {value:,.10g}",
        font={"color": RED, "size": 12},
        showarrow=False,
        bgcolor="rgba(255,255,255,0.8)",
    )
