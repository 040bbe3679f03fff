"""The C side of the fuzzer: one program for all kinds, under the sanitizers.

The reader of each kind's tables is generated from their fields: a kind is fuzzed as soon as it is
registered.
"""

import contextlib
import struct
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nas.config import resource_dir
from nas.frontend import KINDS, FrontEndSettings
from nas.frontend.kind import Kind
from nas.frontend.kinds import kind_of
from tests.tools import require

__all__ = ["Program", "build"]

SANITIZERS = ("-fsanitize=address,undefined", "-fno-sanitize-recover=all")
FLAGS = ("-std=c99", "-g", "-O1", "-Wall", "-Wextra", "-Werror", *SANITIZERS)
ORDER = list(KINDS)


def build(folder: Path) -> Path:
    """Compile the program into `folder`."""
    (folder / "fuzz_kinds.h").write_text(_kinds())
    firmware = resource_dir("firmware")
    sources = [Path(__file__).with_name("fuzz.c"), *sorted((firmware / "frontend").glob("*.c"))]
    target = folder / "fuzz"
    places = [f"-I{folder}", f"-I{firmware / 'include'}"]
    names = [str(path) for path in sources]
    command = [require("cc", package="gcc"), *FLAGS, *places, *names, "-o", str(target)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return target


def _kinds() -> str:
    readers = [_reader(name, kind) for name, kind in KINDS.items()]
    runs = "".join(f"    run_{name},\n" for name in ORDER)
    return (
        "".join(readers)
        + "static void (*const runs[])(const header *, const uint32_t *, const int16_t *) = {\n"
        + f"{runs}}};\n"
    )


def _reader(name: str, kind: Kind) -> str:
    """Return the C that reads and frees a kind's tables, in the order of the struct."""
    tables = kind.tables(kind.settings())
    reading = [f"    t->{array} = take_array();\n" for array in tables.arrays]
    reading += [
        f"    t->{n} = ({c_type})take_number();\n" for n, (c_type, _) in tables.numbers.items()
    ]
    freeing = [f"    free((void *)(uintptr_t)t->{array});\n" for array in tables.arrays]
    struct_name = f"nas_{name}_tables_t"
    return (
        f'#include "nas/{name}.h"\n'
        f"static void read_{name}({struct_name} *t)\n{{\n{''.join(reading)}}}\n"
        f"static void free_{name}(const {struct_name} *t)\n{{\n{''.join(freeing)}}}\n"
        f"RUN({name})\n\n"
    )


class Program:
    """A running fuzz program, to be used in `with`; `features` sends one case."""

    def __init__(self, path: Path) -> None:
        self._errors = path.with_suffix(".txt")
        with self._errors.open("w", encoding="utf-8") as errors:
            self._process = subprocess.Popen(
                [str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors
            )

    def __enter__(self) -> "Program":
        return self

    def __exit__(self, *error: object) -> None:
        self._process.kill()
        with contextlib.suppress(BrokenPipeError):
            self._process.__exit__(None, None, None)

    def features(
        self, settings: FrontEndSettings, samples: NDArray[np.int16], portions: NDArray[np.uint32]
    ) -> NDArray[np.int8]:
        """Return the features of one clip [shape=(n_frames, n_bins)].

        Raises:
            AssertionError: the program ended; with what the sanitizers said.
        """
        sent, answers = self._process.stdin, self._process.stdout
        assert sent is not None
        assert answers is not None
        with contextlib.suppress(BrokenPipeError):
            sent.write(_case(settings, samples, portions))
            sent.flush()
        head = answers.read(4)
        if len(head) < 4:
            raise AssertionError(self.end())
        count = struct.unpack("<I", head)[0]
        return np.frombuffer(answers.read(count), np.int8).reshape(-1, settings.n_bins)

    def end(self) -> str:
        """End the program; returns its exit code and what it wrote to stderr."""
        if self._process.stdin is not None:
            with contextlib.suppress(BrokenPipeError):
                self._process.stdin.close()
        code = self._process.wait(timeout=60)
        said = self._errors.read_text(encoding="utf-8")
        return f"exit {code}: {said}" if code or said else ""


def _case(
    settings: FrontEndSettings, samples: NDArray[np.int16], portions: NDArray[np.uint32]
) -> bytes:
    kind = kind_of(settings)
    head = struct.pack(
        "<7I",
        ORDER.index(settings.kind),
        samples.size,
        settings.win_length,
        settings.hop_length,
        settings.n_bins,
        kind.work_words(settings),
        portions.size,
    )
    tables = kind.tables(settings)
    numbers = [struct.pack("<q", value) for _, value in tables.numbers.values()]
    arrays = packed(list(tables.arrays.values()))
    return b"".join([head, portions.astype("<u4").tobytes(), samples.tobytes(), arrays, *numbers])


def packed(arrays: list[NDArray[Any]]) -> bytes:
    """Return arrays as the program takes them: length in bytes, bytes."""
    return b"".join(struct.pack("<I", array.nbytes) + array.tobytes() for array in arrays)
