"""What a study left in its folder, read once. Files that are not there yet read as empty."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from nas.errors import DataError

__all__ = ["StudyFiles", "read_study"]

COLUMNS = (
    "trial",
    "state",
    "pruned_by",
    "family",
    "val_loss",
    "val_accuracy",
    "rom_bytes",
    "ram_bytes",
    "macs",
    "constant_bytes",
    "arena_bytes",
    "rung",
    "epochs",
    "seconds",
)
ALIASES = {"number": "trial"}


@dataclass(frozen=True, kw_only=True)
class StudyFiles:
    """One folder of ``results/``.

    Attributes:
        folder: the study's directory; its name is the study's.
        info: study.json.
        trials: trials.csv with at least COLUMNS, and `outcome` (see `outcome_of`).
        front: front.csv with the same columns.
        finalists: finalists/*/result.json, best first.
        winner: winner/result.json, or None while there is none.
        memory: winner/memory.json, one mapping an op in execution order.
        stats: search_stats.json: what the search's own steps took.
    """

    folder: Path
    info: dict[str, Any]
    trials: pd.DataFrame
    front: pd.DataFrame
    finalists: list[dict[str, Any]]
    winner: dict[str, Any] | None
    memory: list[dict[str, Any]]
    stats: dict[str, Any]

    @property
    def name(self) -> str:
        """Name of the study."""
        return self.folder.name

    @property
    def board(self) -> str:
        """Name of the board whose budget it is, or nothing."""
        return str(self.info.get("budget", {}).get("board", ""))

    @property
    def limits(self) -> dict[str, float]:
        """Limits of the budget that are set, by name."""
        limits = self.info.get("budget", {}).get("limits", {})
        return {key: value for key, value in limits.items() if value is not None}

    @property
    def data(self) -> dict[str, Any]:
        """What study.json says of the data: name, digest, synthetic, same_speaker, clips."""
        data = self.info.get("data", {})
        return data if isinstance(data, dict) else {"name": str(data)}

    @property
    def digest(self) -> str:
        """Digest of the data, or a dash."""
        kept = self.info.get("identity", {}).get("data_digest")
        return str(self.data.get("digest") or kept or "–")

    @property
    def seed(self) -> str:
        """Seed of the search, or a dash."""
        return str(self.info.get("seed", self.info.get("identity", {}).get("seed", "–")))

    @property
    def labels(self) -> list[str]:
        """Class names by index."""
        return [str(label) for label in self.info.get("labels", [])]

    def outcomes(self) -> dict[str, int]:
        """Return how many trials ended in each outcome, most first."""
        counts = self.trials["outcome"].value_counts()
        return {str(name): int(count) for name, count in counts.items()}


def read_study(folder: Path) -> StudyFiles:
    """Read `folder`.

    Raises:
        DataError: no study there, or a file of it is damaged.
    """
    if not (folder / "study.json").is_file():
        raise DataError(f"{folder}: no study.json here; name a folder that `nas search` made")
    return StudyFiles(
        folder=folder,
        info=_json(folder / "study.json"),
        trials=_table(folder / "trials.csv"),
        front=_table(folder / "front.csv").sort_values("val_loss"),
        finalists=_finalists(folder),
        winner=_json(folder / "winner" / "result.json", default=None),
        memory=_json(folder / "winner" / "memory.json", default=[]),
        stats=_json(folder / "search_stats.json", default={}),
    )


def outcome_of(state: str, pruned_by: str) -> str:
    """Return how a trial ended: complete, stopped at a rung, or ``over LIMIT`` and so on."""
    kind, _, limit = pruned_by.partition(":")
    if kind == "budget":
        return f"over {limit}"
    if kind == "rung":
        return "stopped at a rung"
    return kind or state.lower()


def _finalists(folder: Path) -> list[dict[str, Any]]:
    found = [_json(path) for path in sorted(folder.glob("finalists/*/result.json"))]
    return sorted(found, key=lambda result: float(result["int8"]["val_loss"]))


def _json(path: Path, **default: Any) -> Any:
    if "default" in default and not path.is_file():
        return default["default"]
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise DataError(f"{path}: cannot be read: {error}; resume the study to mend it") from None


def _table(path: Path) -> pd.DataFrame:
    try:
        table = pd.read_csv(path, low_memory=False) if path.is_file() else pd.DataFrame()
    except (OSError, ValueError) as error:
        raise DataError(f"{path}: cannot be read: {error}; resume the study to mend it") from None
    table = table.rename(columns=ALIASES)
    table = table.reindex(columns=[*COLUMNS, *table.columns.difference(list(COLUMNS))])
    pairs = zip(table["state"], table["pruned_by"], strict=True)
    table["outcome"] = [outcome_of(*map(_text, pair)) for pair in pairs]
    return table


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
