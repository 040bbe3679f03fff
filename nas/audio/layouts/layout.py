"""What a layout is: a descriptor model and a function that reads the data set."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from nas.audio.dataset import Dataset
from nas.audio.descriptor import Descriptor

__all__ = ["Layout", "Source"]


@dataclass(frozen=True, kw_only=True)
class Source:
    """Where to read and what a layout needs beside its descriptor.

    Attributes:
        root: folder with the recordings.
        cache_dir: folder for scans and generated data.
        seed: salt of hashed splits; a study keeps it fixed.
    """

    root: Path
    cache_dir: Path
    seed: int = 0


@dataclass(frozen=True, kw_only=True)
class Layout:
    """One way in which recordings lie on a disk.

    Attributes:
        model: what its YAML descriptor may say.
        read: from descriptor and source to the data set; raises DataError.
        needs_root: whether ``--data-root`` (or `root` in the descriptor) is needed.
    """

    model: type[Descriptor]
    read: Callable[[Descriptor, Source], Dataset]
    needs_root: bool = True
