"""How the progress of a search is said, in a few words each."""

from nas.cli.progress import Progress, Record

__all__ = ["best", "candidate", "clock", "facts", "rejected", "rungs", "trained"]

REASONS = {
    "budget:rom_bytes": "ROM",
    "budget:ram_bytes": "RAM",
    "budget:macs": "MACs",
    "budget:constant_bytes": "constants",
    "budget:arena_bytes": "arena",
    "budget:latency_ms": "latency",
    "budget:load": "load",
}


def rejected(progress: Progress) -> str:
    """Return how many candidates were never trained, and what they broke, most first."""
    counts = sorted(progress.rejected.items(), key=lambda item: (-item[1], item[0]))
    parts = [f"{REASONS.get(reason, reason)} {count:,}" for reason, count in counts]
    total = sum(progress.rejected.values())
    return f"{total:,} untrained: {', '.join(parts)}" if parts else "none yet"


def trained(progress: Progress) -> str:
    """Return how many trials were trained and how they ended, and those not trained to an end."""
    failed = f", {progress.failed:,} failed" if progress.failed else ""
    cut = f"; {progress.cut:,} cut short" if progress.cut else ""
    running = f"; {progress.running:,} running" if progress.running else ""
    return (
        f"{progress.trained:,} done: {progress.complete:,} complete, "
        f"{progress.stopped:,} stopped{failed}{cut}{running}"
    )


def rungs(progress: Progress) -> str:
    """Return how many trainings reached each rung, lowest first."""
    counts = [f"{rung}: {count:,}" for rung, count in enumerate(progress.arrivals, 1)]
    return " → ".join(counts) or "none reached yet"


def best(record: Record | None) -> str:
    """Return the best trial so far with what it costs."""
    if record is None or record.metrics is None:
        return "none yet"
    found = record.metrics
    name = "" if record.number is None else f"trial {record.number}, "
    return (
        f"{name}val loss {found.val_loss:.3f}, val accuracy {100 * found.val_accuracy:.1f} %"
        + costs(record)
    )


def costs(record: Record) -> str:
    """Return ROM, RAM and MACs of a trial, after a comma."""
    cost = record.cost
    if cost is None:
        return ""
    return f", ROM {cost.rom_bytes:,} B, RAM {cost.ram_bytes:,} B, {cost.macs:,} MACs"


def candidate(record: Record) -> str:
    """Return what is in training, in a few words."""
    found = record.candidate
    if found is None:
        return "no candidate"
    front = found.frontend
    macs = f", {record.cost.macs / 1e6:.2f} MMAC" if record.cost else ""
    return f"{found.family}, {front.words}, {front.window_ms}/{front.hop_ms} ms{macs}"


def clock(seconds: float) -> str:
    """Return seconds as ``m:ss`` or ``h:mm:ss``, never below zero."""
    minutes, rest = divmod(max(0, round(seconds)), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"


def facts(progress: Progress) -> dict[str, str]:
    """Return what a display shows, by heading."""
    return {
        "rejected": rejected(progress),
        "trained": trained(progress),
        "rungs": rungs(progress),
        "best": best(progress.best),
    }
