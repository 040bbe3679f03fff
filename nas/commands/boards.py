"""The boards there are, and what each leaves for us."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from nas import config
from nas.budget import Budget, load_budget
from nas.cost.latency import basis
from nas.errors import ConfigError

__all__ = ["Board", "LatencyBasis", "Unreadable", "list_boards"]

FOLDER = "constraints"


@dataclass(frozen=True, kw_only=True)
class LatencyBasis:
    """Where the cycles of a core and its kernels come from.

    Attributes:
        source: what was measured or counted.
        expected_error: share by which an estimate may be off.
        extrapolated: no measurement of this core with these kernels.
    """

    source: str
    expected_error: float
    extrapolated: bool


@dataclass(frozen=True, kw_only=True)
class Board:
    """One board file.

    Attributes:
        name: what ``--budget`` takes.
        path: the file.
        core: of the device, and its clock, flash and RAM as the datasheet has them.
        free_flash_bytes: flash less what is reserved; likewise free_sram_bytes.
        largest_block_bytes: the largest static array.
        limits: what a candidate may use, those of the device included.
        runtime: c or tflm, and the kernels that are linked.
        decision_ms: one decision each so many milliseconds.
        unit_price_usd: of one board, where the file gives it.
        latency: what estimates of latency and load rest on; None where nothing tells.
    """

    name: str
    path: str
    core: str
    clock_hz: int
    flash_bytes: int
    sram_bytes: int
    free_flash_bytes: int
    free_sram_bytes: int
    largest_block_bytes: int
    limits: Mapping[str, float]
    runtime: str
    kernels: str
    decision_ms: int
    unit_price_usd: float | None
    latency: LatencyBasis | None


@dataclass(frozen=True, kw_only=True)
class Unreadable:
    """A board file that cannot be used, and the line that says why."""

    name: str
    path: str
    error: str


def list_boards() -> list[Board | Unreadable]:
    """Return every board of the packaged and the working directory's folder, by name.

    A file of the working directory stands before the packaged one of its name.
    """
    found: dict[str, Path] = {}
    for place in (config.resource_dir(FOLDER), Path.cwd() / FOLDER):
        found |= {path.stem: path for path in place.glob("*.yaml")}
    return [_read(name, found[name]) for name in sorted(found)]


def _read(name: str, path: Path) -> Board | Unreadable:
    try:
        return _board(name, path, load_budget(str(path)))
    except ConfigError as error:
        return Unreadable(name=name, path=str(path), error=str(error))


def _board(name: str, path: Path, budget: Budget) -> Board:
    device = budget.device
    return Board(
        name=name,
        path=str(path),
        core=device.core,
        clock_hz=device.clock_hz,
        flash_bytes=device.flash_bytes,
        sram_bytes=device.sram_bytes,
        free_flash_bytes=device.free_flash_bytes,
        free_sram_bytes=device.free_sram_bytes,
        largest_block_bytes=device.largest_block_bytes,
        limits=budget.limits.given(),
        runtime=budget.runtime,
        kernels=budget.kernels,
        decision_ms=budget.decision_ms,
        unit_price_usd=budget.unit_price_usd,
        latency=_latency(budget),
    )


def _latency(budget: Budget) -> LatencyBasis | None:
    try:
        found = basis(budget)
    except ConfigError:
        return None
    return LatencyBasis(
        source=found.source,
        expected_error=found.expected_error,
        extrapolated=found.extrapolated,
    )
