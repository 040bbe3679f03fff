"""What is done with finalists: who wins, what happens when it does not fit once built."""

from pathlib import Path
from typing import Any

import pytest

from nas.budget import load_budget
from nas.commands import crown
from nas.errors import CheckError, NoFeasibleModelError

LIMITS = ["rom_bytes=100000", "ram_bytes=50000", "macs=1000000"]


def result(trial: int, loss: float, rom: int, seed: int = 0) -> dict[str, Any]:
    used = {"rom_bytes": rom, "ram_bytes": 1_000, "macs": 1_000, "compiled_for": "esp32"}
    return {
        "trial": trial,
        "seed": seed,
        "estimated": used,
        "int8": {"val_loss": loss, "val_loss_error": 0.01, "val_accuracy": 0.9},
    }


@pytest.fixture
def built(monkeypatch: pytest.MonkeyPatch) -> dict[tuple[int, int], int]:
    """ROM that trial and seed turn out to take once built; 1,000 where none is given."""
    found: dict[tuple[int, int], int] = {}

    def export(_study: Path, one: dict[str, Any], *_: Any) -> dict[str, Any]:
        return {**one["estimated"], "rom_bytes": found.get((one["trial"], one["seed"]), 1_000)}

    monkeypatch.setattr(crown, "_export", export)
    monkeypatch.setattr(crown, "_crown", lambda _study, one, _context, _runtime: one)
    return found


def settle(results: list[dict[str, Any]], failed: dict[str, str] | None = None) -> Any:
    return crown.settle(
        Path("study"),
        results=results,
        failed=failed or {},
        context=None,  # type: ignore[arg-type]
        budget=load_budget("esp32", LIMITS),
        say=lambda _: None,
    )


def test_cheaper_near_tie_wins_and_ties_are_named(built: dict[tuple[int, int], int]) -> None:
    done = settle([result(1, 0.100, 90_000), result(2, 0.105, 40_000), result(3, 0.2, 9_000)])
    assert done.winner["trial"] == 2
    assert done.tied == ["1-s0", "2-s0"]
    assert [one["trial"] for one in done.finalists] == [1, 2, 3]


def test_what_does_not_fit_once_built_is_passed_over_and_named(
    built: dict[tuple[int, int], int],
) -> None:
    built[2, 0] = 100_001
    done = settle([result(1, 0.100, 90_000), result(2, 0.105, 40_000)])
    assert done.winner["trial"] == 1
    assert done.too_large == {"2-s0": "rom_bytes 100,001 of 100,000"}
    assert (done.winner["tied"], done.winner["too_large"]) == (done.tied, done.too_large)
    assert done.tied == ["1-s0"]


def test_two_seeds_of_a_trial_are_kept_apart(built: dict[tuple[int, int], int]) -> None:
    built[2, 0], built[2, 1] = 100_001, 100_002
    seeds = [result(2, 0.1, 40_000, seed) for seed in (0, 1)]
    failed = {"4-s0": "out of memory", "4-s1": "out of time"}
    done = settle([result(1, 0.3, 90_000), *seeds], failed)
    over = {"2-s0": "rom_bytes 100,001 of 100,000", "2-s1": "rom_bytes 100,002 of 100,000"}
    assert done.too_large == over
    assert done.failed == failed


def test_nothing_fits_once_built(built: dict[tuple[int, int], int]) -> None:
    built[1, 0] = 200_000
    with pytest.raises(NoFeasibleModelError, match="1-s0: rom_bytes 200,000 of 100,000"):
        settle([result(1, 0.1, 90_000)])


def test_no_finalist_was_trained(built: dict[tuple[int, int], int]) -> None:
    with pytest.raises(CheckError, match="4-s1: out of memory"):
        settle([], {"4-s1": "out of memory"})
