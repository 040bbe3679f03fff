"""From a name or a folder to a data set."""

from pathlib import Path

from nas import config
from nas.audio.dataset import Dataset
from nas.audio.descriptor import Descriptor
from nas.audio.layouts import LAYOUTS, Source
from nas.audio.layouts.folders import FoldersDescriptor
from nas.errors import ConfigError, DataError

__all__ = ["BUILT_IN", "load", "read_descriptor"]

BUILT_IN = "household"


def load(name: str | None, data_root: Path | None, cache_dir: Path, seed: int = 0) -> Dataset:
    """Return the data set that `name` stands for.

    Args:
        name: a descriptor (file, or name in ``data/``), or a folder that holds a folder a class;
            None for the built-in data.
        data_root: where the recordings of a descriptor lie.
        cache_dir: see `nas.audio.cache`.
        seed: salt of splits by hash; it belongs to the data, not to a search, so keep it.

    Raises:
        ConfigError: the name or the descriptor cannot be used.
        DataError: the recordings cannot be used; the message says what to do.
    """
    name = name or BUILT_IN
    folder = Path(name)
    if data_root is None and folder.is_dir():
        descriptor: Descriptor = FoldersDescriptor(name=folder.resolve().name, layout="folders")
        return LAYOUTS["folders"].read(
            descriptor, Source(root=folder, cache_dir=cache_dir, seed=seed)
        )
    if len(folder.parts) > 1 and not folder.exists() and folder.suffix not in (".yaml", ".yml"):
        raise DataError(f"{name}: no such folder; pass one that holds a folder a class")
    descriptor = read_descriptor(name)
    layout = LAYOUTS[descriptor.layout]
    root = _root(descriptor, data_root) if layout.needs_root else Path()
    return layout.read(descriptor, Source(root=root, cache_dir=cache_dir, seed=seed))


def read_descriptor(name: str) -> Descriptor:
    """Return the descriptor `name`, checked against the model of its layout."""
    path = config.resolve("data", name)
    layout = config.load(path).get("layout")
    if not isinstance(layout, str) or layout not in LAYOUTS:
        known = ", ".join(LAYOUTS)
        raise ConfigError(f"{path}: layout: found {layout!r}, known: {known}")
    return config.parse(LAYOUTS[layout].model, path)


def _root(descriptor: Descriptor, data_root: Path | None) -> Path:
    root = data_root or (Path(descriptor.root) if descriptor.root else None)
    origin = f"source: {descriptor.source}; licence: {descriptor.licence}"
    if root is None:
        raise DataError(
            f"{descriptor.name}: where do the recordings lie? give --data-root FOLDER ({origin})"
        )
    if not root.is_dir():
        raise DataError(
            f"{descriptor.name}: {root}: no such folder; give --data-root FOLDER ({origin})"
        )
    return root
