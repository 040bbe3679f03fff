"""Fuzzes every kind of front end over settings, sounds and portions, under ASan and UBSan.

    python -m tests.frontend.fuzz --seconds 600 --seed 0
    python -m tests.frontend.fuzz --seed 0 --first 1234 --cases 1        # one case again

Case i of a seed is the same in every run, whichever came before. Each must end without a report
of the sanitizers, give the same bytes as a stream as in one piece, and those of the NumPy twin.
"""

import argparse
import hashlib
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from nas.cost.probe_settings import random_settings
from nas.frontend import KINDS, FrontEndSettings, reference
from tests.frontend.fuzz_program import Program, build
from tests.frontend.fuzz_sounds import portions, sound

__all__ = ["Result", "fuzz"]

LONG_FRAMES = 60
LONGEST = 100_000
"""Samples of the longest clip."""


@dataclass
class Result:
    """What ran without a fault: cases by kind, bytes compared, and a digest of all of them."""

    cases: Counter[str] = field(default_factory=Counter)
    compared: int = 0
    seconds: float = 0.0
    digest: str = ""


def fuzz(
    *, seed: int, cases: int | None = None, seconds: float | None = None, first: int = 0
) -> Result:
    """Run cases from `first` on until there were `cases`, or `seconds` have passed.

    Raises:
        AssertionError: the first case that fails, with its number and settings.
    """
    result, digest, start = Result(), hashlib.sha256(), time.monotonic()
    with tempfile.TemporaryDirectory() as folder, Program(build(Path(folder))) as program:
        index = first
        while not _over(index - first, cases, time.monotonic() - start, seconds):
            kind, features = _one(program, seed, index)
            result.cases[kind] += 1
            result.compared += len(features)
            digest.update(features)
            index += 1
        assert program.end() == ""
    result.seconds, result.digest = time.monotonic() - start, digest.hexdigest()[:16]
    return result


def _over(done: int, cases: int | None, spent: float, seconds: float | None) -> bool:
    return (cases is not None and done >= cases) or (seconds is not None and spent >= seconds)


def _one(program: Program, seed: int, index: int) -> tuple[str, bytes]:
    rng = np.random.default_rng([seed, index])
    kind = list(KINDS.values())[index % len(KINDS)]
    settings = _clip(random_settings(kind, rng), rng)
    samples = sound(settings.clip_length, rng)
    try:
        found = program.features(settings, samples, portions(samples.size, rng))
        np.testing.assert_array_equal(found, reference.features(samples[None], settings)[0])
    except AssertionError as error:
        raise AssertionError(f"seed {seed}, case {index}, {settings}: {error}") from None
    return kind.name, found.tobytes()


def _clip(settings: FrontEndSettings, rng: np.random.Generator) -> FrontEndSettings:
    """Return one in eight with many frames, for what is carried from one to the next."""
    if rng.integers(8):
        return settings
    longest = LONGEST * 1_000 // settings.sample_rate_hz
    wanted = settings.window_ms + LONG_FRAMES * settings.hop_ms
    return replace(settings, clip_ms=max(settings.clip_ms, min(wanted, longest)))


def main(arguments: list[str] | None = None) -> int:
    """Fuzz as the command line says; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.frontend.fuzz", description=__doc__)
    parser.add_argument("--seconds", type=float)
    parser.add_argument("--cases", type=int)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--first", type=int, default=0)
    options = parser.parse_args(arguments)
    if options.seconds is None and options.cases is None:
        parser.error("give --seconds or --cases")
    try:
        result = fuzz(**vars(options))
    except AssertionError as error:
        sys.stderr.write(f"error: {error}\n")
        return 1
    cases = ", ".join(f"{count} {kind}" for kind, count in result.cases.items())
    sys.stdout.write(
        f"{cases} cases in {result.seconds:.0f} s, {result.compared} bytes equal, "
        f"digest {result.digest}\n"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
