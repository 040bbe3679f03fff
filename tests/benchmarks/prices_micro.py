"""What TensorFlow Lite Micro (64-bit, reference kernels) allocates for a `.tflite`."""

import os
import re
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO

__all__ = ["MicroArena", "micro_arena"]

ARENA_BYTES = 1 << 24
LINE = re.compile(r"Arena allocation (total|head) (\d+) bytes")


@dataclass(frozen=True)
class MicroArena:
    """Bytes: the whole arena, and its head, which holds the planned activations."""

    total_bytes: int
    head_bytes: int


def micro_arena(content: bytes) -> MicroArena:
    """Return what the interpreter of the `tflite-micro` package reports after allocating."""
    from tflite_micro import runtime

    interpreter = runtime.Interpreter.from_bytes(content, arena_size=ARENA_BYTES)
    with _standard_error() as printed:
        interpreter.print_allocations()
        printed.seek(0)
        found = {kind: int(size) for kind, size in LINE.findall(printed.read())}
    return MicroArena(found["total"], found["head"])


@contextmanager
def _standard_error() -> Iterator[IO[str]]:
    """Catch what C++ writes to file descriptor 2: Python's own stderr would not see it."""
    sys.stderr.flush()
    saved = os.dup(2)
    with tempfile.TemporaryFile("w+") as printed:
        os.dup2(printed.fileno(), 2)
        try:
            yield printed
        finally:
            os.dup2(saved, 2)
            os.close(saved)
