"""Numbers of an op that count something: none of them is below 1."""

from math import inf

__all__ = ["Counted"]

COUNTS = ("filters", "units", "multiplier", "kernel", "stride", "dilation")


class Counted:
    """An op that refuses counts below 1, with ValueError, when it is made.

    Not in its shape rule, which a search asks for each candidate: the families keep the ops that
    they made, a few hundred. Poolings are made anew each time, of sizes that were checked.
    """

    def __post_init__(self) -> None:
        for name in COUNTS:
            found = getattr(self, name, inf)
            if (min(found) if isinstance(found, tuple) else found) < 1:
                raise ValueError(f"{type(self).__name__}: {name} {found} is below 1")
