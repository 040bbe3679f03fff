"""How figures are put into words: one place, so that page and terminal say the same."""

from collections.abc import Mapping
from typing import Any

from nas import budget
from nas.errors import ConfigError
from nas.frontend import settings_of
from nas.report.study import StudyFiles

__all__ = [
    "COST_NAMES",
    "accuracy",
    "amount",
    "candidate",
    "count",
    "data_labels",
    "kib",
    "loss",
    "percent",
    "quantity",
    "spoken",
    "test_reads",
    "ties",
    "too_large",
]

COST_NAMES = {
    "rom_bytes": "ROM",
    "ram_bytes": "RAM",
    "macs": "MACs",
    "constant_bytes": "constants",
    "arena_bytes": "arena",
    "model_bytes": "model.tflite",
    "peak_activation_bytes": "peak of live tensors",
    "latency_ms": "latency",
    "load": "load",
}
SPOKEN = {
    "impossible": "shapes do not work",
    "deadline": "cut by the deadline",
    "interrupted": "cut by Ctrl-C",
    "failed": "training failed",
}


def count(value: float | None) -> str:
    """Return a whole number with thousands apart, or a dash."""
    return "–" if value is None or value != value else f"{round(value):,}"


def amount(value: float | None) -> str:
    """Return a quantity or its limit, or a dash: whole numbers with thousands apart."""
    return "–" if value is None or value != value else budget.amount(value)


def quantity(key: str) -> str:
    """Return the name of a quantity that a limit may be set on."""
    return COST_NAMES.get(key, key)


def percent(share: float | None) -> str:
    """Return a share in [0, 1] as percent with one decimal, or a dash."""
    return "–" if share is None or share != share else f"{100 * share:.1f} %"


def loss(value: float | None) -> str:
    """Return a cross-entropy with three decimals, or a dash."""
    return "–" if value is None or value != value else f"{value:.3f}"


def spoken(outcome: str) -> str:
    """Return an outcome of a trial as a reader would say it: ``over the ROM limit``."""
    kind, _, limit = outcome.partition(" ")
    if kind == "over":
        return f"over the {quantity(limit)} limit"
    return SPOKEN.get(outcome, outcome)


def kib(size_bytes: float) -> float:
    """Return bytes as KiB (1,024 bytes)."""
    return size_bytes / 1024


def accuracy(test: Mapping[str, Any]) -> str:
    """Return int8 test accuracy with its 95 % interval and the clips it was measured on."""
    low, high = test["interval"]
    return (
        f"{percent(test['int8_accuracy'])} (95 % interval {100 * low:.1f} to {percent(high)}, "
        f"{count(test['n'])} clips)"
    )


def test_reads(result: Mapping[str, Any]) -> str:
    """Return what a reader must know when the test split was read more than once, or nothing."""
    times = len(result.get("test_reads") or [])
    if times < 2:
        return ""
    return (
        f"the test split was read {times} times in this study; later figures are not independent"
    )


def data_labels(study: StudyFiles) -> list[str]:
    """Return what a reader must know of the data before believing an accuracy."""
    data = study.data
    labels = ["synthetic"] if data.get("synthetic") else []
    return labels + (["same-speaker split"] if data.get("same_speaker") else [])


def candidate(result: Mapping[str, Any]) -> str:
    """Return one line that says which network hears what."""
    found = result.get("candidate", {})
    front = found.get("frontend", {})
    return (
        f"{found.get('family', 'network')} on {_heard(front)}, "
        f"{front.get('window_ms', '?')}/{front.get('hop_ms', '?')} ms, "
        f"{front.get('sample_rate_hz', 0) / 1000:g} kHz"
    )


def _heard(front: Mapping[str, Any]) -> str:
    """Return kind and size of a front end's frames; the kind alone where it is not known here."""
    try:
        settings = settings_of(front)
    except (ConfigError, TypeError):  # of a later version, or not told
        return str(front.get("kind", "features"))
    return f"{settings.kind} ({settings.words})"


def ties(study: StudyFiles) -> list[dict[str, Any]]:
    """Return the other finalists that the winner was chosen among, as its result.json names them.

    The choice is made in one place; a result that does not tell its near-ties has none here.
    """
    winner = study.winner or {}
    names = set(winner.get("tied", [])) - {_name(winner)}
    return [one for one in study.finalists if _name(one) in names]


def too_large(study: StudyFiles) -> list[str]:
    """Return a phrase for each finalist that was passed over: built, it did not fit."""
    found = (study.winner or {}).get("too_large", {})
    return [f"{name} ({over})" for name, over in sorted(found.items())]


def _name(result: Mapping[str, Any]) -> str:
    """Return the name of a finalist's folder."""
    return f"{result.get('trial')}-s{result.get('seed')}"
