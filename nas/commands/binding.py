"""Which limit binds: what each one rejected, and what a tenth more or less of it would change.

Pure functions over the records of a study. A rejected candidate is never trained, so what more of
a limit would have bought is a number of candidates; a loss is given only for those that a session
with other limits did train. The mirror is known in full: what a tenth less of each limit would
have cost among the trials that were trained to the end.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from nas.search import Record
from nas.trial import has_diverged

__all__ = ["Best", "Binding", "Less", "LimitFacts", "More", "binding", "distinct", "is_finished"]

TENTHS_MORE, TENTHS_LESS = 11, 9


@dataclass(frozen=True, kw_only=True)
class Best:
    """A trial trained to the end, with the loss and accuracy of its one training."""

    trial: int
    val_loss: float
    val_accuracy: float


@dataclass(frozen=True, kw_only=True)
class More:
    """What a tenth more of one limit would have let in.

    Attributes:
        limit: the limit with a tenth added.
        would_fit: candidates that only this limit rejected, and by a tenth of it at most.
        trained: how many of these a session with other limits trained to the end.
        best: of those; None where none was, and then no loss is known.
    """

    limit: float
    would_fit: int
    trained: int
    best: Best | None


@dataclass(frozen=True, kw_only=True)
class Less:
    """What a tenth less of one limit would have cost.

    Attributes:
        limit: the limit with a tenth taken off.
        lost: trials trained to the end that fit, and would not fit then.
        best: of those that would be left; None where none would.
        loss_rise: loss of that one less that of the best today; None where one is missing.
    """

    limit: float
    lost: int
    best: Best | None
    loss_rise: float | None


@dataclass(frozen=True, kw_only=True)
class LimitFacts:
    """One limit and what it did in this study.

    Attributes:
        name: a key of the budget's limits.
        limit: its value.
        rejected: candidates over it.
        rejected_alone: those over it and over no other.
        median_violation: of the rejected, `used / limit - 1`; None where there are none.
        unknown: candidates whose use of it was not priced; they count as not fitting.
        used_by_best: share of it that the best trial takes; None where not known.
        more, less: a tenth of it added, and taken off.
    """

    name: str
    limit: float
    rejected: int
    rejected_alone: int
    median_violation: float | None
    unknown: int
    used_by_best: float | None
    more: More
    less: Less


@dataclass(frozen=True, kw_only=True)
class Binding:
    """What the limits did to the candidates of a study; each candidate counts once.

    Attributes:
        asked: different candidates asked for.
        impossible: those of them whose choices make no network, so that no price is known.
        fit: those within every limit.
        feasible_share: `fit / asked`; None where nothing was asked.
        finished: trials trained to the end that fit.
        best: of them.
        binding: the limit that alone rejected most candidates; None where none rejected any.
        limits: each limit, in the order given.
    """

    asked: int
    impossible: int
    fit: int
    feasible_share: float | None
    finished: int
    best: Best | None
    binding: str | None
    limits: tuple[LimitFacts, ...]


@dataclass(frozen=True)
class _Asked:
    """A candidate: what it takes of each limit, those it is not shown to keep, and its score.

    What was not priced is None, and not shown to be kept; without a training to the end there is
    no score.
    """

    used: Mapping[str, float | None]
    over: frozenset[str]
    score: Best | None

    def within(self, name: str, limit: float, tenths: int) -> bool:
        """Tell whether it takes at most `tenths` tenths of `limit`, exactly for whole numbers."""
        used = self.used[name]
        return used is not None and 10 * used <= tenths * limit


def binding(records: Sequence[Record], limits: Mapping[str, float], *, top_rung: int) -> Binding:
    """Return what `limits` did in a study.

    Args:
        records: every trial, of whatever session.
        limits: those to judge by: of today, whatever a session had.
        top_rung: index of the last rung; only losses from there are compared.
    """
    different = distinct(records, top_rung)
    priced = [_asked(record, limits, top_rung) for record in different if record.cost]
    fitting = [one for one in priced if not one.over]
    best = _best(fitting)
    facts = tuple(_facts(name, limit, priced, best) for name, limit in limits.items())
    return Binding(
        asked=len(different),
        impossible=len(different) - len(priced),
        fit=len(fitting),
        feasible_share=len(fitting) / len(different) if different else None,
        finished=sum(one.score is not None for one in fitting),
        best=best.score if best else None,
        binding=_binding(facts),
        limits=facts,
    )


def is_finished(record: Record, top_rung: int) -> bool:
    """Tell whether `record` was trained to the end, under whatever limits, and learnt something.

    The verdict of today's limits may hide it: a trial that no longer fits is told as rejected.
    """
    metrics = record.metrics
    if metrics is None or record.pruned_by == "failed" or has_diverged(metrics.val_loss):
        return False
    return record.rung == top_rung


def distinct(records: Iterable[Record], top_rung: int) -> list[Record]:
    """Return each candidate once: a finished trial before any other record of it.

    The same candidate is met again as a duplicate, after an interruption, or when moved limits
    let in what was rejected before. A record without a candidate stands for itself.
    """
    found: dict[str, Record] = {}
    for index, record in enumerate(records):
        candidate = record.candidate
        key = candidate.fingerprint if candidate else f"impossible {index}"
        if key not in found or is_finished(record, top_rung):
            found[key] = record
    return list(found.values())


def _asked(record: Record, limits: Mapping[str, float], top_rung: int) -> _Asked:
    used = {name: getattr(record.cost, name, None) for name in limits}
    over = frozenset(k for k, value in used.items() if value is None or value > limits[k])
    return _Asked(used, over, _score(record) if is_finished(record, top_rung) else None)


def _score(record: Record) -> Best:
    assert record.metrics is not None
    assert record.number is not None
    return Best(
        trial=record.number,
        val_loss=record.metrics.val_loss,
        val_accuracy=record.metrics.val_accuracy,
    )


def _best(asked: Iterable[_Asked]) -> _Asked | None:
    scored = [(one.score.val_loss, one.score.trial, one) for one in asked if one.score]
    return min(scored, key=lambda entry: entry[:2])[2] if scored else None


def _facts(name: str, limit: float, priced: Sequence[_Asked], best: _Asked | None) -> LimitFacts:
    rejected = [one for one in priced if name in one.over and one.used[name] is not None]
    used = best.used[name] if best else None
    excess = [value / limit - 1.0 for one in rejected if (value := one.used[name]) is not None]
    return LimitFacts(
        name=name,
        limit=limit,
        rejected=len(rejected),
        rejected_alone=sum(len(one.over) == 1 for one in rejected),
        median_violation=median(excess) if excess else None,
        unknown=sum(one.used[name] is None for one in priced),
        used_by_best=None if used is None else used / limit,
        more=_more(name, limit, rejected),
        less=_less(name, limit, [one for one in priced if not one.over], best),
    )


def _more(name: str, limit: float, rejected: Sequence[_Asked]) -> More:
    would = [
        one for one in rejected if len(one.over) == 1 and one.within(name, limit, TENTHS_MORE)
    ]
    best = _best(would)
    return More(
        limit=_tenths(TENTHS_MORE, limit),
        would_fit=len(would),
        trained=sum(one.score is not None for one in would),
        best=best.score if best else None,
    )


def _less(name: str, limit: float, fitting: Sequence[_Asked], best: _Asked | None) -> Less:
    finished = [one for one in fitting if one.score]
    left = [one for one in finished if one.within(name, limit, TENTHS_LESS)]
    then, today = _best(left), best.score if best else None
    after = then.score if then else None
    return Less(
        limit=_tenths(TENTHS_LESS, limit),
        lost=len(finished) - len(left),
        best=after,
        loss_rise=after.val_loss - today.val_loss if after and today else None,
    )


def _tenths(tenths: int, limit: float) -> float:
    """Return `tenths` tenths of `limit`, rounded down where it is a whole number."""
    return tenths * limit // 10 if isinstance(limit, int) else tenths * limit / 10


def _binding(facts: Sequence[LimitFacts]) -> str | None:
    rejecting = [one for one in facts if one.rejected]
    if not rejecting:
        return None
    return max(rejecting, key=lambda one: (one.rejected_alone, one.rejected)).name
