"""A board with its limits, runtime and kernels, read from a file of ``constraints/``."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, ValidationError, model_validator

from nas import config
from nas.budget.cores import Kernels, Runtime, kernels_of, refused_kernels
from nas.budget.device import Device
from nas.budget.limits import Limits, parse_limit, plain_number
from nas.errors import ConfigError

__all__ = ["Budget", "load_budget"]

DECISION_MS = 250
"""One decision each so many milliseconds, where a file does not say."""


class Budget(config.StrictModel):
    """One board with its limits: a file of ``constraints/``.

    Attributes:
        board: the name in reports.
        device: what the board has.
        limits: what a candidate may use of it.
        runtime: c (generated, no interpreter) or tflm (TensorFlow Lite Micro).
        kernels: what is linked; where a file names none, `kernels_of` its core and runtime.
        decision_ms: one decision each so many milliseconds, of audio that overlaps.
        unit_price_usd: of one board, where a file gives it with its source.
    """

    board: str = Field(min_length=1)
    device: Device
    limits: Limits
    runtime: Runtime = "c"
    kernels: Kernels = "portable"
    decision_ms: int = Field(default=DECISION_MS, gt=0, le=3_600_000)
    unit_price_usd: Annotated[float | None, BeforeValidator(plain_number), Field(gt=0)] = None

    @property
    def priced_for(self) -> str:
        """What a price depends on besides the candidate; the limits only judge it."""
        return (
            f"{self.device.core} at {self.device.clock_hz} Hz, {self.runtime} {self.kernels}, "
            f"every {self.decision_ms} ms"
        )

    @model_validator(mode="before")
    @classmethod
    def _with_kernels(cls, data: Any) -> Any:
        if not isinstance(data, dict) or "kernels" in data:
            return data
        device = data.get("device")
        core = device.get("core") if isinstance(device, dict) else getattr(device, "core", None)
        return {**data, "kernels": kernels_of(str(core), str(data.get("runtime", "c")))}

    @model_validator(mode="after")
    def _kernels_that_link(self) -> "Budget":
        refused = refused_kernels(self.device.core, self.runtime, self.kernels)
        if refused:
            raise ValueError(f"kernels {refused}")
        return self

    @model_validator(mode="after")
    def _within_device(self) -> "Budget":
        device = self.device
        for key, most, why in (
            ("ram_bytes", device.free_sram_bytes, "sram_bytes less reserved_sram_bytes leaves"),
            ("rom_bytes", device.free_flash_bytes, "flash_bytes less reserved_flash_bytes leaves"),
            ("arena_bytes", device.largest_block_bytes, "one array can have on this board"),
        ):
            limit = getattr(self.limits, key)
            if limit is not None and limit > most:
                raise ValueError(f"limits.{key} {limit} is more than the {most} bytes that {why}")
        return self


def load_budget(
    name: str,
    overrides: list[str] | None = None,
    *,
    runtime: Runtime | None = None,
    kernels: Kernels | None = None,
) -> Budget:
    """Read the board file that `name` stands for and apply what the command line says.

    ROM, RAM and arena are limited to what the device has where neither the file nor an override
    limits them: what fits the limits fits the board.

    Args:
        name: a path, or a name in ``constraints/``.
        overrides: limits as ``KEY=VALUE``.
        runtime: replaces the file's; kernels then are those of the new runtime.
        kernels: replaces the file's, or what goes with `runtime`.

    Raises:
        ConfigError: no such file, or a value that cannot be.
    """
    path: Path = config.resolve("constraints", name)
    budget = config.parse(Budget, path)
    given = dict(parse_limit(text) for text in overrides or [])
    limits = _device_limits(budget.device) | budget.limits.given() | given
    limited = _changed(budget, {"limits": limits}, "--limit")
    return _changed(limited, _linked(limited, runtime, kernels), "--runtime, --kernels")


def _device_limits(device: Device) -> dict[str, int | float]:
    return {
        "rom_bytes": device.free_flash_bytes,
        "ram_bytes": device.free_sram_bytes,
        "arena_bytes": device.largest_block_bytes,
    }


def _linked(budget: Budget, runtime: Runtime | None, kernels: Kernels | None) -> dict[str, str]:
    """Return the runtime and kernels that are wanted instead of those of `budget`."""
    if runtime is None or runtime == budget.runtime:
        return {} if kernels is None else {"kernels": kernels}
    return {
        "runtime": runtime,
        "kernels": kernels or kernels_of(budget.device.core, runtime),
    }


def _changed(budget: Budget, change: Mapping[str, Any], option: str) -> Budget:
    try:
        return (
            Budget.model_validate({**budget.model_dump(exclude_none=True), **change})
            if change
            else budget
        )
    except ValueError as error:
        raise ConfigError(f"{option}: {_first_line(error)}") from None


def _first_line(error: ValueError) -> str:
    if not isinstance(error, ValidationError):
        return str(error).splitlines()[0]
    first = error.errors()[0]
    key = f"{first['loc'][-1]}: " if first["loc"] else ""
    return key + str(first["msg"]).removeprefix("Value error, ")
