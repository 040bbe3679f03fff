"""What each limit did in a study, put into a table and sentences; page and terminal say the same.

Reads the mapping that ``nas.commands.what_binds`` makes. A loss is named only where a trial was
trained: a rejected candidate has none.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from rich.table import Table

from nas.report.columns import table
from nas.report.wording import amount, count, loss, percent, quantity

__all__ = [
    "CAVEAT",
    "HEADINGS_OF_PAGE",
    "headline",
    "limits_table",
    "one_line",
    "rows",
    "sentences",
]

Facts = Mapping[str, Any]

CAVEAT = (
    "Counts are of the candidates that this search asked for, each once; a search asks near what "
    "it found good, so they are no even sample of the space. Losses are of one training each: a "
    "small difference may be chance."
)
HEADINGS = (
    "limit",
    "allowed",
    "re-\njected",
    "it\nalone",
    "median\nexcess",
    "best\nuses",
    "+10 %:\nadded",
    "−10 %:\nlost",
    "loss\nleft",
)
HEADINGS_OF_PAGE = (
    "limit",
    "allowed",
    "rejected",
    "by it alone",
    "median excess",
    "used by the best trial",
    "10 % more: candidates more",
    "10 % less: trained trials lost",
    "10 % less: best val loss left",
)


def headline(limits: Facts) -> str:
    """Return how many candidates fit and which limit binds."""
    if not limits["asked"]:
        return "No candidate was asked for yet."
    made = f"; {count(limits['impossible'])} made no network" if limits["impossible"] else ""
    return (
        f"{count(limits['fit'])} of {count(limits['asked'])} candidates asked for fit every limit "
        f"({percent(limits['feasible_share'])}){made}. {_binds(limits)}"
    )


def one_line(limits: Facts) -> str:
    """Return the binding limit in a few words, for ``nas status``."""
    if not limits["asked"]:
        return "binding limit: not known yet, nothing was asked"
    share = f"{percent(limits['feasible_share'])} of {count(limits['asked'])} candidates fit"
    one = _binding(limits)
    if one is None:
        return f"binding limit: none rejected a candidate; {share}"
    return (
        f"binding limit: {quantity(one['name'])}, over it {count(one['rejected'])} "
        f"({count(one['rejected_alone'])} over it alone); {share}"
    )


def limits_table(limits: Facts) -> Table:
    """Return one row a limit."""
    made = table("What each limit did", HEADINGS, text=(0,))
    for row in rows(limits):
        made.add_row(*row)
    return made


def rows(limits: Facts) -> list[tuple[str, ...]]:
    """Return the cells of each limit, in the order of `HEADINGS`."""
    return [
        (
            quantity(one["name"]),
            amount(one["limit"]),
            count(one["rejected"]),
            count(one["rejected_alone"]),
            _excess(one["median_violation"]),
            percent(one["used_by_best"]),
            count(one["more"]["would_fit"]),
            count(one["less"]["lost"]),
            loss((one["less"]["best"] or {}).get("val_loss")),
        )
        for one in limits["limits"]
    ]


def sentences(limits: Facts) -> list[str]:
    """Return what to know beside the table: more of a limit, less of it, the RAM peak."""
    every: Sequence[Facts] = limits["limits"]
    found = [_more(one, limits["best"]) for one in every if one["more"]["would_fit"]]
    if limits["best"]:
        found += _pressed(every, limits["best"])
        found += [_less(one, limits["best"]) for one in every if one["less"]["lost"]]
        found += _free([one for one in every if not one["less"]["lost"]])
    elif limits["asked"]:
        found.append("No trial that fits was trained to the end: what less would cost is unknown.")
    found += [_unknown(one) for one in every if one["unknown"]]
    return found + _peaks(limits["peaks"])


def _binding(limits: Facts) -> Facts | None:
    found = (one for one in limits["limits"] if one["name"] == limits["binding"])
    return next(found, None)


def _binds(limits: Facts) -> str:
    one = _binding(limits)
    if one is None:
        return "No limit rejected any of them: none binds."
    start = f"The limit that binds is {quantity(one['name'])}: {count(one['rejected'])} were over"
    if not one["rejected_alone"]:
        return f"{start} it, but each of them over another too: more of it alone lets none in."
    return f"{start} it, {count(one['rejected_alone'])} of them over no other."


def _more(one: Facts, best: Facts | None) -> str:
    more = one["more"]
    start = (
        f"10 % more {quantity(one['name'])} ({amount(more['limit'])}) would have let in "
        f"{count(more['would_fit'])} more: "
    )
    if not more["best"]:
        return start + "none of them was ever trained, so their loss is not known."
    known = (
        f"{count(more['trained'])} of them trained to the end under other limits, the best "
        f"(trial {more['best']['trial']}) with val loss {loss(more['best']['val_loss'])}"
    )
    beside = f", against {loss(best['val_loss'])} of the best that fits" if best else ""
    return f"{start}{known}{beside}."


def _pressed(every: Sequence[Facts], best: Facts) -> list[str]:
    """Return which limit the best trial comes nearest to: not always the one that rejects most."""
    known = [one for one in every if one["used_by_best"] is not None]
    if not known:
        return []
    one = max(known, key=lambda one: float(one["used_by_best"]))
    return [
        f"The best trial ({best['trial']}, val loss {loss(best['val_loss'])}) comes nearest to "
        f"its limit in {quantity(one['name'])}: it uses {percent(one['used_by_best'])}."
    ]


def _less(one: Facts, best: Facts) -> str:
    less = one["less"]
    lost = f"{count(less['lost'])} trained {'trial' if less['lost'] == 1 else 'trials'}"
    start = f"10 % less {quantity(one['name'])} ({amount(less['limit'])}) would have cost {lost}"
    left = less["best"]
    if not left:
        return f"{start}: all there are."
    if left["trial"] == best["trial"]:
        return f"{start}, but not the best one (trial {best['trial']})."
    return (
        f"{start}, the best among them: trial {left['trial']} would be the best left, val loss "
        f"{loss(left['val_loss'])} instead of {loss(best['val_loss'])} (+{less['loss_rise']:.3f})."
    )


def _free(every: Sequence[Facts]) -> list[str]:
    """Return one sentence for all limits of which a tenth could go."""
    if not every:
        return []
    names = _and([quantity(one["name"]) for one in every])
    return [f"10 % less {names} would have cost none of the trained trials."]


def _unknown(one: Facts) -> str:
    return (
        f"{count(one['unknown'])} candidates have no price in {quantity(one['name'])}, of a "
        "version that did not know it: they count as not fitting."
    )


def _peaks(peaks: Facts) -> list[str]:
    found = []
    if peaks["n"]:
        named = [f"{one['name']} in {percent(one['share'])}" for one in peaks["rejected"][:3]]
        first = peaks["rejected"][0]
        found.append(
            f"Of the {count(peaks['n'])} rejected for RAM, the op at the peak is "
            f"{_and(named)}; at {first['name']} the arena in use is "
            f"{percent(first['ram_share'])} of all RAM (median)."
        )
    winner = peaks["winner"]
    if winner:
        found.append(
            f"The winner's peak is at {winner['name']} ({winner['op']}): "
            f"{count(winner['live_bytes'])} bytes of the arena in use, "
            f"{percent(winner['ram_share'])} of its RAM."
        )
    return found


def _excess(share: float | None) -> str:
    """Return by how much a limit is exceeded; whole percents from 100 % on."""
    if share is None or share < 1:
        return percent(share) if share is None else f"+{percent(share)}"
    return f"+{count(100 * share)} %"


def _and(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
