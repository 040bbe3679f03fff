"""One study, many boards: the trained trials priced anew for each board, and none trained."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import nas.cost
from nas.budget import Budget, Cost, Limits, unknown, violations
from nas.commands.binding import distinct, is_finished
from nas.commands.board_files import BoardFacts, board_facts, choose, load_boards
from nas.commands.studies import read_json
from nas.commands.what_binds import n_classes_of, top_rung_of
from nas.errors import ConfigError, NasError
from nas.frontend.settings import FrontEndSettings
from nas.graph.graph import Graph
from nas.search import Record
from nas.space import Candidate, ImpossibleCandidate, build_graph

__all__ = ["BoardRow", "OnBoard", "Trained", "check_accuracy", "reslice", "study_on_boards"]

Price = Callable[[Graph, FrontEndSettings, Budget], Cost]


@dataclass(frozen=True, kw_only=True)
class Trained:
    """A trial trained to the end; `int8_val_accuracy` where it was a finalist."""

    trial: int
    candidate: Candidate
    val_loss: float
    val_accuracy: float
    int8_val_accuracy: float | None = None


@dataclass(frozen=True, kw_only=True)
class OnBoard:
    """A trial that fits a board, and what it takes there.

    Attributes:
        trial, val_loss, val_accuracy, int8_val_accuracy: of `Trained`.
        rom_bytes, ram_bytes, macs, latency_ms, load: its price there; None where not priced.
        shares: `used / limit` by limit.
    """

    trial: int
    val_loss: float
    val_accuracy: float
    int8_val_accuracy: float | None
    rom_bytes: int
    ram_bytes: int
    macs: int
    latency_ms: float | None
    load: float | None
    shares: dict[str, float]


@dataclass(frozen=True, kw_only=True)
class BoardRow:
    """What a study is worth on one board.

    Attributes:
        facts: of the board.
        fit: trained trials within its limits.
        best: of them by validation loss; None where none fits.
        highest_accuracy: of them on validation; None where none fits.
        reaching: of those with the wanted validation accuracy, the best by loss.
        unknown: limits whose quantity was not priced for some trial, which then is not shown to
            fit.
    """

    facts: BoardFacts
    fit: int
    best: OnBoard | None
    highest_accuracy: float | None
    reaching: OnBoard | None
    unknown: tuple[str, ...]


@dataclass(frozen=True)
class _Built:
    trained: Trained
    graph: Graph


def study_on_boards(
    study_dir: Path,
    records: Sequence[Record],
    *,
    words: Sequence[str],
    accuracy: float | None = None,
) -> dict[str, Any]:
    """Return the trained trials of a study on the boards that `words` name, as plain data.

    `records` are all of the study. Keys: ``trained`` (trials trained to the end), ``stopped``
    (trials that were not, whose losses are not compared), ``boards`` (one flat mapping a board),
    ``broken`` (why a board was left out, by name), ``accuracy``, ``chosen`` (name of the board
    that reaches it, or None), ``chosen_by`` (``price`` or ``size``) and ``rule``.

    Raises:
        ConfigError: no such board, no board that can be priced, an accuracy outside [0, 1].
    """
    check_accuracy(accuracy)
    budgets, broken = load_boards(words)
    info = read_json(study_dir / "study.json")
    top, n_classes = top_rung_of(info, records), n_classes_of(info)
    trials = _trained(distinct(records, top), top, _int8(study_dir))
    rows, unpriced = reslice(trials, budgets, n_classes=n_classes, accuracy=accuracy)
    if not rows:
        raise ConfigError("; ".join(unpriced.values()))
    return {
        "trained": len(trials),
        "stopped": sum(_stopped(record, top) for record in records),
        "boards": [_flat(row) for row in rows],
        "broken": broken | unpriced,
        "accuracy": accuracy,
        **_choice(rows, accuracy),
    }


def check_accuracy(accuracy: float | None) -> None:
    """Raise ConfigError where `accuracy` is no share."""
    if accuracy is not None and not 0.0 <= accuracy <= 1.0:
        raise ConfigError(f"--accuracy {accuracy:g}: give a share from 0 to 1, as in 0.9")


def reslice(
    trials: Sequence[Trained],
    budgets: Mapping[str, Budget],
    *,
    n_classes: int,
    accuracy: float | None = None,
    price: Price = nas.cost.price,
) -> tuple[list[BoardRow], dict[str, str]]:
    """Return a row for each of `budgets`, and why one could not be priced, by name.

    Each graph is built once, whatever the number of boards.
    """
    built = [_Built(trial, _graph(trial, n_classes)) for trial in trials]
    rows: list[BoardRow] = []
    unpriced: dict[str, str] = {}
    for name, budget in budgets.items():
        try:
            costs = [price(one.graph, one.trained.candidate.frontend, budget) for one in built]
        except NasError as error:
            unpriced[name] = f"{name}: cannot be priced: {error}"
        else:
            rows.append(_row(name, budget, list(zip(trials, costs, strict=True)), accuracy))
    return rows, unpriced


def _trained(records: Sequence[Record], top_rung: int, int8: Mapping[int, float]) -> list[Trained]:
    finished = [record for record in records if is_finished(record, top_rung)]
    found = []
    for record in finished:
        assert record.candidate is not None
        assert record.metrics is not None
        assert record.number is not None
        found.append(
            Trained(
                trial=record.number,
                candidate=record.candidate,
                val_loss=record.metrics.val_loss,
                val_accuracy=record.metrics.val_accuracy,
                int8_val_accuracy=int8.get(record.number),
            )
        )
    return found


def _stopped(record: Record, top_rung: int) -> bool:
    """Tell whether `record` was trained, but not to the end: stopped at a rung, or cut."""
    trained = record.metrics is not None and record.pruned_by != "failed"
    return trained and not is_finished(record, top_rung)


def _int8(study_dir: Path) -> dict[int, float]:
    """Return the int8 validation accuracy of each finalist's best seed, by trial."""
    results = [read_json(path) for path in study_dir.glob("finalists/*/result.json")]
    worst_first = sorted(results, key=lambda one: -float(one["int8"]["val_loss"]))
    return {int(one["trial"]): float(one["int8"]["val_accuracy"]) for one in worst_first}


def _graph(trial: Trained, n_classes: int) -> Graph:
    try:
        return build_graph(trial.candidate, n_classes)
    except ImpossibleCandidate as error:
        raise ConfigError(
            f"trial {trial.trial}: this version makes no network of its choices ({error}); "
            "read the study with the version that made it"
        ) from None


def _fitting(priced: Sequence[tuple[Trained, Cost]], limits: Limits) -> list[OnBoard]:
    """Return the trials within `limits`, lowest validation loss first."""
    found = []
    for trial, cost in priced:
        over = violations(cost, limits)
        if max(over.values(), default=0.0) <= 0:
            shares = {name: value + 1.0 for name, value in over.items()}
            found.append(_on_board(trial, cost, shares))
    return sorted(found, key=lambda one: (one.val_loss, one.trial))


def _on_board(trial: Trained, cost: Cost, shares: dict[str, float]) -> OnBoard:
    return OnBoard(
        trial=trial.trial,
        val_loss=trial.val_loss,
        val_accuracy=trial.val_accuracy,
        int8_val_accuracy=trial.int8_val_accuracy,
        rom_bytes=cost.rom_bytes,
        ram_bytes=cost.ram_bytes,
        macs=cost.macs,
        latency_ms=cost.latency_ms,
        load=cost.load,
        shares=shares,
    )


def _row(
    name: str,
    budget: Budget,
    priced: Sequence[tuple[Trained, Cost]],
    accuracy: float | None,
) -> BoardRow:
    fitting = _fitting(priced, budget.limits)
    reaching = [one for one in fitting if accuracy is not None and one.val_accuracy >= accuracy]
    not_known = {key for _, cost in priced for key in unknown(cost, budget.limits)}
    return BoardRow(
        facts=board_facts(name, budget),
        fit=len(fitting),
        best=next(iter(fitting), None),
        highest_accuracy=max((one.val_accuracy for one in fitting), default=None),
        reaching=next(iter(reaching), None),
        unknown=tuple(sorted(not_known)),
    )


def _choice(rows: Sequence[BoardRow], accuracy: float | None) -> dict[str, Any]:
    """Return which board that reaches `accuracy` is chosen, and by which rule."""
    reaching = [row.facts for row in rows if row.reaching]
    if accuracy is None or not reaching:
        return {"chosen": None, "chosen_by": None, "rule": None}
    choice = choose(reaching, [row.facts for row in rows])
    return {"chosen": choice.board, "chosen_by": choice.by, "rule": choice.rule}


def _flat(row: BoardRow) -> dict[str, Any]:
    return {
        **asdict(row.facts),
        "fit": row.fit,
        "highest_accuracy": row.highest_accuracy,
        "best": asdict(row.best) if row.best else None,
        "reaching": asdict(row.reaching) if row.reaching else None,
        "unknown": list(row.unknown),
    }
