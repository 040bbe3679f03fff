"""Holds each network out of the fit in turn: the error to expect of a network never measured."""

from collections.abc import Mapping, Sequence
from typing import Any

from nas.cost.latency_fit import Observation, Parameters, fit, rms
from nas.cost.latency_structure import Structure

__all__ = ["FLOOR", "alone", "cross_validate", "expected_error"]

FLOOR = 0.1
"""Four networks cannot tell an error below this: structures were compared in sight of all four,
another build moves times by some percent, and a core runs from other flash on another board."""

MOST = 0.95
"""Share of all measured work of a kind above which a network is alone with it."""

Row = dict[str, Any]


def cross_validate(
    seen: Sequence[Observation], structure: Structure, totals: Mapping[str, float]
) -> dict[str, Row]:
    """Return by network held out: relative errors of the total and by op.

    An op whose parameters no other network measures is listed under ``not_covered``; the total is
    then compared with the rest alone.

    Args:
        seen: all measurements.
        structure: what is fitted.
        totals: measured whole networks, by name.
    """
    return {name: _held_out(seen, structure, name, total) for name, total in totals.items()}


def _held_out(
    seen: Sequence[Observation], structure: Structure, network: str, total: float
) -> Row:
    parameters = fit([row for row in seen if row.network != network], structure)
    own = [row for row in seen if row.network == network]
    covered = [row for row in own if _covered(row, structure, parameters)]
    missing = [row for row in own if row not in covered]
    errors = {row.name: row.predicted(structure, parameters) / row.measured - 1 for row in covered}
    row: Row = {"by_op": errors, "not_covered": sorted(row.name for row in missing)}
    whole = total - sum(row.measured for row in missing)
    predicted = sum(row.predicted(structure, parameters) for row in covered if _adds_up(row, own))
    return row | {"total": predicted / whole - 1}


def _adds_up(row: Observation, own: Sequence[Observation]) -> bool:
    """Whether the row is a part of the total: a part of a whole that is listed too is not."""
    return row.name == "network" or all(other.name != "network" for other in own)


def _covered(row: Observation, structure: Structure, parameters: Parameters) -> bool:
    return row.row(structure).keys() <= parameters.keys()


def expected_error(held_out: Mapping[str, Row]) -> float:
    """Return the root mean square of all held-out totals, `FLOOR` at least.

    A network that alone has a kind of work (`alone`) counts like the others: the next network may
    have a kind that none of these has.
    """
    return max(FLOOR, rms([row["total"] for row in held_out.values()]))


def alone(seen: Sequence[Observation], structure: Structure) -> set[str]:
    """Return networks that hold over `MOST` of an amount that their largest op is priced by."""
    return {
        max(seen_of, key=lambda row: row.measured).network
        for seen_of in _by_network(seen)
        if _alone(max(seen_of, key=lambda row: row.measured), seen, structure)
    }


def _alone(largest: Observation, seen: Sequence[Observation], structure: Structure) -> bool:
    for op, sums in largest.work.items():
        for amount in structure[op].keys() - {"calls"}:
            every = sum(row.work[op][amount] for row in seen if op in row.work)
            if sums[amount] > MOST * every:
                return True
    return False


def _by_network(seen: Sequence[Observation]) -> list[list[Observation]]:
    names = dict.fromkeys(row.network for row in seen)
    return [[row for row in seen if row.network == name] for name in names]
