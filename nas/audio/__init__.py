"""From recordings to cached features: decoding, data sets, splits, augmentation."""

from nas.audio import augment, spec_augment
from nas.audio.cache import cache_dir
from nas.audio.dataset import BadFile, Clip, Dataset, Split
from nas.audio.features import FeatureStore, class_weights
from nas.audio.loading import load
from nas.audio.waveform_cache import waveforms

__all__ = [
    "BadFile",
    "Clip",
    "Dataset",
    "FeatureStore",
    "Split",
    "augment",
    "bad_files_table",
    "cache_dir",
    "class_weights",
    "load",
    "spec_augment",
    "waveforms",
]


def bad_files_table(dataset: Dataset) -> list[dict[str, str]]:
    """Return one row a recording that was left out: path and reason."""
    return [{"path": str(bad.path), "reason": bad.reason} for bad in dataset.bad_files]
