"""Kinds of front end that exist in tests only: what a later kind may be like."""

from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np
import pytest

from nas.frontend import KINDS, FrontEndSettings
from nas.frontend.kind import Kind
from nas.frontend.tables import Tables


@dataclass(frozen=True, kw_only=True)
class TiltSettings(FrontEndSettings):
    """A kind with a setting of each type, whose ranges hang on each other."""

    kind: ClassVar[str] = "tilt"

    n_bands: int = 16
    n_kept: int = 8
    top_hz: int = 6_000
    floor: float = 0.5
    pre_emphasis: bool = False
    scale: Literal["db", "ln"] = "db"

    def ranges(self):
        return [
            *super().ranges(),
            ("n_bands", self.n_bands, 4, 64),
            ("n_kept", self.n_kept, 1, self.n_bands),
            ("top_hz", self.top_hz, 1, self.sample_rate_hz // 2),
        ]

    @property
    def n_bins(self):
        return self.n_kept


@dataclass(frozen=True, kw_only=True)
class WaveSettings(FrontEndSettings):
    """A kind whose rows are a waveform."""

    kind: ClassVar[str] = "wave"

    every: Literal[1, 2, 4] = 2

    @property
    def n_bins(self):
        return self.hop_length // self.every

    @property
    def is_waveform(self):
        return True


def _kind(settings, problem):
    return Kind(
        source="tests",
        settings=settings,
        tables=lambda _: Tables(),
        table_bytes=lambda _: 0,
        problem=problem,
        reference=lambda samples, s: np.zeros((len(samples), s.n_frames, s.n_bins), np.int8),
        macs_per_hop=lambda _: 0,
        work_words=lambda _: 0,
        functions=(),
    )


def install(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make `tilt` and `wave` known, as one line in ``nas/frontend/kinds/__init__.py`` would."""

    def odd(settings):
        if settings.n_bands == 18 and settings.scale == "db":
            return "n_bands: 18 is odd with db; use ln"
        return "n_bands: 17 is cursed; use 16" if settings.n_bands == 17 else None

    def apart(settings):
        return "window_ms: frames touch" if settings.window_ms != settings.hop_ms else None

    monkeypatch.setitem(KINDS, "tilt", _kind(TiltSettings, odd))
    monkeypatch.setitem(KINDS, "wave", _kind(WaveSettings, apart))
