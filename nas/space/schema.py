"""The YAML of a search space: which families, which front ends, which training choices.

What it may say of front ends is in `frontend_schema`.
"""

from collections.abc import Callable
from typing import Any, Literal

from pydantic import Field, create_model, field_validator, model_validator

from nas.config import StrictModel
from nas.frontend import KINDS
from nas.space.candidate import Value
from nas.space.domain import Domain, Range, check_like
from nas.space.families import FAMILIES, Family
from nas.space.frontend_schema import FrontEndFile, front_end_file

__all__ = ["MaskStrength", "SpaceFile", "Strength", "TrainingGrid", "space_file"]

Strength = Literal["off", "light", "medium", "strong"]
MaskStrength = Literal["off", "light", "strong"]


def _listed(*values: Value) -> Callable[[], list[Value] | Range]:
    """Return a factory of the default list `values`."""
    return lambda: list(values)


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
    frontend: FrontEndFile
    training: TrainingGrid = TrainingGrid()

    @field_validator("families")
    @classmethod
    def _some(cls, value: Any) -> Any:
        if not any(getattr(value, name) is not None for name in FAMILIES):
            raise ValueError(f"name at least one family, as in `{next(iter(FAMILIES))}: {{}}`")
        return value

    @model_validator(mode="after")
    def _fit(self) -> "SpaceFile":
        kinds = self.frontend.grid().kinds
        for name in self.families.model_fields_set:
            if not any(FAMILIES[name].takes(KINDS[kind].settings()) for kind in kinds):
                raise ValueError(
                    f"families.{name} takes frames of bins, and frontend.kinds has a waveform "
                    f"only ({', '.join(kinds)}); name another kind there, or leave {name} out"
                )
        return self


def space_file() -> type[SpaceFile]:
    """Return the model of a search space with the kinds of front end that there are."""
    return create_model("SpaceFile", __base__=SpaceFile, frontend=(front_end_file(), ...))
