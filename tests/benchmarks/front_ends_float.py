"""How far the integer features are from float64, and how long an hour of audio takes.

    python -m tests.benchmarks.front_ends_float

Float64 versions are the tests' own (scipy, librosa's triangles) for log_mel and MFCC, those of
`nas features` for the other kinds; tests hold the two against each other. Writes
results/benchmarks/front_ends_float.md.
"""

import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from statistics import median

import numpy as np
from numpy.typing import NDArray

from nas.files import write_text
from nas.frontend import FrontEndSettings, LogMelSettings, features
from nas.frontend.float_reference import error_of, float_features
from nas.frontend.kinds.mfcc import MfccSettings
from nas.frontend.kinds.micro import MicroSettings
from nas.frontend.kinds.raw import RawSettings
from nas.frontend.kinds.spectrum import SpectrumSettings
from tests.benchmarks.machine import machine, versions
from tests.frontend import float_reference, mfcc_float
from tests.frontend.signals import CLASSES, household, speech

OUT = Path("results") / "benchmarks" / "front_ends_float.md"
CLIPS = 60
BEYOND = 3
COLUMNS = "equal | within one | largest"
HOUR_CLIPS = 3_600
REPEATS = 5
OTHERS = {
    "mfcc": MfccSettings(),
    "mfcc, 40 of 40": MfccSettings(n_mels=40, n_mfcc=40),
    "mfcc, HTK": MfccSettings(
        window_ms=25, hop_ms=10, n_mels=26, window_kind="hamming", pre_emphasis=0.97, lifter=22
    ),
    "spectrum": SpectrumSettings(),
    "spectrum, 8 kHz": SpectrumSettings(sample_rate_hz=8_000, window_ms=32, fmax_hz=3_800),
    "raw, 8 kHz of 16": RawSettings(),
    "raw, 4 kHz of 16": RawSettings(decimation=4),
    "micro, no PCAN": MicroSettings(pcan=False),
    "micro": MicroSettings(),
}


def floats(samples: NDArray[np.int16], settings: FrontEndSettings) -> NDArray[np.float64]:
    """Return the features in float64, in steps of int8."""
    own = {"log_mel": float_reference.features, "mfcc": mfcc_float.features}.get(settings.kind)
    if own is not None:
        return np.array([own(clip.astype(float), settings) for clip in samples])
    found = float_features(samples, settings)
    assert found is not None, settings.kind
    return found


def error_row(name: str, settings: FrontEndSettings) -> str:
    cells = []
    for recorded in (speech, household):
        samples = recorded(CLIPS)[:, :: 16_000 // settings.sample_rate_hz]
        error = error_of(features(samples, settings), floats(samples, settings))
        cells.append(f"{error.equal:.2%} | {error.within_one:.3%} | {error.largest}")
    return f"| {name} | {' | '.join(cells)} |"


def quiet_line() -> str:
    """Say where micro without PCAN is beyond three steps: its logarithm is of whole numbers."""
    settings, samples = (
        MicroSettings(pcan=False),
        np.concatenate([speech(CLIPS), household(CLIPS)]),
    )
    found = features(samples, settings)
    far = found[np.abs(found - floats(samples, settings)) > BEYOND]
    return (
        f"micro without PCAN: the {far.size:,} of {found.size:,} values beyond {BEYOND} steps are "
        f"all at {far.max(initial=-128)} or lower. The algorithm takes the logarithm of a whole "
        "number, which is small there."
    )


def tone_row(name: str, settings: FrontEndSettings) -> str:
    """Full-scale tones over digital silence: the quiet bins are far below any floor."""
    time_s = np.arange(settings.clip_length) / settings.sample_rate_hz
    tones = [32_767 * np.sin(2 * np.pi * hertz * time_s) for hertz in (100, 440, 1_000, 3_000)]
    samples = np.array(tones).round().astype(np.int16)
    error = error_of(features(samples, settings), floats(samples, settings))
    return f"| {name} | {error.equal:.2%} | {error.within_one:.3%} | {error.largest} |"


def seconds(settings: FrontEndSettings, hour: NDArray[np.int16]) -> list[float]:
    """Return how long the features of an hour take on one core, each time."""
    taken = []
    for _ in range(REPEATS):
        begin = time.process_time()
        features(hour, settings)
        taken.append(time.process_time() - begin)
    return taken


def speed_rows() -> Iterator[str]:
    hour = np.random.default_rng(1).integers(-3_000, 3_000, (HOUR_CLIPS, 16_000)).astype(np.int16)
    for name, settings in {"log_mel": LogMelSettings(), **OTHERS}.items():
        if settings.sample_rate_hz == 16_000:
            taken = seconds(settings, hour)
            yield f"| {name} | {median(taken):.2f} | {min(taken):.2f} to {max(taken):.2f} |"


def page() -> Iterator[str]:
    yield "# Integer features against float64, and their speed"
    yield ""
    yield "`python -m tests.benchmarks.front_ends_float`"
    yield ""
    yield f"{versions(('numpy', 'scipy'))}; {machine()}."
    yield ""
    yield (
        f"{CLIPS} clips of speech and {CLIPS} of generated household sound. Wanted: 99.5 % within "
        "one step, none beyond three."
    )
    yield ""
    yield f"| features | speech: {COLUMNS} | household: {COLUMNS} |"
    yield "|---|---|---|---|---|---|---|"
    named = {f"log_mel, {name}": settings for name, settings in CLASSES.items()}
    for name, settings in (named | OTHERS).items():
        yield error_row(name, settings)
    yield ""
    yield (
        "micro's float64 version uses PCAN's formula where the algorithm has a table of gains; "
        "against the same table in float64 99.8 % are within one (tests/frontend). Its "
        "comparison with TensorFlow's op and pymicro-features is in nas/frontend/README.md."
    )
    yield from ("", quiet_line())
    yield from ("", "## Full-scale tones over digital silence", "")
    yield f"| features | {COLUMNS} |"
    yield "|---|---|---|---|"
    for name, settings in (dict(islice(named.items(), 3)) | OTHERS).items():
        yield tone_row(name, settings)
    yield from ("", "## One hour of 16 kHz audio", "")
    yield f"Seconds of one core, {REPEATS} times: median, least and most. Wanted: at most 6."
    yield ""
    yield "| features | s | range |"
    yield "|---|---|---|"
    yield from speed_rows()
    yield ""


if __name__ == "__main__":
    write_text(OUT, "\n".join(page()))
