"""What happens between the trained finalists and the winner, on numbers and small files."""

from nas.budget import load_budget
from nas.commands.finalists import _over

LIMITS = ["rom_bytes=1000", "ram_bytes=1000", "macs=1000"]
BUILT = {"rom_bytes": 1_001, "ram_bytes": 900, "macs": 900}


def test_what_the_board_cannot_hold_is_over() -> None:
    budget = load_budget("esp32", LIMITS)
    assert _over({**BUILT, "compiled_for": "xtensa-lx106"}, budget) == "rom_bytes 1,001 of 1,000"


def test_sizes_of_this_computer_are_not_held_against_the_board() -> None:
    budget = load_budget("esp32", LIMITS)
    assert _over({**BUILT, "compiled_for": "host"}, budget) == ""
    over = _over({**BUILT, "macs": 1_001, "compiled_for": "host"}, budget)
    assert over == "macs 1,001 of 1,000"
