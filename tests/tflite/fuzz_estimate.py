"""``python -m tests.tflite.fuzz_estimate COUNT SEED [FILE ...]``: commands on damaged files.

`nas estimate`, or `nas export` with ``--export`` before COUNT.

Runs the command COUNT times in this one process, on damaged copies of the files (and of the small
file of every operator), and prints what came of them as JSON. A process of its own, because the
peak of its memory is what is measured.
"""

import contextlib
import io
import json
import shutil
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
ESTIMATES = (
    ["estimate", "--budget", "esp32", "--json"],
    ["estimate", "--budget", "nrf52840"],
    ["estimate", "--budget", "esp32", "--runtime", "tflm"],
    ["estimate", "--budget", "nrf52840", "--runtime", "tflm", "--json"],
    ["estimate", "--budget", "esp32c3", "--json"],
)
EXPORT_SECONDS = 60
"""Two runtimes are started for a file that can be read."""


REMARKS = ("note: ", "test outputs: ")


class Hung(BaseException):
    """Not an Exception: the command must not be able to report it."""


def _hung(*_: object) -> None:
    raise Hung


def damaged(count: int, seed: int, files: list[Path]) -> Iterator[bytes]:
    """Yield `count` files: absurd ones, cut ones, and mutations mostly of the structure."""
    rng = np.random.default_rng(seed)
    whole = [write(*every_op()), *(path.read_bytes() for path in files)]
    odd = [*(data for _, data in asking_too_much()), chain(1_024), *[tall()] * len(ESTIMATES)]
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


def once(path: Path, options: list[str], seconds: int) -> tuple[int | str, str, float]:
    """Return exit code, stderr and seconds of one command."""
    said, began = io.StringIO(), time.perf_counter()
    code: int | str = 0
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(said):
            main([*options[:1], str(path), *options[1:]])
    except SystemExit as left:
        code = left.code if isinstance(left.code, int) else str(left.code)
    except Hung:
        code = "hung"
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
    return code, said.getvalue(), time.perf_counter() - began


def run(count: int, seed: int, files: list[Path], *, exports: bool = False) -> dict[str, object]:
    signal.signal(signal.SIGALRM, _hung)
    codes: Counter[str] = Counter()
    wrong: list[str] = []
    slowest = 0.0
    with tempfile.TemporaryDirectory() as folder:
        path, out = Path(folder) / "model.tflite", Path(folder) / "out"
        commands = [["export", str(out)]] if exports else ESTIMATES
        for index, data in enumerate(damaged(count, seed, files)):
            path.write_bytes(data)
            command = commands[index % len(commands)]
            code, said, seconds = once(path, command, EXPORT_SECONDS if exports else SECONDS)
            if (code == 0 and exports) != out.exists() or len(list(Path(folder).iterdir())) > 2:
                wrong.append(f"{index}: {code}: {sorted(Path(folder).iterdir())}")
            shutil.rmtree(out, ignore_errors=True)
            codes[str(code)] += 1
            slowest = max(slowest, seconds)
            errors = [line for line in said.splitlines() if not line.startswith(REMARKS)]
            expected = [] if code in (0, 4) else ["nas: "]
            starts = [line[:5] for line in errors]
            if code not in (0, 1, 2, 4) or starts != expected or "internal error" in said:
                wrong.append(f"{index}: {command}: {code}: {said[-500:]}")
    return {"codes": codes, "wrong": wrong, "slowest_s": slowest, "peak_kb": peak_kb()}


def peak_kb() -> int:
    """Return the most memory of this program; getrusage tells that of the one it was forked of."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1])
    raise RuntimeError("no VmHWM in /proc/self/status: run this on Linux")


if __name__ == "__main__":
    words = [word for word in sys.argv[1:] if word != "--export"]
    paths = [Path(word) for word in words[2:]]
    found = run(int(words[0]), int(words[1]), paths, exports="--export" in sys.argv)
    print(json.dumps(found))
