"""``python -m tests.tflite.fuzz_estimate COUNT SEED [FILE ...]``: `nas estimate` on damaged files.

Runs the command COUNT times in this one process, on damaged copies of the files (and of the small
file of every operator), and prints what came of them as JSON. A process of its own, because the
peak of its memory is what is measured.
"""

import contextlib
import io
import json
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from nas.cli import main
from tests.tflite.damage import asking_too_much, chain, mutated, small, tall
from tests.tflite.models import every_op
from tests.tflite.writer import write

SECONDS = 5
OPTIONS = (
    ["--budget", "esp32", "--json"],
    ["--budget", "nrf52840"],
    ["--budget", "esp32", "--runtime", "tflm"],
    ["--budget", "nrf52840", "--runtime", "tflm", "--json"],
    ["--budget", "esp32c3", "--json"],
)


class Hung(BaseException):
    """Not an Exception: the command must not be able to report it."""


def _hung(*_: object) -> None:
    raise Hung


def damaged(count: int, seed: int, files: list[Path]) -> Iterator[bytes]:
    """Yield `count` files: absurd ones, cut ones, and mutations mostly of the structure."""
    rng = np.random.default_rng(seed)
    whole = [write(*every_op()), *(path.read_bytes() for path in files)]
    odd = [*(data for _, data in asking_too_much()), chain(1_024), *[tall()] * len(OPTIONS)]
    yield from odd
    for index in range(count - len(odd)):
        data = whole[index % len(whole)]
        kind = int(rng.integers(10))
        if kind < 2:
            yield small(rng)
        elif kind < 4:
            yield data[: int(rng.integers(0, len(data)))]
        else:
            structure = max(0, len(data) - 20_000) if kind < 8 else 0
            yield mutated(data, rng, first=structure)


def once(path: Path, options: list[str]) -> tuple[int | str, str, float]:
    """Return exit code, stderr and seconds of one estimate."""
    said, began = io.StringIO(), time.perf_counter()
    code: int | str = 0
    signal.setitimer(signal.ITIMER_REAL, SECONDS)
    try:
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(said):
            main(["estimate", str(path), *options])
    except SystemExit as left:
        code = left.code if isinstance(left.code, int) else str(left.code)
    except Hung:
        code = "hung"
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
    return code, said.getvalue(), time.perf_counter() - began


def run(count: int, seed: int, files: list[Path]) -> dict[str, object]:
    signal.signal(signal.SIGALRM, _hung)
    codes: Counter[str] = Counter()
    wrong: list[str] = []
    slowest = 0.0
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.tflite"
        for index, data in enumerate(damaged(count, seed, files)):
            path.write_bytes(data)
            code, said, seconds = once(path, OPTIONS[index % len(OPTIONS)])
            codes[str(code)] += 1
            slowest = max(slowest, seconds)
            errors = [line for line in said.splitlines() if not line.startswith("note: ")]
            expected = [] if code in (0, 4) else ["nas: "]
            starts = [line[:5] for line in errors]
            if code not in (0, 1, 2, 4) or starts != expected or "internal error" in said:
                wrong.append(f"{index}: {OPTIONS[index % len(OPTIONS)]}: {code}: {said[-500:]}")
    return {"codes": codes, "wrong": wrong, "slowest_s": slowest, "peak_kb": peak_kb()}


def peak_kb() -> int:
    """Return the most memory of this program; getrusage tells that of the one it was forked of."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1])
    raise RuntimeError("no VmHWM in /proc/self/status: run this on Linux")


if __name__ == "__main__":
    print(json.dumps(run(int(sys.argv[1]), int(sys.argv[2]), [Path(a) for a in sys.argv[3:]])))
