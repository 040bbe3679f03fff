"""Kill a search with SIGKILL at random moments and resume it: is a told trial ever lost?

    PYTHONPATH=. python tests/benchmarks/kill_resume.py [times]

The child runs a search with a formula as training, on two worker processes, and writes the number
of each told trial to a side file, synced, after the search said that it is stored. After each kill
the study is opened as a search would open it, and compared with the side file.
"""

import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from nas.budget import Limits
from nas.search.journal import Journal, mend
from nas.search.progress import Event, Kind

LIMITS = Limits(constant_bytes=20_000, macs=1_000_000)
ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Round:
    """One kill: when, what the child had told by then, what the study held afterwards."""

    seconds: float
    torn_bytes: int
    told: int
    stored: int
    lost: int
    contiguous: bool


def child(folder: Path) -> None:
    """Search until killed, writing each told trial to ``told.txt``."""
    from tests.search import formula

    with (folder / "told.txt").open("a") as told:

        def note(event: Event) -> None:
            if event.kind is Kind.FINISHED:
                candidate = event.record.candidate
                told.write(f"{event.record.number} {candidate.fingerprint}\n")  # type: ignore[union-attr]
                told.flush()
                os.fsync(told.fileno())

        formula.search(
            folder / "study",
            make_evaluate=partial(formula.formula, 0.005),
            n_workers=2,
            max_trials=100_000,
            limits=LIMITS,
            on_event=note,
        )


def rounds(folder: Path, times: int, seed: int, longest: float) -> Iterator[Round]:
    """Kill the child `times` times, each after up to `longest` seconds of telling."""
    chance = random.Random(seed)
    command = [sys.executable, str(Path(__file__).resolve()), "--child", str(folder)]
    for _ in range(times):
        process = subprocess.Popen(
            command,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        _wait_for_more(folder / "told.txt", process)
        seconds = chance.uniform(0.0, longest)
        time.sleep(seconds)
        process.kill()
        process.communicate()
        yield _checked(folder, seconds)


def _wait_for_more(path: Path, process: "subprocess.Popen[bytes]") -> None:
    before = path.stat().st_size if path.exists() else 0
    end = time.monotonic() + 60
    while time.monotonic() < end and process.poll() is None:
        if path.exists() and path.stat().st_size > before:
            return
        time.sleep(0.005)
    raise RuntimeError(f"the search did not resume: {process.communicate()[1].decode()[-800:]}")


def _checked(folder: Path, seconds: float) -> Round:
    lines = (folder / "told.txt").read_text().split("\n")[:-1]
    torn = mend(folder / "study" / "journal.log")
    with Journal(folder / "study") as journal:
        records = journal.records()
    stored = {f"{r.number} {r.candidate.fingerprint}" for r in records if r.candidate}
    numbers = [record.number for record in records]
    return Round(
        seconds,
        torn,
        len(lines),
        len(records),
        sum(line not in stored for line in lines),
        numbers == list(range(len(numbers))),
    )


def main() -> None:
    """Print one row a kill."""
    if sys.argv[1:2] == ["--child"]:
        child(Path(sys.argv[2]))
        return
    times = int(sys.argv[1]) if len(sys.argv) > 1 else 10
    print("| kill | after s | torn bytes | told | stored | lost | numbers contiguous |")
    print("|---|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        for index, it in enumerate(rounds(Path(folder), times, seed=0, longest=4.0), start=1):
            print(
                f"| {index} | {it.seconds:.2f} | {it.torn_bytes} | {it.told} | {it.stored} | "
                f"{it.lost} | {'yes' if it.contiguous else 'NO'} |",
                flush=True,
            )


if __name__ == "__main__":
    main()
