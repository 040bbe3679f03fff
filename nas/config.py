"""YAML files read as YAML 1.2 into checked models; every error names file, line and key.

YAML 1.2 keeps ``yes``, ``no``, ``on`` and ``off`` as the words they are: here they are labels.
Names on the command line resolve as an existing path, then ``FOLDER/NAME[.yaml]`` in the working
directory, then the file of that name packaged with the tool.
"""

import difflib
import os
import types
import typing
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar, TypeVar

import platformdirs
from pydantic import BaseModel, ConfigDict, ValidationError

from nas.errors import ConfigError

__all__ = ["StrictModel", "available", "cache_dir", "load", "parse", "resolve", "resource_dir"]

LARGEST_FILE_BYTES = 1 << 20
"""Of a YAML file; the longest that is shipped has 2 kB."""
MOST_VALUES = 1 << 18
"""In a YAML file, each as often as it is named: a few lines of aliases can stand for billions."""

Location = tuple[str | int, ...]
Model = TypeVar("Model", bound=BaseModel)


class StrictModel(BaseModel):
    """Base of every YAML model: frozen, unknown keys refused, no silent conversions.

    A validator of a whole model that starts its message with a key, as ``limits.macs 5 is ...``,
    is reported at the line of that key.

    Attributes:
        refused: keys that a reader may expect, and why they cannot be given.
    """

    refused: ClassVar[Mapping[str, str]] = {}
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)


def resource_dir(folder: str) -> Path:
    """Return the packaged `folder`: constraints, search_spaces, data or firmware."""
    packaged = Path(__file__).parent / "_packaged" / folder
    return packaged if packaged.is_dir() else Path(__file__).parent.parent / folder


def cache_dir() -> Path:
    """Return ``NAS_CACHE_DIR``, ``~`` in it expanded, or the user's cache folder of this tool."""
    named = os.environ.get("NAS_CACHE_DIR")
    return Path(named).expanduser() if named else platformdirs.user_cache_path("nas")


def available(folder: str) -> list[str]:
    """Return the names that `resolve` knows in `folder`, without ``.yaml``, sorted."""
    places = (Path.cwd() / folder, resource_dir(folder))
    return sorted({p.stem for place in places for p in place.glob("*.yaml")})


def resolve(folder: str, name: str) -> Path:
    """Return the YAML file that `name` stands for.

    Raises:
        ConfigError: nothing of that name; the message lists what there is.
    """
    direct = Path(name)
    if direct.is_file():
        return direct
    for place in (Path.cwd() / folder, resource_dir(folder)):
        for candidate in (place / name, place / f"{name}.yaml"):
            if candidate.is_file():
                return candidate
    known = available(folder)
    raise ConfigError(
        f"{name}: no such file, and no {folder}/{direct.stem}.yaml"
        f"{_meant(direct.stem, known)}; known: {', '.join(known) or 'none'}"
    )


def parse(model: type[Model], path: Path) -> Model:
    """Read `path` and check it against `model`.

    Raises:
        ConfigError: unreadable, not YAML, unknown key, wrong type, impossible value.
    """
    data = load(path)
    try:
        return model.model_validate(_plain(data))
    except ValidationError as error:
        raise ConfigError(_explain(error, model, path, data)) from None


def load(path: Path) -> Any:
    """Read `path` as YAML 1.2 into ruamel's mappings, which remember their lines."""
    from ruamel.yaml import YAML
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    text = _text(path)
    try:
        data = YAML(typ="rt", pure=True).load(text)
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise ConfigError(f"{path}:{line}: not YAML: {error.problem}") from None
    except YAMLError as error:
        raise ConfigError(f"{path}: not YAML: {str(error).splitlines()[0]}") from None
    except RecursionError:
        raise ConfigError(f"{path}: lists or mappings nested too deeply") from None
    except ValueError as error:  # such as a day 99, or a number of thousands of digits
        raise ConfigError(f"{path}: a value that cannot be: {str(error)[:80]}") from None
    if _has_too_many(data):
        raise ConfigError(f"{path}: more than {MOST_VALUES:,} values; use fewer aliases")
    if not isinstance(data, dict):
        raise ConfigError(f"{path}:1: expected `key: value` lines, found {_kind(data)}")
    return data


def _text(path: Path) -> str:
    """Return what a file holds; what is larger than any that people write is not read."""
    try:
        if path.stat().st_size <= LARGEST_FILE_BYTES:
            return path.read_text(encoding="utf-8")
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise ConfigError(f"{path}: not UTF-8 text; save the file as UTF-8") from None
    raise ConfigError(
        f"{path}: more than {LARGEST_FILE_BYTES:,} bytes, too long for a YAML file of ours; "
        "name the right file"
    )


def _has_too_many(data: Any) -> bool:
    """Tell whether `data`, without any sharing, would be more than `MOST_VALUES` values."""
    waiting, seen = [data], 0
    while waiting and seen <= MOST_VALUES:
        node = waiting.pop()
        seen += 1
        if isinstance(node, dict | list):
            waiting += node.values() if isinstance(node, dict) else node
    return seen > MOST_VALUES


def _kind(data: Any) -> str:
    kinds = {list: "a list", str: "text", int: "a number", float: "a number"}
    found = next((name for kind, name in kinds.items() if isinstance(data, kind)), "one value")
    return "an empty file" if data is None else found


def _plain(data: Any) -> Any:
    """Return ruamel's containers and scalars as plain Python ones."""
    if isinstance(data, dict):
        return {_plain(key): _plain(value) for key, value in data.items()}
    if isinstance(data, list):
        return [_plain(value) for value in data]
    for scalar in (bool, int, float, str):
        if isinstance(data, scalar):
            return scalar(data)
    return None if data is None else str(data)


def _explain(error: ValidationError, model: type[BaseModel], path: Path, data: Any) -> str:
    """Return one line for the error; of several the misspelt key, which explains the others."""
    first = min(error.errors(), key=lambda entry: entry["type"] != "extra_forbidden")
    location, message = _named(first["loc"], _message(first, model), data)
    real = tuple(part for part in location if _reachable(data, location, part))
    key = ".".join(str(part) for part in location) or "(top level)"
    more = f" (and {error.error_count() - 1} more)" if error.error_count() > 1 else ""
    return f"{path}:{_line(data, real)}: {key}: {message}{more}"


def _message(error: Any, model: type[BaseModel]) -> str:
    location, kind = error["loc"], error["type"]
    if kind == "extra_forbidden":
        return _unknown(model, location)
    if kind == "missing":
        return "missing, and required"
    if kind in ("model_type", "dict_type"):
        return "expected `key: value` lines below it"
    text = str(error["msg"]).removeprefix("Value error, ")
    message = "must be a whole number, without unit or quotes" if kind == "int_type" else text
    if location and not isinstance(error["input"], dict | list | None):
        message += f" (found {error['input']!r})"
    return message[:1].lower() + message[1:]


def _unknown(model: type[BaseModel], location: Location) -> str:
    owner = _owner(model, location[:-1])
    word = str(location[-1])
    refused = getattr(owner, "refused", {})
    if word in refused:
        return str(refused[word])
    known = list(owner.model_fields)
    return f"unknown key{_meant(word, known)}; known: {', '.join(known)}"


def _named(location: Location, message: str, data: Any) -> tuple[Location, str]:
    """Move a key that `message` starts with into the location, where there is such a key."""
    word, _, rest = message.partition(" ")
    steps = tuple(word.split("."))
    node = data
    for step in (*location, *steps):
        try:
            node = node[step]
        except (KeyError, IndexError, TypeError):
            return location, message
    return (*location, *steps), rest


def _reachable(data: Any, location: Location, part: str | int) -> bool:
    """Tell whether `part` is a real key: pydantic adds tags of unions to locations."""
    node = data
    for step in location:
        try:
            node = node[step]
        except (KeyError, IndexError, TypeError):
            return step != part
        if step == part:
            return True
    return True


def _line(data: Any, location: Location) -> int:
    line, node = 1, data
    for part in location:
        try:
            lines = node.lc
            mark = lines.item(part) if isinstance(part, int) else lines.key(part)
            line, node = mark[0] + 1, node[part]
        except (AttributeError, KeyError, IndexError, TypeError):
            break
    return int(line)


def _owner(model: type[BaseModel], location: Location) -> type[BaseModel]:
    """Return the model that `location` lies in."""
    current: Any = model
    for part in location:
        field = current.model_fields.get(str(part)) if _is_model(current) else None
        nested = _model_of(field.annotation) if field else None
        current = nested or current
    return typing.cast(type[BaseModel], current)


def _is_model(annotation: Any) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)


def _model_of(annotation: Any) -> Any:
    if _is_model(annotation):
        return annotation
    if typing.get_origin(annotation) in (typing.Union, types.UnionType, dict, list, tuple):
        found = (_model_of(argument) for argument in typing.get_args(annotation))
        return next((model for model in found if model), None)
    return None


def _meant(word: str, known: list[str]) -> str:
    close = difflib.get_close_matches(word, known, n=1)
    return f", did you mean `{close[0]}`?" if close else ""
