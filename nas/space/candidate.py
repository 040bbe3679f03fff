"""One point of the search space in canonical form."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from nas.files import digest
from nas.frontend.kinds import settings_of
from nas.frontend.settings import FrontEndSettings

__all__ = ["Candidate", "Value"]

Value = int | float | str | bool


@dataclass(frozen=True, eq=False)
class Candidate:
    """Front end, network and training choices; equal when the fingerprints are.

    Attributes:
        family: name of a family in ``nas.space.families``.
        frontend: settings of the front end.
        network: the family's choices by name; only those that shape this network.
        training: learning_rate, batch_size, dropout, weight_decay, label_smoothing, augment, ...
    """

    family: str
    frontend: FrontEndSettings
    network: Mapping[str, Value]
    training: Mapping[str, Value]

    def to_dict(self) -> dict[str, Any]:
        """Return plain values, as a candidate file holds them."""
        return {
            "family": self.family,
            "frontend": self.frontend.to_dict(),
            "network": dict(self.network),
            "training": dict(self.training),
        }

    @classmethod
    def from_dict(cls, kept: Mapping[str, Any]) -> "Candidate":
        """Return the candidate whose `to_dict` was kept."""
        settings = settings_of(kept["frontend"])
        return cls(kept["family"], settings, kept["network"], kept["training"])

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 of the canonical form: the same for the same candidate, in any process."""
        return digest(self.to_dict())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Candidate) and self.fingerprint == other.fingerprint

    def __hash__(self) -> int:
        return hash(self.fingerprint)
