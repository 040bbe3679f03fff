"""What a board has, and what of it is not ours."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, PlainValidator, model_validator

from nas import config
from nas.budget.cores import CORES

__all__ = ["Device", "Reserved", "total_bytes"]

LARGEST = 1 << 32

Bytes = Field(gt=0, le=LARGEST)


FASTEST_MHZ = 5_000
"""What is no clock in Hz, and is one in MHz."""


def _hertz(value: Any) -> Any:
    """Return a clock as it is given; raises ValueError where it seems to be in MHz."""
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if number and 1 <= value <= FASTEST_MHZ:
        hertz = round(value * 1_000_000)
        raise ValueError(f"must be in Hz: {value:g} MHz is {hertz:_}")
    return value


def _core(name: str) -> str:
    if name not in CORES:
        raise ValueError(f"unknown core; known: {', '.join(CORES)}")
    return name


def _reserved(value: Any) -> int | dict[str, int]:
    """Return bytes, or bytes by name, as they are given."""
    if isinstance(value, Mapping):
        return {_name(name): _bytes(part, f"{name} ") for name, part in value.items()}
    return _bytes(value, "")


def _name(name: Any) -> str:
    if not isinstance(name, str):
        raise ValueError(f"{name} is no name; say what the bytes are for, as `radio: 65_536`")
    return name


def _bytes(value: Any, key: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= LARGEST:
        found = f" (found {value!r})" if key else ""
        meant = "must be a whole number of bytes, without unit or quotes" + (
            "" if key else ", or named parts below it, as `radio: 65_536`"
        )
        raise ValueError(f"{key}{meant}{found}")
    return value


Reserved = Annotated[int | dict[str, int], PlainValidator(_reserved)]
"""Bytes, or bytes by what takes them."""


def total_bytes(reserved: int | Mapping[str, int]) -> int:
    """Return the bytes of all parts together."""
    return reserved if isinstance(reserved, int) else sum(reserved.values())


class Device(config.StrictModel):
    """Facts of a board, from its datasheet.

    Attributes:
        core: one of `CORES`.
        clock_hz: of the core while it computes.
        flash_bytes: of the chip, or of the flash beside it that code runs from.
        sram_bytes: all of it, whatever it is used for.
        reserved_sram_bytes: what is not ours of it, in one sum or by name.
        reserved_flash_bytes: likewise; boot loader, second slot for updates, radio stack.
        contiguous_sram_bytes: the largest block that one static array can have; None where
            nothing but the reserve limits it.
    """

    core: Annotated[str, AfterValidator(_core)]
    clock_hz: Annotated[int, BeforeValidator(_hertz)] = Field(
        ge=1_000_000, le=FASTEST_MHZ * 1_000_000
    )
    flash_bytes: int = Field(ge=4_096, le=LARGEST)
    sram_bytes: int = Field(ge=1_024, le=LARGEST)
    reserved_sram_bytes: Reserved
    reserved_flash_bytes: Reserved = 0
    contiguous_sram_bytes: int | None = Field(default=None, gt=0, le=LARGEST)

    @property
    def free_sram_bytes(self) -> int:
        """RAM that is left for us."""
        return self.sram_bytes - total_bytes(self.reserved_sram_bytes)

    @property
    def free_flash_bytes(self) -> int:
        """Flash that is left for us."""
        return self.flash_bytes - total_bytes(self.reserved_flash_bytes)

    @property
    def largest_block_bytes(self) -> int:
        """The largest static array that is left for us."""
        return min(self.free_sram_bytes, self.contiguous_sram_bytes or self.sram_bytes)

    @model_validator(mode="after")
    def _something_left(self) -> "Device":
        for memory, has, left in (
            ("sram", self.sram_bytes, self.free_sram_bytes),
            ("flash", self.flash_bytes, self.free_flash_bytes),
        ):
            if left <= 0:
                raise ValueError(
                    f"reserved_{memory}_bytes {has - left} leaves nothing of {memory}_bytes {has}"
                )
        return self

    @model_validator(mode="after")
    def _a_block_of_it(self) -> "Device":
        if (self.contiguous_sram_bytes or 0) > self.sram_bytes:
            raise ValueError(
                f"contiguous_sram_bytes {self.contiguous_sram_bytes} is more than sram_bytes "
                f"{self.sram_bytes}"
            )
        return self
