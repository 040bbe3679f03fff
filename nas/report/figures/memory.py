"""Memory by op: what is alive while each runs, and the constants it reads."""

from collections.abc import Mapping, Sequence
from typing import Any

import plotly.graph_objects as go

from nas.report.figures.style import BLUE, ORANGE, RED, figure, plain
from nas.report.wording import kib

__all__ = ["memory"]


def memory(ops: Sequence[Mapping[str, Any]], arena_bytes: int | None) -> go.Figure:
    """Return bars an op in execution order, top to bottom; `arena_bytes` is drawn as a line."""
    drawn = figure(height=130 + 24 * len(ops), showlegend=False, bargap=0.25)
    used = "arena_bytes" if all("arena_bytes" in op for op in ops) else "live_bytes"
    peak = max((op[used] for op in ops), default=0)
    colors = [RED if op[used] == peak else BLUE for op in ops]
    _bars(drawn, ops, used, colors, "x")
    _bars(drawn, ops, "constant_bytes", [ORANGE] * len(ops), "x2")
    right = {**drawn.layout.xaxis.to_plotly_json(), "domain": [0.54, 1], "anchor": "y"}
    drawn.update_layout(
        xaxis={"title": "arena in use while the op runs, KiB", "domain": [0, 0.5]},
        xaxis2={**right, "title": "constants it reads, KiB"},
        yaxis={
            "autorange": "reversed",
            "showgrid": False,
            "tickvals": list(range(len(ops))),
            "ticktext": [plain(op["name"]) for op in ops],
        },
    )
    if arena_bytes:
        drawn.add_vline(x=kib(arena_bytes), line={"color": RED, "width": 1.5, "dash": "dash"})
    return drawn


def _bars(
    drawn: go.Figure, ops: Sequence[Mapping[str, Any]], key: str, colors: list[str], axis: str
) -> None:
    drawn.add_bar(
        x=[kib(op[key]) for op in ops],
        y=list(range(len(ops))),
        orientation="h",
        xaxis=axis,
        marker={"color": colors},
        text=[plain(_describe(op, key)) for op in ops],
        textposition="none",
        hovertemplate="%{text}<extra></extra>",
    )


def _describe(op: Mapping[str, Any], key: str) -> str:
    shape = "×".join(str(size) for size in op["output_shape"])
    return f"{op['op']} to {shape}: {op[key]:,} bytes, {op['macs']:,} MACs"
