"""The op at the RAM peak: where most bytes of the arena are in use."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from statistics import median

from nas.commands.memory import memory_by_op
from nas.graph.graph import Graph
from nas.graph.planner import greedy_plan, overlapped_plan

__all__ = ["PeakOp", "PeakShare", "peak_op", "peak_shares"]


@dataclass(frozen=True, kw_only=True)
class PeakOp:
    """The op of one network while which most of the arena is in use; the first of equals.

    Attributes:
        op: kind of the op.
        name: of the node in the graph.
        live_bytes: bytes of the arena in use while it runs.
        ram_share: `live_bytes` over all RAM of the firmware.
    """

    op: str
    name: str
    live_bytes: int
    ram_share: float


@dataclass(frozen=True, kw_only=True)
class PeakShare:
    """How often one op is at the peak.

    Attributes:
        op, name: which.
        candidates: networks with their peak there.
        share: of all networks looked at.
        ram_share: median of `PeakOp.ram_share` over them.
    """

    op: str
    name: str
    candidates: int
    share: float
    ram_share: float


def peak_op(graph: Graph, ram_bytes: int, *, runtime: str = "c") -> PeakOp:
    """Return the op at the peak of `graph` as `runtime` plans its arena, in `ram_bytes` of RAM."""
    plan = greedy_plan(graph) if runtime == "tflm" else overlapped_plan(graph)
    row = max(memory_by_op(graph, plan), key=lambda row: int(row["arena_bytes"]))
    live = int(row["arena_bytes"])
    return PeakOp(op=row["op"], name=row["name"], live_bytes=live, ram_share=live / ram_bytes)


def peak_shares(peaks: Iterable[PeakOp]) -> tuple[PeakShare, ...]:
    """Return how often each op is at the peak, most first."""
    found = sorted(peaks, key=lambda peak: (peak.name, peak.op))
    groups = groupby(found, key=lambda peak: (peak.name, peak.op))
    shares = [_share(list(group), len(found)) for _, group in groups]
    return tuple(sorted(shares, key=lambda one: (-one.candidates, one.name)))


def _share(peaks: Sequence[PeakOp], total: int) -> PeakShare:
    return PeakShare(
        op=peaks[0].op,
        name=peaks[0].name,
        candidates=len(peaks),
        share=len(peaks) / total,
        ram_share=median(peak.ram_share for peak in peaks),
    )
