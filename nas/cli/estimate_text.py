"""An estimate as text for people, in 80 columns: ops, memory over time, parts, limits, verdict."""

from collections.abc import Iterator, Mapping
from itertools import zip_longest
from typing import Any

from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from nas.commands.estimate import Estimate, Use

__all__ = ["page"]

BAR_WIDTH = 36
NAME_WIDTH = 22
TFLM_BOUNDS = "the interpreter's ROM is an upper bound; 4,096 B are set aside for its stack"


def page(found: Estimate, *, plain: bool = False) -> Iterator[RenderableType]:
    """Yield the parts of the page; `plain` keeps to ASCII."""
    yield from _title(found)
    yield Text()
    yield _ops(found, plain=plain)
    yield Text()
    yield from _memory(found, plain=plain)
    yield Text()
    yield from _plans(found)
    yield Text()
    yield _parts(found)
    if found.budget.runtime == "tflm":
        yield Text(TFLM_BOUNDS)
    yield Text()
    yield from _time(found)
    yield _limits(found)
    yield Text()
    yield from _verdict(found)


def _title(found: Estimate) -> Iterator[Text]:
    budget = found.budget
    yield Text(f"{found.target.name} ({found.target.kind}) on {budget.board}", style="bold")
    yield Text(
        f"{budget.device.core} at {budget.device.clock_hz / 1e6:g} MHz, runtime "
        f"{budget.runtime}, kernels {budget.kernels}"
    )


def _ops(found: Estimate, *, plain: bool) -> Table:
    """Return one row an op, and what all take."""
    table = _table("op", "output", "MACs", "constants", "arena", "cycles", "ms")
    for row in found.ops:
        shape = ("x" if plain else "×").join(map(str, row["output_shape"]))
        sizes = [_count(row[key]) for key in ("macs", "constant_bytes", "arena_bytes")]
        times = _count(round(row["cycles"])), _ms(row["latency_ms"])
        table.add_row(row["name"], shape, *sizes, *times)
    table.add_section()
    totals = [_count(v) for v in (found.cost.macs, found.cost.constant_bytes, _peak(found))]
    cycles = round(sum(row["cycles"] for row in found.ops))
    table.add_row("all", "", *totals, _count(cycles), _ms(_network_ms(found)), style="bold")
    return table


def _memory(found: Estimate, *, plain: bool) -> Iterator[RenderableType]:
    """Yield the arena over time, a bar an op; the first op at the peak is marked."""
    peak = max(_peak(found), 1)
    at_peak = next(row for row in found.ops if row["arena_bytes"] == _peak(found))
    part = ", of its planned part" if found.budget.runtime == "tflm" else ""
    yield Text(f"Arena in use while each op runs, bytes{part}", style="bold")
    for row in found.ops:
        used = row["arena_bytes"]
        bar = ("#" if plain else "█") * max(1, round(BAR_WIDTH * used / peak))
        line = f"{row['name'][:NAME_WIDTH]:{NAME_WIDTH}} {bar:{BAR_WIDTH}} {used:>11,}"
        yield Text(f"{line} peak", style="bold red") if row is at_peak else Text(line)


def _plans(found: Estimate) -> Iterator[Text]:
    """Yield the arena beside what it is held against."""
    cost = found.cost
    for label, value in (
        ("arena of the runtime", cost.arena_bytes),
        ("  planned as TFLM plans it, no two tensors overlapping", cost.planned_bytes),
        ("  peak of live tensors: no plan without overlap is smaller", cost.peak_activation_bytes),
        ("  sum of all tensors without planning", cost.unplanned_bytes),
    ):
        yield Text(f"{label:60}{_count(value):>12} B")


def _parts(found: Estimate) -> Table:
    """Return what ROM and RAM are made of, side by side, the largest first."""
    cost = found.cost
    table = _table("ROM is made of", "bytes", "RAM is made of", "bytes")
    table.columns[2].justify = "left"
    columns = (_named(cost.parts, "rom."), _named(cost.parts, "ram."))
    for rom, ram in zip_longest(*columns, fillvalue=("", "")):
        table.add_row(*rom, *ram)
    table.add_section()
    table.add_row("all", _count(cost.rom_bytes), "all", _count(cost.ram_bytes), style="bold")
    return table


def _named(parts: Mapping[str, int], prefix: str) -> list[tuple[str, str]]:
    """Return name and bytes of the parts that are not empty."""
    ranked = sorted(parts.items(), key=lambda part: -part[1])
    return [
        (name.removeprefix(prefix).replace("_", " "), _count(size))
        for name, size in ranked
        if size and name.startswith(prefix)
    ]


def _time(found: Estimate) -> Iterator[RenderableType]:
    """Yield the latency, what it is made of, and how far to believe it."""
    basis, latency = found.basis, found.cost.latency_ms
    if latency is None:
        return
    network = _network_ms(found)
    hop = f" + last hop {_ms(latency - network)}" if found.front_end else ""
    yield Text(f"latency {_ms(latency)} ms = network {_ms(network)}{hop}", style="bold")
    kind = "no measurement of this code on this core" if basis["extrapolated"] else "measured core"
    error = f"expected error {_percent(basis['expected_error'])}"
    sort = "extrapolated" if basis["extrapolated"] else "from measurements"
    lines = [f"{sort} ({kind}), {error}", _rests_on(found), f"from {basis['source']}"]
    for line in (*lines, basis["note"]):
        if line:
            yield Padding(Text(line), (0, 0, 0, 2))
    yield Text()


def _rests_on(found: Estimate) -> str:
    """Return what each part of the time rests on, where they differ."""
    if len({(part.expected_error, part.extrapolated) for part in found.parts}) < 2:
        return ""
    return ", ".join(
        f"{part.name} {_ms(part.ms)} ms {'extrapolated' if part.extrapolated else 'measured'}, "
        f"error {_percent(part.expected_error)}"
        for part in found.parts
    )


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"


def _limits(found: Estimate) -> Table:
    table = _table("limit", "used", "of", "")
    for use in found.uses:
        over = use.share is not None and use.share > 1
        table.add_row(
            use.name, _count(use.used), _count(use.limit), _share(use), style="red" if over else ""
        )
    limited = {use.name for use in found.uses}
    for name in ("rom_bytes", "ram_bytes", "macs", "model_bytes", "load"):
        if name not in limited and getattr(found.cost, name) is not None:
            table.add_row(name, _count(getattr(found.cost, name)), "no limit", "")
    return table


def _share(use: Use) -> str:
    return "not known" if use.share is None else f"{100 * use.share:.1f} %"


def _verdict(found: Estimate) -> Iterator[Text]:
    if found.unjudged:
        yield Text(f"not judged, for want of a front end: {', '.join(found.unjudged)}")
    if found.cost.load is None:
        alone = f"{found.network_load:.2f} of the time between decisions"
        yield Text(f"the network alone takes {alone}, one each {found.budget.decision_ms} ms")
    board = found.budget.board
    alone = "" if found.front_end else ", without its front end"
    if found.fits:
        tightest = max(found.uses, key=lambda use: use.share or 0.0)
        line = f"fits {board}{alone}: tightest is {tightest.name} at {_share(tightest)}"
        yield Text(line, style="bold green")
    else:
        over = ", ".join(f"{name} by {100 * by:.1f} %" for name, by in found.violations.items())
        yield Text(f"does not fit {board}{alone}: over {over}", style="bold red")


def _network_ms(found: Estimate) -> float:
    return float(sum(row["latency_ms"] for row in found.ops))


def _peak(found: Estimate) -> int:
    return max((row["arena_bytes"] for row in found.ops), default=0)


def _table(first: str, *others: str) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0), header_style="bold")
    table.add_column(first, no_wrap=True, overflow="ellipsis", min_width=14)
    for name in others:
        table.add_column(name, justify="right", no_wrap=True)
    return table


def _count(value: Any) -> str:
    if value is None:
        return "-"
    return f"{value:,.0f}" if value == int(value) or abs(value) >= 100 else f"{value:,.3g}"


def _ms(value: float | None) -> str:
    return "-" if value is None else f"{value:,.2f}"
