"""The table, the sentences and the CSV rows of boards, from a mapping written by hand."""

from typing import Any

from nas.report import boards as on_boards
from tests.report.test_tables import text_of


def on_board(trial: int, **more: Any) -> dict[str, Any]:
    return {
        "trial": trial,
        "val_loss": 0.3214,
        "val_accuracy": 0.905,
        "int8_val_accuracy": None,
        "rom_bytes": 262_144,
        "ram_bytes": 98_304,
        "macs": 2_756_512,
        "latency_ms": 162.4,
        "load": 0.65,
        "shares": {"ram_bytes": 0.5, "latency_ms": 0.97},
        **more,
    }


def board(name: str, **more: Any) -> dict[str, Any]:
    return {
        "board": name,
        "core": "cortex-m4",
        "clock_hz": 64_000_000,
        "flash_bytes": 1_048_576,
        "free_ram_bytes": 131_072,
        "unit_price_usd": None,
        "runtime": "c",
        "kernels": "portable",
        "latency_error": 0.35,
        "fit": 35,
        "highest_accuracy": 0.905,
        "best": on_board(232),
        "reaching": None,
        "unknown": [],
        **more,
    }


NOTHING = {"fit": 0, "best": None, "highest_accuracy": None}
FACTS: dict[str, Any] = {
    "trained": 35,
    "stopped": 158,
    "boards": [
        board("stm32u585", best=on_board(7, int8_val_accuracy=0.9), reaching=on_board(7)),
        board("microbit", **NOTHING),
    ],
    "broken": {"mine": "mine.yaml:3: device.core: missing, and required"},
    "accuracy": 0.9,
    "chosen": "stm32u585",
    "chosen_by": "price",
    "rule": "lowest unit_price_usd",
}


def test_table_keeps_its_columns() -> None:
    lines = text_of(on_boards.boards_table(FACTS), width=80)
    rows = {line[0]: line[1:] for line in lines if line}
    shown = ["35", "7", "0.321", "90.5", "90.0", "256.0", "96.0", "2.76", "162"]
    assert rows["stm32u585"] == [*shown, "latency", "97", "%"]
    assert rows["microbit"] == ["0", *["–"] * 8, "nothing", "fits"]


def test_prices_have_a_column_where_there_are_any_and_it_still_fits() -> None:
    large = board(
        "efr32mg24",
        unit_price_usd=1_234.5,
        best=on_board(12_345, int8_val_accuracy=0.9, macs=123_456_789),
    )
    lines = text_of(on_boards.boards_table(FACTS | {"boards": [large]}), width=80)
    row = next(line for line in lines if line and line[0] == "efr32mg24")
    assert row[-1] == "1,234.50"
    assert "123.46" in row
    assert "12345" in row


def test_milliseconds() -> None:
    given = (None, 0.0421, 9.876, 99.94, 1_234.5)
    assert [on_boards.milliseconds(value) for value in given] == [
        "–",
        "0.0421",
        "9.88",
        "99.9",
        "1,234",
    ]


def test_verdict() -> None:
    said = (
        "Cheapest board that reaches a validation accuracy of 90.0 %: stm32u585, with trial 7 "
        "(90.5 %, val loss 0.321). Rule: lowest unit_price_usd."
    )
    assert on_boards.verdict(FACTS) == said
    reaching = on_board(7, int8_val_accuracy=0.894)
    priced = board("stm32u585", reaching=reaching, unit_price_usd=4.5)
    found = on_boards.verdict(FACTS | {"boards": [priced]})
    assert "stm32u585 (4.50 USD), with trial 7 (90.5 %, val loss 0.321, 89.4 % as int8)." in found
    assert on_boards.verdict(FACTS | {"accuracy": None}) == ""


def test_a_board_that_was_not_chosen_by_price_is_not_called_the_cheapest() -> None:
    rule = "least free RAM, then flash, then clock; not price, as 1 of 2 board files give no"
    said = on_boards.verdict(FACTS | {"chosen_by": "size", "rule": rule})
    assert said.startswith("Smallest board that reaches a validation accuracy of 90.0 %: stm32u5")
    assert said.endswith(f"Rule: {rule}.")
    assert "cheap" not in said.lower()


def test_of_boards_with_a_price_the_cheapest_is_named() -> None:
    prices = {"small": None, "dear": 9.0, "cheap": 4.0}
    boards = [
        *(board(n, unit_price_usd=p, reaching=on_board(7)) for n, p in prices.items()),
        board("cheapest", unit_price_usd=1.0),  # does not reach it
    ]
    by_size = {"chosen": "small", "chosen_by": "size", "rule": "least free RAM"}
    said = on_boards.verdict(FACTS | by_size | {"boards": boards})
    assert said.startswith("Smallest board")
    assert said.endswith(
        "Of the 2 that reach it and have a price the cheapest is cheap (4.00 USD)."
    )


def test_verdict_where_nothing_reaches_it() -> None:
    short = FACTS | {"chosen": None, "chosen_by": None, "rule": None, "accuracy": 0.99}
    assert on_boards.verdict(short) == (
        "No trial that fits any of these boards reaches 99.0 %; the highest accuracy is 90.5 %."
    )
    none = short | {"boards": [board("microbit", **NOTHING)]}
    assert on_boards.verdict(none).endswith("reaches 99.0 %: none fits.")


def test_notes_name_what_is_missing() -> None:
    found = on_boards.notes(FACTS)
    assert any(
        note.startswith("158 trials that were not trained to the end are not") for note in found
    )
    assert "Nothing trained fits microbit: search with `--budget microbit`." in found
    assert found[-1] == "left out: mine.yaml:3: device.core: missing, and required"


def test_what_was_not_priced_is_not_called_too_large() -> None:
    unknown = board("rp2040", **NOTHING, unknown=["latency_ms"])
    found = " ".join(on_boards.notes(FACTS | {"boards": [unknown]}))
    assert "Limited and not priced for its core (latency): rp2040; what cannot" in found
    assert on_boards.why_none(unknown) == "not priced"
    assert "Nothing trained fits" not in found


def test_csv_rows_have_the_same_columns() -> None:
    first, second = on_boards.csv_rows(FACTS)
    assert list(first) == list(second)
    assert (first["trial"], first["share.latency_ms"], first["chosen"]) == (7, 0.97, True)
    assert (second["trial"], second["rom_bytes"], second["chosen"]) == (None, None, False)
    assert (first["trained"], first["reaching_trial"], second["reaching_trial"]) == (35, 7, None)


def test_how_far_to_believe_the_times_is_said() -> None:
    both = {**FACTS, "boards": [board("a", latency_error=0.2), board("b", latency_error=0.6)]}
    assert any("off by 20 % to 60 %, by board" in note for note in on_boards.notes(both))
    assert any("off by 35 %:" in note for note in on_boards.notes(FACTS))
    none = {**FACTS, "boards": [board("a", latency_error=None)]}
    assert not any("expected to be off" in note for note in on_boards.notes(none))
