"""The YAML of a search space: which families, which front ends, which training choices."""

from collections.abc import Callable
from typing import Annotated, Any, Literal

from pydantic import Field, create_model, field_validator, model_validator

from nas.config import StrictModel
from nas.space.candidate import Value
from nas.space.domain import Domain, Range, check_like
from nas.space.families import FAMILIES, Family

__all__ = ["FrontEndGrid", "SpaceFile", "TrainingGrid"]

Strength = Literal["off", "light", "medium", "strong"]
MaskStrength = Literal["off", "light", "strong"]


def _grid(low: int, high: int) -> Any:
    number = Annotated[int, Field(ge=low, le=high)]
    return Annotated[list[number], Field(min_length=1)]


def _listed(*values: Value) -> Callable[[], list[Value] | Range]:
    """Return a factory of the default list `values`."""
    return lambda: list(values)


class FrontEndGrid(StrictModel):
    """Grids of the front end; coarse, so that cached features are met again.

    `sample_rate_hz` above the recordings' rate is dropped when a search starts, and so is
    `fmax_hz` above half of the sample rate. Without `clip_ms` the data set's own are taken.
    """

    sample_rate_hz: _grid(4_000, 48_000)  # type: ignore[valid-type]
    clip_ms: _grid(1, 60_000) | None = None  # type: ignore[valid-type]
    window_ms: _grid(1, 64)  # type: ignore[valid-type]
    hop_ms: _grid(1, 64)  # type: ignore[valid-type]
    n_mels: _grid(8, 128)  # type: ignore[valid-type]
    fmin_hz: _grid(0, 24_000)  # type: ignore[valid-type]
    fmax_hz: _grid(1, 24_000)  # type: ignore[valid-type]

    @model_validator(mode="after")
    def _possible(self) -> "FrontEndGrid":
        if min(self.hop_ms) > min(self.window_ms):
            raise ValueError(
                f"window_ms {min(self.window_ms)} has no hop_ms: the smallest is "
                f"{min(self.hop_ms)}, and a hop is at most the window"
            )
        if min(self.fmax_hz) > max(self.sample_rate_hz) // 2:
            raise ValueError(
                f"fmax_hz: every value is above {max(self.sample_rate_hz) // 2}, half of the "
                "highest sample_rate_hz"
            )
        if max(self.fmin_hz) >= min(self.fmax_hz):
            raise ValueError(
                f"fmin_hz {max(self.fmin_hz)} must be below fmax_hz {min(self.fmax_hz)}"
            )
        return self


class TrainingGrid(StrictModel):
    """Choices of training that a search may vary; the optimiser is AdamW."""

    learning_rate: Domain = Range(low=5e-4, high=1e-2, log=True)
    batch_size: Domain = Field(default_factory=_listed(32, 64))
    dropout: Domain = Range(low=0.0, high=0.4, step=0.1)
    weight_decay: Domain = Field(default_factory=_listed(0.0, 1e-4, 1e-3, 1e-2))
    label_smoothing: Domain = Field(default_factory=_listed(0.0, 0.05, 0.1))
    augment: list[Strength] = Field(default=["light", "medium", "strong"], min_length=1)
    spec_augment: list[MaskStrength] = Field(default=["off", "light", "strong"], min_length=1)

    @field_validator("learning_rate", "batch_size", "dropout", "weight_decay", "label_smoothing")
    @classmethod
    def _like_default(cls, value: Any, info: Any) -> Any:
        field = TrainingGrid.model_fields[info.field_name]
        check_like(value, field.get_default(call_default_factory=True))
        if info.field_name in ("dropout", "label_smoothing"):
            highest = value.high if isinstance(value, Range) else max(value)
            if highest >= 1:
                raise ValueError(f"{highest} must be below 1")
        return value


def _family_model(family: Family) -> type[StrictModel]:
    """Return a model whose keys are the family's choices, each optional."""

    def like_default(cls: Any, value: Any, info: Any) -> Any:
        check_like(value, family.domains[info.field_name])
        return value

    fields: dict[str, Any] = dict.fromkeys(family.domains, (Domain | None, None))
    check: Any = field_validator(*family.domains)(classmethod(like_default))
    return create_model(
        f"{family.name}_choices", __base__=StrictModel, __validators__={"like": check}, **fields
    )


def _families_model() -> Any:
    fields: dict[str, Any] = {
        name: (_family_model(family) | None, None) for name, family in FAMILIES.items()
    }
    return create_model("Families", __base__=StrictModel, **fields)


Families: Any = _families_model()


class SpaceFile(StrictModel):
    """A file of ``search_spaces/``: families with overrides of their domains, and two grids."""

    families: Families
    frontend: FrontEndGrid
    training: TrainingGrid = TrainingGrid()

    @field_validator("families")
    @classmethod
    def _some(cls, value: Any) -> Any:
        if not any(getattr(value, name) is not None for name in FAMILIES):
            raise ValueError(f"name at least one family, as in `{next(iter(FAMILIES))}: {{}}`")
        return value
