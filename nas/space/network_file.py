"""What a candidate file may say of its network: each value is of its choice's kind.

The kinds come from the family's domains, by the rule that holds for search spaces, so that a value
outside the usual range stands and an impossible one does not. Read once a file, never in a search.
"""

import difflib
import re
from collections.abc import Mapping, Sequence
from typing import Any

from nas.space.candidate import Value
from nas.space.domain import Range, check_like
from nas.space.families import Family

__all__ = ["fault_of"]

Domains = dict[str, Sequence[Value] | Range]

NUMBER = re.compile(r"_[1-9][0-9]*\Z")
"""What `kernel_2` has behind the name of its choice."""


def fault_of(family: Family, network: Mapping[str, Any]) -> tuple[str, str] | None:
    """Return a key of `network` that cannot be so in this family, and why; None if all can.

    Unknown keys come first: they explain what is missing.
    """
    kinds = _kinds(family)
    for key in network:
        if _kind_of(key, kinds) not in kinds:
            return key, f"is no choice of {family.name}{_meant(key, kinds)}; remove it"
    for key, value in network.items():
        try:
            _check(value, kinds[_kind_of(key, kinds)])
        except ValueError as error:
            return key, str(error)
    return None


def _kinds(family: Family) -> Domains:
    """Return a domain of the same kind for each choice of a network, by name without number.

    What a family computes, such as a width from a growth, is like what comes of the first values.
    """

    def first(name: str, index: int | None = None) -> Value:
        domain = family.domains[name]
        return domain.low if isinstance(domain, Range) else domain[0]

    computed: Domains = {NUMBER.sub("", key): [v] for key, v in family.suggest(first).items()}
    return {**computed, **family.domains}


def _kind_of(key: str, kinds: Domains) -> str:
    return key if key in kinds else NUMBER.sub("", key)


def _check(value: Any, domain: Sequence[Value] | Range) -> None:
    if value is None:
        raise ValueError("has no value; give one, or remove the line")
    if not isinstance(value, int | float | str):
        raise ValueError(f"{value!r} is not one value; give a number, a word or a size")
    check_like([value], domain)


def _meant(key: str, kinds: Domains) -> str:
    stem = NUMBER.sub("", key)
    close = difflib.get_close_matches(stem, list(kinds), n=1)
    return f", did you mean `{close[0]}{key[len(stem) :]}`?" if close else ""
