"""The boards that a word on the command line stands for, and which of them would do."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from nas import config
from nas.budget import Budget, load_budget
from nas.cost.latency import basis
from nas.errors import ConfigError

__all__ = ["BoardFacts", "Choice", "board_facts", "choose", "load_boards"]

FOLDER = "constraints"
EVERY = "all"


@dataclass(frozen=True, kw_only=True)
class BoardFacts:
    """What a board is compared by.

    Attributes:
        board: the name of its file.
        core: of its processor.
        clock_hz, flash_bytes: of the device.
        free_ram_bytes: SRAM less what is reserved.
        unit_price_usd: of one module or chip; None where the file gives none.
        runtime, kernels: what its firmware is made of.
        latency_error: share by which an estimate of time may be off; None where there is none.
    """

    board: str
    core: str
    clock_hz: int
    flash_bytes: int
    free_ram_bytes: int
    unit_price_usd: float | None
    runtime: str
    kernels: str
    latency_error: float | None = None


def load_boards(words: Iterable[str]) -> tuple[dict[str, Budget], dict[str, str]]:
    """Return the budgets of `words` by name, and why a board's file cannot be used, by name.

    A word is ``all``, a name or path as ``--budget`` takes it, or several with commas between.

    Raises:
        ConfigError: a word that names no board, or no file that can be used.
    """
    found: dict[str, Budget] = {}
    broken: dict[str, str] = {}
    for name, path in _files(words).items():
        try:
            found[name] = load_budget(str(path))
        except ConfigError as error:
            broken[name] = str(error)
    if not found:
        raise ConfigError("; ".join(broken.values()) or "--boards: name at least one board")
    return found, broken


def _files(words: Iterable[str]) -> dict[str, Path]:
    """Return each file once, by its stem; by its path where another has that stem."""
    paths = dict.fromkeys(config.resolve(FOLDER, name) for name in _names(words))
    found: dict[str, Path] = {}
    for path in paths:
        found[path.stem if path.stem not in found else str(path)] = path
    return found


def _names(words: Iterable[str]) -> list[str]:
    """Return what was named, in order; a comma may be part of a path that exists."""
    found: list[str] = []
    for word in words:
        parts = [word] if Path(word).is_file() else [part.strip() for part in word.split(",")]
        for part in parts:
            found += config.available(FOLDER) if part == EVERY else [part] if part else []
    return found


def board_facts(name: str, budget: Budget) -> BoardFacts:
    """Return the facts of the board whose file is called `name`."""
    device = budget.device
    return BoardFacts(
        board=name,
        core=device.core,
        clock_hz=device.clock_hz,
        flash_bytes=device.flash_bytes,
        free_ram_bytes=device.free_sram_bytes,
        unit_price_usd=budget.unit_price_usd,
        runtime=budget.runtime,
        kernels=budget.kernels,
        latency_error=_latency_error(budget),
    )


def _latency_error(budget: Budget) -> float | None:
    try:
        return basis(budget).expected_error
    except ConfigError:
        return None


@dataclass(frozen=True, kw_only=True)
class Choice:
    """The board that was chosen.

    Attributes:
        board: its name.
        by: ``price``, or ``size`` where not every board that was compared has a price.
        rule: the same in words.
    """

    board: str
    by: Literal["price", "size"]
    rule: str


def choose(boards: Sequence[BoardFacts], compared: Sequence[BoardFacts]) -> Choice:
    """Return the cheapest of `boards`, or the smallest where a price is missing.

    The rule is that of all that were `compared`: a price counts only where each board has one.
    """
    unpriced = [one.board for one in compared if one.unit_price_usd is None]
    if unpriced:
        lacking = f"{len(unpriced)} of {len(compared)} board files give no unit_price_usd"
        rule = f"least free RAM, then flash, then clock; not price, as {lacking}"
        return Choice(board=min(boards, key=_size).board, by="size", rule=rule)
    best = min(boards, key=_price)
    return Choice(board=best.board, by="price", rule="lowest unit_price_usd")


def _size(one: BoardFacts) -> tuple[int, int, int]:
    return one.free_ram_bytes, one.flash_bytes, one.clock_hz


def _price(one: BoardFacts) -> tuple[float, int, int, int]:
    assert one.unit_price_usd is not None
    return one.unit_price_usd, *_size(one)
