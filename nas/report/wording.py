"""How figures are put into words: one place, so that page and terminal say the same."""

from collections.abc import Mapping
from typing import Any

from nas.report.study import StudyFiles

__all__ = [
    "COST_NAMES",
    "accuracy",
    "candidate",
    "count",
    "data_labels",
    "kib",
    "loss",
    "percent",
    "spoken",
    "test_reads",
    "ties",
]

COST_NAMES = {
    "rom_bytes": "ROM",
    "ram_bytes": "RAM",
    "macs": "MACs",
    "constant_bytes": "constants",
    "arena_bytes": "arena",
    "model_bytes": "model.tflite",
    "peak_activation_bytes": "peak of live tensors",
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
        return f"over the {COST_NAMES.get(limit, limit)} limit"
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
        f"{found.get('family', 'network')} on {front.get('n_mels', '?')} log-mels, "
        f"{front.get('window_ms', '?')}/{front.get('hop_ms', '?')} ms, "
        f"{front.get('sample_rate_hz', 0) / 1000:g} kHz"
    )


def ties(study: StudyFiles) -> list[dict[str, Any]]:
    """Return the finalists of other trials whose loss is within one standard error of the winner.

    The standard error is the one that the choice was made with (`int8.val_loss_error`); without
    it, that of the winner's validation accuracy, when the number of clips is known.
    """
    winner = study.winner
    if winner is None:
        return []
    others = [one for one in study.finalists if one["trial"] != winner["trial"]]
    return [one for one in others if _tied(study, winner["int8"], one["int8"])]


def _tied(study: StudyFiles, best: Mapping[str, float], other: Mapping[str, float]) -> bool:
    if "val_loss_error" in best:
        return bool(abs(other["val_loss"] - best["val_loss"]) <= best["val_loss_error"])
    clips = study.data.get("clips", {}).get("validation")
    if not clips:
        return False
    share = best["val_accuracy"]
    error = (max(share * (1 - share), 1 / clips) / clips) ** 0.5
    return bool(abs(other["val_accuracy"] - share) <= error)
