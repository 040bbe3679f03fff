"""SIGKILL the main job at random moments and resume it: is a told trial ever lost?

    python -m tests.benchmarks.kill_main_job [TIMES] [SEED]

The real `nas search` on the built-in data, two workers. After each kill the study is read as the
next search reads it: trials stored before must all be there, whatever was torn. The last round
runs to its end. Writes results/benchmarks/kill_main_job.md.
"""

import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from nas.files import write_text
from nas.search import read_records
from nas.search.journal import mend

ROOT = Path(__file__).parents[2]
OUT = ROOT / "results" / "benchmarks" / "kill_main_job.md"
COMMAND = ["search", "--budget", "esp32", "--trials", "400", "--study", "killed", "--workers", "2"]


def start(folder: Path, *more: str) -> subprocess.Popen[bytes]:
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    log = (folder / "log.txt").open("ab")
    return subprocess.Popen(
        [sys.executable, "-m", "nas.cli", *COMMAND, *more],
        cwd=folder,
        env=environment,
        stdout=log,
        stderr=log,
        start_new_session=True,
    )


def fingerprints(study: Path) -> list[tuple[int, str]]:
    """Return number and fingerprint of every stored trial, as a resuming search reads them."""
    if not (study / "journal.log").exists():
        return []
    mend(study / "journal.log")
    return [
        (record.number, record.candidate.fingerprint if record.candidate else "")
        for record in read_records(study)
    ]


def main(times: int = 10, seed: int = 1) -> None:
    rng, rows, before = random.Random(seed), [], []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        study = folder / "results" / "killed"
        for number in range(1, times + 1):
            process = start(folder, "--minutes", "60")
            seconds = rng.uniform(4.0, 40.0)
            time.sleep(seconds)
            os.kill(process.pid, signal.SIGKILL)
            process.wait()
            after = fingerprints(study)
            lost = sum(one not in set(after) for one in before)
            trained = sum(r.metrics is not None for r in read_records(study)) if after else 0
            rows.append((number, seconds, len(before), len(after), trained, lost))
            print(rows[-1], flush=True)
            before = after
        last = start(folder, "--minutes", "2")
        code = last.wait()
        after = fingerprints(study)
        lost = sum(one not in set(after) for one in before)
        winner = (study / "winner" / "result.json").is_file()
    write_text(OUT, table(rows, code, lost, len(after), winner=winner))


def table(rows: list[tuple], code: int, lost: int, stored: int, *, winner: bool) -> str:
    lines = [
        "# The main job killed with SIGKILL",
        "",
        "`python -m tests.benchmarks.kill_main_job`: `nas search` on the built-in data, killed at",
        "random moments and started again; a trial is told when it is in the journal.",
        "",
        "| kill | after s | trials before | trials after | trained so far | lost |",
        "|---|---|---|---|---|---|",
        *(f"| {n} | {s:.1f} | {b} | {a} | {t} | {lost_} |" for n, s, b, a, t, lost_ in rows),
        "",
        f"Then run to its end: exit code {code}, {stored} trials stored, {lost} lost, "
        f"winner {'exported' if winner else 'missing'}.",
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
