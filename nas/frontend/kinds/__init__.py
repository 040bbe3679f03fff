"""The kinds of front end there are: one folder each, and one line here."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from nas.errors import ConfigError
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
        ConfigError: no such kind, a key that it does not have, or a value out of range.
    """
    name = values.get("kind", log_mel.KIND.name)
    if name not in KINDS:
        raise ConfigError(f"kind: {name!r} is unknown; known: {', '.join(KINDS)}")
    given: dict[str, Any] = {
        key: tuple(value) if isinstance(value, list) else value
        for key, value in values.items()
        if key != "kind"
    }
    known = {field.name for field in fields(KINDS[name].settings)}
    unknown = sorted(given.keys() - known)
    if unknown:
        raise ConfigError(f"{unknown[0]}: {name} has no such setting; it has {', '.join(known)}")
    return KINDS[name].settings(**given)
