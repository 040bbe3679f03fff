"""Boards, their limits, the cost of a candidate and by how much it violates them."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator, Field, ValidationError, model_validator

from nas import config
from nas.errors import ConfigError

__all__ = ["Budget", "Cost", "Device", "Limits", "load_budget", "parse_limit", "violations"]

PRICED = ("rom_bytes", "ram_bytes", "macs", "constant_bytes")
UNPRICED = ("latency_ms", "load")

Bytes = Field(gt=0, le=1 << 32)


class Device(config.StrictModel):
    """Facts of a board, from its datasheet."""

    core: str
    clock_hz: int = Field(gt=0, le=5_000_000_000)
    flash_bytes: int = Bytes
    sram_bytes: int = Bytes
    reserved_sram_bytes: int = Field(ge=0, le=1 << 32)

    @model_validator(mode="after")
    def _something_left(self) -> "Device":
        if self.reserved_sram_bytes >= self.sram_bytes:
            raise ValueError(
                f"reserved_sram_bytes {self.reserved_sram_bytes} leaves nothing of "
                f"sram_bytes {self.sram_bytes}"
            )
        return self


def _given(value: Any) -> Any:
    if value is None:
        raise ValueError("empty; give a number, or remove the line")
    return value


BytesLimit = Annotated[int | None, BeforeValidator(_given), Field(gt=0, le=1 << 32)]
CountLimit = Annotated[int | None, BeforeValidator(_given), Field(gt=0, le=1 << 40)]


class Limits(config.StrictModel):
    """Upper bounds of what a candidate may use; at least one."""

    refused: ClassVar[Mapping[str, str]] = {
        key: f"not priced yet; remove it (priced: {', '.join(PRICED)})" for key in UNPRICED
    }

    rom_bytes: BytesLimit = None
    ram_bytes: BytesLimit = None
    macs: CountLimit = None
    constant_bytes: BytesLimit = None

    @model_validator(mode="after")
    def _at_least_one(self) -> "Limits":
        if not self.given():
            raise ValueError(f"give at least one of {_and(PRICED)}")
        return self

    def given(self) -> dict[str, int]:
        """Return the limits that are set, by name."""
        return {key: value for key, value in self.model_dump().items() if value is not None}


class Budget(config.StrictModel):
    """One board with its limits: a file of ``constraints/``."""

    board: str = Field(min_length=1)
    device: Device
    limits: Limits
    runtime: Literal["c"] = "c"
    kernels: Literal["portable"] = "portable"

    @model_validator(mode="after")
    def _within_device(self) -> "Budget":
        free = self.device.sram_bytes - self.device.reserved_sram_bytes
        if self.limits.ram_bytes is not None and self.limits.ram_bytes > free:
            raise ValueError(
                f"limits.ram_bytes {self.limits.ram_bytes} is more than the {free} bytes that "
                "sram_bytes less reserved_sram_bytes leaves"
            )
        if self.limits.rom_bytes is not None and self.limits.rom_bytes > self.device.flash_bytes:
            raise ValueError(
                f"limits.rom_bytes {self.limits.rom_bytes} is more than flash_bytes "
                f"{self.device.flash_bytes}"
            )
        return self


@dataclass(frozen=True, kw_only=True)
class Cost:
    """Price of one candidate on one device; bytes and counts, all at least 0.

    Attributes:
        rom_bytes: constants, code of the kernels used, front-end tables and code.
        ram_bytes: arena, scratch, front-end state, audio ring, feature ring, stack.
        macs: multiply-accumulates of the network for one inference.
        constant_bytes: constant buffers read by ops, each once.
        arena_bytes: the arena of the runtime.
        peak_activation_bytes: most bytes of tensors alive at once; no plan without overlap is
            smaller.
        parts: what rom_bytes and ram_bytes are made of, as ``rom.weights``, ``ram.arena``, ...
        planned_bytes: the activations as TFLM's greedy planner lays them out.
        unplanned_bytes: all tensors side by side, each with its own place.
        model_bytes: the `.tflite`.
        latency_ms: the last hop and the network, for one decision.
        load: all hops of a decision period and the network, over the period.

    A quantity is None where it is not known: of a record written before it was priced, or of a
    network whose front end is not known.
    """

    rom_bytes: int
    ram_bytes: int
    macs: int
    constant_bytes: int
    arena_bytes: int
    peak_activation_bytes: int
    parts: dict[str, int]
    planned_bytes: int | None = None
    unplanned_bytes: int | None = None
    model_bytes: int | None = None
    latency_ms: float | None = None
    load: float | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return the cost as plain values."""
        return asdict(self)


def violations(cost: Cost, limits: Limits) -> dict[str, float]:
    """Return ``used / limit - 1`` for each limit given; feasible when none is positive."""
    return {key: getattr(cost, key) / limit - 1.0 for key, limit in limits.given().items()}


def load_budget(name: str, overrides: list[str] | None = None) -> Budget:
    """Read the board file that `name` stands for and apply ``KEY=VALUE`` limit overrides.

    Raises:
        ConfigError: no such file, or a value that cannot be.
    """
    path: Path = config.resolve("constraints", name)
    budget = config.parse(Budget, path)
    limits = budget.limits.given() | dict(parse_limit(text) for text in overrides or [])
    try:
        merged = {**budget.model_dump(), "limits": limits}
        return Budget.model_validate(merged)
    except ValueError as error:
        raise ConfigError(f"--limit: {_first_line(error)}") from None


def parse_limit(text: str) -> tuple[str, int]:
    """Return key and value of ``KEY=VALUE``; raises ConfigError that says what was meant."""
    key, separator, value = text.partition("=")
    if not separator:
        raise ConfigError(f"--limit {text}: expected KEY=VALUE, as in macs=3000000")
    if key in UNPRICED:
        raise ConfigError(f"--limit {text}: {key} is not priced yet; use one of {_and(PRICED)}")
    if key not in PRICED:
        raise ConfigError(f"--limit {text}: unknown limit `{key}`; use one of {_and(PRICED)}")
    try:
        number = int(value.replace("_", ""))
    except ValueError:
        raise ConfigError(f"--limit {text}: `{value}` is not a whole number") from None
    if number <= 0:
        raise ConfigError(f"--limit {text}: must be above 0")
    return key, number


def _and(names: tuple[str, ...]) -> str:
    return ", ".join(names)


def _first_line(error: ValueError) -> str:
    if not isinstance(error, ValidationError):
        return str(error).splitlines()[0]
    first = error.errors()[0]
    key = f"{first['loc'][-1]}: " if first["loc"] else ""
    return key + str(first["msg"]).removeprefix("Value error, ")
