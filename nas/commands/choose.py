"""Which finalist wins. Pure functions over numbers."""

from collections.abc import Sequence
from dataclasses import dataclass

__all__ = ["Contender", "winner"]


@dataclass(frozen=True, kw_only=True)
class Contender:
    """What a choice looks at.

    Attributes:
        number: the trial.
        val_loss: mean cross-entropy on the validation split.
        standard_error: of val_loss over validation clips; 0 where it is not known.
        share: largest used / limit over the limits given, how much of the board it takes.
    """

    number: int
    val_loss: float
    standard_error: float
    share: float


def winner(contenders: Sequence[Contender]) -> tuple[Contender, tuple[Contender, ...]]:
    """Return the winner and the near-ties it was chosen among (itself included, best first).

    The lowest loss sets the mark; whatever lies within its one standard error counts as tied with
    it, and of the tied the one that takes least of the board wins (Breiman et al., Classification
    and Regression Trees, section 3.4.3: the one-standard-error rule).
    """
    ranked = sorted(contenders, key=lambda one: (one.val_loss, one.share))
    mark = ranked[0].val_loss + ranked[0].standard_error
    tied = tuple(one for one in ranked if one.val_loss <= mark)
    return min(tied, key=lambda one: (one.share, one.val_loss)), tied
