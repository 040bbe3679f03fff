"""Counts the instructions of front ends of any kind on an emulated board.

`probe_frontend.c` counts FFTs and pushes of one hop, many settings in one program;
`probe_listener.c` a whole hop of the app and what a decision adds, a program a setting.
"""

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from nas import config
from nas.cost.emulator import Emulated
from nas.cost.probe import write_headers
from nas.files import write_text
from nas.frontend import FrontEndSettings, tables_c
from nas.frontend.sizes import sizes

__all__ = ["Builder", "HopCounts", "PushCounts", "count_hops", "count_pushes", "write_cases"]

FOLDER = Path(__file__).parent
FFT_LENGTHS = (64, 128, 256, 512, 1_024, 2_048)
PRICED = "noise"


class Builder(Protocol):
    """What makes programs: an emulated board, or a host that plays one."""

    def compile(
        self, source: Path, folder: Path, *, includes: Sequence[Path] = (), defines: str = ""
    ) -> Path:
        """Compile one C file into `folder`; returns the object."""
        ...


@dataclass(frozen=True)
class PushCounts:
    """Instructions of one push of hop_length samples that makes one frame.

    Attributes:
        noise: on noise at a quarter of full scale, which is what a hop is priced by.
        others: on quiet noise, full-scale noise, a full-scale square, and silence.
    """

    noise: int
    others: tuple[int, ...]


@dataclass(frozen=True)
class HopCounts:
    """Instructions of one hop of the app, and of what a decision adds to it."""

    hop: int
    decision: int


def count_pushes(
    settings: Sequence[FrontEndSettings], board: Emulated
) -> tuple[dict[int, int], list[PushCounts]]:
    """Return the instructions of an FFT by length, and those of a push at each of `settings`."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        sources = [FOLDER / "probe_frontend.c", *write_cases(settings, board, folder)]
        program = board.build(
            [*sources, *_front_end(board, folder)], [FOLDER, folder], folder=folder
        )
        lines = [line.split() for line in board.run(program, timeout_s=600.0).splitlines()]
    ffts = [int(value) for name, value in lines if name == "fft"]
    sounds = list(dict.fromkeys(name for name, _ in lines if name != "fft"))
    by_sound = {sound: [int(v) for name, v in lines if name == sound] for sound in sounds}
    others = zip(*(by_sound[sound] for sound in sounds if sound != PRICED), strict=True)
    pushes = zip(by_sound[PRICED], others, strict=True)
    return dict(zip(FFT_LENGTHS, ffts, strict=True)), [PushCounts(*push) for push in pushes]


def count_hops(settings: Sequence[FrontEndSettings], board: Emulated) -> list[HopCounts]:
    """Return what one hop takes at each of `settings`, whose clips have 6 frames or more."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        objects = _front_end(board, folder)
        return [_hop(one, board, objects, folder) for one in settings]


def _hop(
    settings: FrontEndSettings, board: Emulated, objects: list[Path], folder: Path
) -> HopCounts:
    app = config.resource_dir("firmware") / "app"
    write_headers(folder, settings)
    write_text(folder / "frontend_tables.c", tables_c.emit(settings)[0])
    own = [FOLDER / "probe_listener.c", folder / "frontend_tables.c"]
    sources = [*own, app / "audio_ring.c", app / "listener.c", *objects]
    program = board.build(sources, [folder, app], folder=folder)
    counts = {key: int(value) for key, value in map(str.split, board.run(program).splitlines())}
    return HopCounts(**counts)


def _front_end(board: Emulated, folder: Path) -> list[Path]:
    sources = sorted((config.resource_dir("firmware") / "frontend").glob("*.c"))
    return [board.compile(source, folder) for source in sources]


def write_cases(
    settings: Sequence[FrontEndSettings], builder: Builder, folder: Path
) -> list[Path]:
    """Compile the tables of each of `settings` as cases; returns objects, and the list in C.

    Each case lies in a folder of its own; ``cases.h`` says the largest lengths.
    """
    objects = [
        path
        for index, one in enumerate(settings)
        for path in _case(one, builder, folder, index=index)
    ]
    write_text(folder / "cases.h", _largest(settings))
    write_text(folder / "cases.c", _listed(len(settings)))
    return [*objects, folder / "cases.c"]


def _case(
    settings: FrontEndSettings, builder: Builder, folder: Path, *, index: int
) -> tuple[Path, ...]:
    own = folder / f"case_{index}"
    own.mkdir()
    for suffix, text in zip("ch", tables_c.emit(settings), strict=True):
        write_text(own / f"frontend_tables.{suffix}", text)
    names = f"-Dnas_front_end_tables=probe_tables_{index} -DPROBE_CASE=probe_case_{index}"
    sources = own / "frontend_tables.c", FOLDER / "probe_frontend_case.c"
    return tuple(
        builder.compile(source, own, includes=(own, FOLDER), defines=names) for source in sources
    )


def _largest(settings: Sequence[FrontEndSettings]) -> str:
    """Macros; a host's pointers have 8 bytes, so that its memory may be larger than priced."""
    most = {
        "LARGEST_MEMORY_BYTES": max(2 * sizes(one).state_bytes for one in settings),
        "LARGEST_HOP_LENGTH": max(one.hop_length for one in settings),
        "LARGEST_CLIP_LENGTH": max(one.clip_length for one in settings),
        "LARGEST_FRAME_BYTES": max(one.n_bins for one in settings),
        "LARGEST_FEATURE_LENGTH": max(one.n_frames * one.n_bins for one in settings),
    }
    return "".join(f"#define {name} {value}U\n" for name, value in most.items())


def _listed(count: int) -> str:
    names = [f"probe_case_{index}" for index in range(count)]
    declared = "".join(f"extern const probe_front_end {name};\n" for name in names)
    pointers = "".join(f"    &{name},\n" for name in names)
    return (
        f'#include "probe_frontend.h"\n\n{declared}\n'
        f"const probe_front_end *const probe_cases[] = {{\n{pointers}}};\n"
        f"const uint32_t probe_n_cases = {count}U;\n"
    )
