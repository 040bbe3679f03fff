"""Counts the instructions of the front end on an emulated board, with probe_frontend.c."""

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from nas import config
from nas.cost.emulator import Emulated
from nas.cost.probe import write_headers
from nas.files import write_text
from nas.frontend import LogMelSettings, tables_c

__all__ = ["SETTINGS", "HopCounts", "count_front_ends"]

PROBE = Path(__file__).parent / "probe_frontend.c"


@dataclass(frozen=True)
class HopCounts:
    """Instructions of one hop, of the stages that it runs, and of what a decision adds to it."""

    window: int
    fft: int
    mel: int
    hop: int
    decision: int

    @property
    def ring(self) -> int:
        """The rest of the hop: recording, moving samples, calls."""
        return self.hop - self.window - self.fft - self.mel


def _setting(
    sample_rate_hz: int, window_ms: int, hop_ms: int, n_mels: int, fmax_hz: int
) -> LogMelSettings:
    return LogMelSettings(
        sample_rate_hz=sample_rate_hz,
        window_ms=window_ms,
        hop_ms=hop_ms,
        n_mels=n_mels,
        fmax_hz=fmax_hz,
    )


SETTINGS = (
    _setting(4_000, 16, 8, 8, 1_900),
    _setting(8_000, 8, 8, 8, 3_800),
    _setting(8_000, 13, 10, 10, 3_000),
    _setting(8_000, 16, 16, 13, 3_800),
    _setting(8_000, 25, 10, 24, 3_800),
    _setting(8_000, 32, 20, 40, 3_000),
    _setting(8_000, 40, 25, 32, 3_800),
    _setting(11_025, 32, 15, 32, 5_000),
    _setting(16_000, 25, 10, 40, 7_600),
    _setting(16_000, 30, 20, 16, 5_500),
    _setting(16_000, 32, 32, 64, 7_600),
    _setting(16_000, 40, 20, 24, 3_800),
    _setting(16_000, 64, 32, 80, 7_600),
    _setting(32_000, 40, 20, 64, 15_000),
    _setting(44_100, 40, 10, 128, 20_000),
)
"""Settings that are counted: each FFT length twice, other choices spread over them."""


def count_front_ends(settings: Sequence[LogMelSettings], board: Emulated) -> list[HopCounts]:
    """Return what one hop takes at each of `settings`."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        shared = sorted((config.resource_dir("firmware") / "frontend").glob("*.c"))
        objects = [board.compile(source, folder) for source in shared]
        return [_count(one, board, objects, folder) for one in settings]


def _count(
    settings: LogMelSettings, board: Emulated, objects: list[Path], folder: Path
) -> HopCounts:
    app = config.resource_dir("firmware") / "app"
    write_headers(folder, settings)
    write_text(folder / "frontend_tables.c", tables_c.emit(settings)[0])
    sources = [PROBE, folder / "frontend_tables.c", app / "audio_ring.c", app / "listener.c"]
    program = board.build([*sources, *objects], [folder, app], folder=folder)
    counts = {key: int(value) for key, value in map(str.split, board.run(program).splitlines())}
    return HopCounts(**counts)
