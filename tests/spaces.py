"""Shipped search spaces with one front end, for tests that are about something else."""

from dataclasses import replace

from nas.space import Space, load_space
from nas.space.frontend import FrontEndGrid

__all__ = ["log_mel_space"]


def log_mel_space(name: str) -> Space:
    """Return the space of that name with log_mel only: its candidates stay what they are.

    Prices are fitted on candidates of these spaces by seed, so that a kind added to the shipped
    files must not change them.
    """
    space = load_space(name)
    own = space.frontend.kinds["log_mel"] | {
        "n_mels": (16, 24, 32, 40),
        "fmin_hz": (20, 80, 125),
        "fmax_hz": (3_800, 5_500, 7_600),
    }
    grid = FrontEndGrid(
        common={
            "sample_rate_hz": (8_000, 16_000),
            "window_ms": (25, 30, 32, 40),
            "hop_ms": (10, 16, 20, 25),
        },
        clip_ms=None,
        kinds={"log_mel": own},
    )
    return replace(space, frontend=grid)
