"""``nas features``: what the network sees of a recording."""

import json
import shutil
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import numpy as np
import typer
from numpy.typing import NDArray

from nas.commands import features as commands

__all__ = ["run"]

SHADES = " .:-=+*#%@"
ROWS = 20


def run(
    file: Path, *, kind: str, settings: Sequence[str], plot: Path | None, as_json: bool
) -> None:
    """Print the features of `file`, how far they are from float64, and where the plot is."""
    if plot is not None:
        commands.check_plot(plot)
    shown = commands.features_of_file(file, kind, settings)
    if plot is not None:
        commands.draw(shown, plot)
    typer.echo(json.dumps(_plain(shown, plot)) if as_json else "\n".join(_lines(shown, plot)))


def _plain(shown: commands.Features, plot: Path | None) -> dict[str, object]:
    quantization = shown.settings.quantization
    return {
        "file": str(shown.path),
        "recorded_hz": shown.recorded_hz,
        "settings": shown.settings.to_dict(),
        "n_frames": shown.settings.n_frames,
        "n_bins": shown.settings.n_bins,
        "scale": quantization.scale,
        "zero_point": quantization.zero_point,
        "error": None if shown.error is None else asdict(shown.error),
        "notes": list(shown.notes),
        "plot": None if plot is None else str(plot),
        "features": shown.values.tolist(),
    }


def _lines(shown: commands.Features, plot: Path | None) -> list[str]:
    low, high = (float(np.mean(shown.values == end)) for end in (-128, 127))
    lines = [
        f"{shown.path}: {shown.settings.clip_ms / 1_000:g} s",
        *shown.notes,
        commands.words(shown),
        f"values {shown.values.min()} to {shown.values.max()}, median "
        f"{np.median(shown.values):g}; {100 * low:.1f} % at -128, {100 * high:.1f} % at 127",
        commands.error_words(shown),
    ]
    if not shown.settings.is_waveform:
        lines += ["", *_map(shown.values), ""]
    return [*lines, f"plot: {plot}"] if plot is not None else lines


def _map(values: NDArray[np.int8]) -> list[str]:
    """Return the features as shades: time from left to right, bin 0 at the bottom."""
    columns = max(20, shutil.get_terminal_size((80, 24)).columns - 2)
    pooled = _pooled(_pooled(values.astype(np.float64), columns).T, ROWS)
    low, high = pooled.min(), pooled.max()
    share = (pooled - low) / max(high - low, 1.0)
    shades = np.array(list(SHADES))[np.rint(share * (len(SHADES) - 1)).astype(np.int64)]
    return ["".join(row).rstrip() for row in shades[::-1]]


def _pooled(values: NDArray[np.float64], most: int) -> NDArray[np.float64]:
    """Return at most `most` rows, each the mean of its share of the rows."""
    parts = np.array_split(values, min(most, len(values)))
    return np.stack([part.mean(axis=0) for part in parts])
