"""The kinds of front end there are: one folder each, and one line here."""

from collections.abc import Mapping
from typing import Any

from nas.errors import ConfigError
from nas.frontend.fields import fields_of, learnt_of
from nas.frontend.kind import Kind
from nas.frontend.kinds import log_mel, mfcc, micro, raw, spectrum
from nas.frontend.settings import FrontEndSettings

__all__ = ["KINDS", "kind_of", "settings_of"]

KINDS: Mapping[str, Kind] = {
    kind.name: kind for kind in (log_mel.KIND, mfcc.KIND, micro.KIND, raw.KIND, spectrum.KIND)
}


def kind_of(settings: FrontEndSettings) -> Kind:
    """Return the kind whose settings these are."""
    return KINDS[settings.kind]


def settings_of(values: Mapping[str, Any]) -> FrontEndSettings:
    """Return the settings that `FrontEndSettings.to_dict` gave as `values`.

    Raises:
        ConfigError: no such kind, a key that it does not have, a value of another type or out of
            range.
    """
    if not isinstance(values, Mapping):
        raise ConfigError(f"front end: found {values!r}, expected settings by name")
    kind = values.get("kind", log_mel.KIND.name)
    if not isinstance(kind, str) or kind not in KINDS:
        raise ConfigError(f"kind: {kind!r} is unknown; known: {', '.join(KINDS)}")
    settings = KINDS[kind].settings
    chosen, learnt = fields_of(settings), learnt_of(settings)
    given: dict[str, Any] = {}
    for name, value in values.items():
        if name in chosen:
            given[name] = chosen[name].checked(value)
        elif name in learnt:
            given[name] = _whole_numbers(name, value)
        elif name != "kind":
            known = ", ".join((*chosen, *learnt))
            raise ConfigError(f"{name}: {kind} has no such setting; it has {known}")
    return settings(**given)


def _whole_numbers(name: str, values: Any) -> tuple[int, ...]:
    if not isinstance(values, list | tuple):
        raise ConfigError(f"{name}: {values!r} is not a list of whole numbers, one a channel")
    for value in values:
        if type(value) is not int:
            raise ConfigError(f"{name}: {value!r} is not a whole number")
    return tuple(values)
