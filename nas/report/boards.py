"""A study on many boards, put into a table, sentences and rows of a CSV file.

Reads the mapping that ``nas.commands.reslice`` makes.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from rich.markup import escape
from rich.table import Table

from nas.report.columns import table
from nas.report.wording import count, kib, loss, percent, quantity

__all__ = [
    "COST_KEYS",
    "boards_table",
    "csv_rows",
    "dollars",
    "milliseconds",
    "notes",
    "tightest",
    "verdict",
    "why_none",
]

Facts = Mapping[str, Any]

COST_KEYS = ("rom_bytes", "ram_bytes", "macs", "latency_ms", "load")
SCORE_KEYS = ("trial", "val_loss", "val_accuracy", "int8_val_accuracy")
SUPERLATIVES = {"price": "Cheapest", "size": "Smallest"}
NESTED = ("best", "reaching", "unknown")
HEADINGS = (
    "board",
    "fit",
    "trial",
    "val\nloss",
    "acc.\n%",
    "int8\n%",
    "ROM\nKiB",
    "RAM\nKiB",
    "MMAC",
    "ms",
    "tightest",
)


def boards_table(boards: Facts) -> Table:
    """Return one row a board: the best trial that fits it, and how tightly."""
    title = f"The best of {count(boards['trained'])} trials trained to the end, by board"
    priced = any(one["unit_price_usd"] is not None for one in boards["boards"])
    headings = (*HEADINGS, "USD") if priced else HEADINGS
    made = table(title, headings, text=(0, 10), gap=1)
    for one in boards["boards"]:
        made.add_row(
            escape(one["board"]),
            count(one["fit"]),
            *(_cells(one["best"]) if one["best"] else (*["–"] * 8, why_none(one))),
            *([dollars(one["unit_price_usd"])] if priced else []),
        )
    return made


def _cells(best: Facts) -> tuple[str, ...]:
    return (
        str(best["trial"]),
        loss(best["val_loss"]),
        _hundredths(best["val_accuracy"]),
        _hundredths(best["int8_val_accuracy"]),
        f"{kib(best['rom_bytes']):,.1f}",
        f"{kib(best['ram_bytes']):,.1f}",
        f"{best['macs'] / 1e6:,.2f}",
        milliseconds(best["latency_ms"]),
        tightest(best),
    )


def why_none(board: Facts) -> str:
    """Return in two words why a board has no best trial."""
    return "not priced" if board["unknown"] else "nothing fits"


def dollars(value: float | None) -> str:
    """Return a price with cents, or a dash."""
    return "–" if value is None else f"{value:,.2f}"


def milliseconds(value: float | None) -> str:
    """Return a time with three digits or its whole part, or a dash."""
    if value is None:
        return "–"
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def tightest(best: Facts) -> str:
    """Return the limit of which most is used, and how much."""
    name = max(best["shares"], key=lambda key: float(best["shares"][key]))
    return f"{quantity(name)} {100 * best['shares'][name]:.0f} %"


def verdict(boards: Facts) -> str:
    """Return the board chosen of those that reach the wanted accuracy, and what it was chosen by.

    Only one that was chosen by its price is called the cheapest. Nothing if no accuracy was named.
    """
    wanted = boards["accuracy"]
    if wanted is None:
        return ""
    found = next((b for b in boards["boards"] if b["board"] == boards["chosen"]), None)
    if found is None:
        return _unreached(boards)
    trial = found["reaching"]
    int8 = trial["int8_val_accuracy"]
    return (
        f"{SUPERLATIVES[boards['chosen_by']]} board that reaches a validation accuracy of "
        f"{percent(wanted)}: {found['board']}{_priced(found)}, with trial {trial['trial']} "
        f"({percent(trial['val_accuracy'])}, val loss {loss(trial['val_loss'])}"
        f"{'' if int8 is None else f', {percent(int8)} as int8'}). "
        f"Rule: {boards['rule']}.{_cheapest(boards)}"
    )


def _cheapest(boards: Facts) -> str:
    """Return the cheapest of the boards that have a price, where that did not choose."""
    if boards["chosen_by"] == "price":
        return ""
    reaching = [one for one in boards["boards"] if one["reaching"]]
    priced = [one for one in reaching if one["unit_price_usd"] is not None]
    if not priced:
        return ""
    cheapest = min(priced, key=lambda one: float(one["unit_price_usd"]))
    return (
        f" Of the {count(len(priced))} that reach it and have a price the cheapest is "
        f"{cheapest['board']}{_priced(cheapest)}."
    )


def _unreached(boards: Facts) -> str:
    best = [one["best"] for one in boards["boards"] if one["best"]]
    start = f"No trial that fits any of these boards reaches {percent(boards['accuracy'])}"
    if not best:
        return f"{start}: none fits."
    return f"{start}; the highest accuracy is {percent(_highest(boards))}."


def _highest(boards: Facts) -> float:
    return max(float(one["highest_accuracy"] or 0.0) for one in boards["boards"])


def _priced(board: Facts) -> str:
    price = board["unit_price_usd"]
    return "" if price is None else f" ({dollars(price)} USD)"


def notes(boards: Facts) -> list[str]:
    """Return what to know beside the table: what is compared, and which boards are missing."""
    found = [
        "Prices are calculated anew for each board and the limits of its file; nothing was "
        "trained. Losses are those of the search, float, one training each; int8 is of the "
        "finalists, on validation."
    ]
    if boards["stopped"]:
        found.append(
            f"{count(boards['stopped'])} trials that were not trained to the end are not "
            "compared: their losses are of fewer epochs."
        )
    found += _expected_errors(boards["boards"])
    found += _not_priced(boards["boards"])
    nothing = [b["board"] for b in boards["boards"] if not b["fit"] and not b["unknown"]]
    if nothing:
        found.append(
            f"Nothing trained fits {', '.join(nothing)}: search with `--budget {nothing[0]}`."
        )
    return found + [f"left out: {why}" for why in boards["broken"].values()]


def _expected_errors(boards: Sequence[Facts]) -> list[str]:
    """Return how far to believe the times, in one sentence."""
    errors = sorted(one["latency_error"] for one in boards if one["latency_error"] is not None)
    if not errors:
        return []
    least, most = (f"{100 * error:.0f} %" for error in (errors[0], errors[-1]))
    span = least if least == most else f"{least} to {most}, by board"
    return [f"Times are estimates, expected to be off by {span}: `nas boards` shows each."]


def _not_priced(boards: Sequence[Facts]) -> list[str]:
    """Return one sentence for all boards that lack the price of the same limits."""
    names: dict[tuple[str, ...], list[str]] = {}
    for one in boards:
        names.setdefault(tuple(one["unknown"]), []).append(one["board"])
    return [
        f"Limited and not priced for its core ({', '.join(map(quantity, limits))}): "
        f"{', '.join(found)}; what cannot be shown to fit does not count as fitting."
        for limits, found in names.items()
        if limits
    ]


def csv_rows(boards: Facts) -> list[dict[str, Any]]:
    """Return one flat row a board, its columns the same in each."""
    limits = [key for one in boards["boards"] for key in (one["best"] or {}).get("shares", {})]
    return [_csv_row(one, boards, tuple(dict.fromkeys(limits))) for one in boards["boards"]]


def _csv_row(one: Facts, boards: Facts, limits: tuple[str, ...]) -> dict[str, Any]:
    best = one["best"] or {}
    shares = best.get("shares", {})
    facts = {key: value for key, value in one.items() if key not in NESTED}
    return {
        **facts,
        "trained": boards["trained"],
        **{key: best.get(key) for key in (*SCORE_KEYS, *COST_KEYS)},
        **{f"share.{key}": shares.get(key) for key in limits},
        "reaching_trial": (one["reaching"] or {}).get("trial"),
        "chosen": one["board"] == boards["chosen"],
        "chosen_by": boards["chosen_by"],
    }


def _hundredths(share: float | None) -> str:
    return "–" if share is None else f"{100 * share:.1f}"
