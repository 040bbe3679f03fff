"""Front ends of any kind on boards: the bytes of C there against NumPy's, and its sizes."""

import subprocess
import tempfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from nas.config import resource_dir
from nas.cost.compiler import CORES
from nas.cost.emulator import Emulated
from nas.cost.probe_frontend import write_cases
from nas.frontend import FrontEndSettings, reference
from nas.frontend.sizes import sizes
from tests.frontend.signals import speech
from tests.tools import require

__all__ = ["SOUNDS", "Board", "Found", "Host", "prove", "sounds", "tables_bytes"]

HERE = Path(__file__).parent
PROBES = HERE.parents[1] / "nas/cost"
SOUNDS = ("noise", "speech", "silence", "full-scale square", "alternating extremes")


@dataclass(frozen=True)
class Found:
    """What a board gave for one setting.

    Attributes:
        wrong_sounds: sounds whose bytes are not NumPy's.
        stream_differs: bytes of the stream that are not the clip's, over all sounds.
        memory_bytes: ``sizeof(nas_front_end_memory_t)``.
        table_bytes: of the tables' object file; 0 where the board is a host.
    """

    wrong_sounds: tuple[str, ...]
    stream_differs: int
    memory_bytes: int
    table_bytes: int

    def right(self, settings: FrontEndSettings) -> bool:
        """Whether the bytes are equal and, on a 32-bit board, the sizes are those priced."""
        wanted = sizes(settings)
        equal = not self.wrong_sounds and self.stream_differs == 0
        if not self.table_bytes:
            return equal
        priced = (wanted.state_bytes, wanted.table_bytes)
        return equal and priced == (self.memory_bytes, self.table_bytes)


@dataclass(frozen=True)
class Host:
    """This computer as a board, with `cc` at a level of optimisation such as ``-O3``."""

    level: str

    def compile(
        self, source: Path, folder: Path, *, includes: Sequence[Path] = (), defines: str = ""
    ) -> Path:
        """Compile one C file into `folder`; returns the object."""
        target = folder / f"{source.stem}.o"
        firmware = resource_dir("firmware")
        every = (*includes, firmware / "include", firmware / "targets/emulated")
        flags = ["-std=c99", self.level, *(f"-I{path}" for path in every), *defines.split()]
        _checked([require("cc", package="gcc"), *flags, "-c", str(source), "-o", str(target)])
        return target

    def build(
        self, sources: Sequence[Path], includes: Sequence[Path] = (), *, folder: Path
    ) -> Path:
        """Compile and link C files and objects to ``folder/program``."""
        every = [HERE / "host_target.c", *sources]
        objects = [
            path if path.suffix == ".o" else self.compile(path, folder, includes=includes)
            for path in every
        ]
        target = folder / "program"
        _checked([require("cc", package="gcc"), *map(str, objects), "-o", str(target)])
        return target

    def run(self, program: Path, *, timeout_s: float = 120.0) -> str:
        """Run `program`; returns what it wrote."""
        return _checked([str(program)], timeout_s=timeout_s)


Board = Host | Emulated


def _checked(command: list[str], *, timeout_s: float = 120.0) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=timeout_s)
    assert done.returncode == 0, done.stderr
    return done.stdout


def sounds(length: int, seed: int) -> NDArray[np.int16]:
    """Return SOUNDS [shape=(5, length)]."""
    rng = np.random.default_rng(seed)
    time = np.arange(length)
    said = speech(20)[seed % 20]
    return np.array(
        [
            rng.integers(-32_768, 32_768, length),
            np.tile(said, -(-length // said.size))[:length],
            np.zeros(length),
            np.where(time // (4 + seed % 29) % 2, 32_767, -32_768),
            np.where(time % 2, 32_767, -32_768),
        ]
    ).astype(np.int16)


def prove(settings: Sequence[FrontEndSettings], board: Board, *, seed: int) -> list[Found]:
    """Run every sound through each of `settings` on `board`, as a clip and as a stream."""
    heard = sounds(max(one.clip_length for one in settings), seed)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "sounds.h").write_text(_header(heard))
        cases = write_cases(settings, board, folder)
        firmware = sorted((resource_dir("firmware") / "frontend").glob("*.c"))
        program = board.build(
            [HERE / "prove.c", *cases, *firmware], [PROBES, folder], folder=folder
        )
        lines = [line.split() for line in board.run(program, timeout_s=900.0).splitlines()]
        tables = [tables_bytes(folder / f"case_{i}", board) for i in range(len(settings))]
    values = np.array([int(value) for _, value in lines]).reshape(len(settings), -1)
    return [
        _found(one, heard, row.tolist(), table)
        for one, row, table in zip(settings, values, tables, strict=True)
    ]


def _found(
    settings: FrontEndSettings, heard: NDArray[np.int16], row: list[int], table: int
) -> Found:
    expected = reference.features(heard[:, : settings.clip_length], settings)
    crcs = [zlib.crc32(features.tobytes()) for features in expected]
    wrong = [
        name for name, crc, wanted in zip(SOUNDS, row[1::2], crcs, strict=True) if crc != wanted
    ]
    return Found(tuple(wrong), sum(row[2::2]), row[0], table)


def _header(heard: NDArray[np.int16]) -> str:
    rows = ",\n".join("{" + ",".join(map(str, row)) + "}" for row in heard.tolist())
    return (
        f"#include <stdint.h>\n#define N_SOUNDS {len(heard)}U\n"
        f"static const int16_t sounds[N_SOUNDS][{heard.shape[1]}] = {{\n{rows}}};\n"
    )


def tables_bytes(folder: Path, board: Board) -> int:
    """Return the bytes of all symbols of ``frontend_tables.o``; 0 on a host, of other pointers."""
    if isinstance(board, Host):
        return 0
    nm = CORES[board.core].compiler.removesuffix("gcc") + "nm"
    lines = _checked([nm, "-S", str(folder / "frontend_tables.o")]).splitlines()
    return sum(int(line.split()[1], 16) for line in lines if len(line.split()) == 4)
