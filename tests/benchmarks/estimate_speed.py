"""How long `nas estimate` takes, from the command to its last line, start of Python included.

    python -m tests.benchmarks.estimate_speed [--runs N] [--trial STUDY:TRIAL] [--out FILE]

The four published models of the shared folder, a candidate file with its front end, and with
`--trial` a trial of a study. Runs of all take turns; one before them fills the caches of Python's
compiled files. Beside them `nas --help`, and Python alone.
"""

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from nas.files import write_text
from tests.benchmarks.machine import machine, versions
from tests.paths import shared

OUT = Path("results/benchmarks/estimate_speed.md")
WANTED_S = 0.5
MODELS = ("kws", "ad", "ic_resnet", "person_detect")
PACKAGES = ("typer", "rich", "pydantic", "numpy", "ruamel.yaml", "tflite")


def commands(trial: str | None) -> dict[str, list[str]]:
    """Return the command of each row of the table."""
    nas = str(Path(sys.executable).with_name("nas"))
    tflm = ["--budget", "esp32", "--runtime", "tflm"]
    models = {
        f"estimate {name}.tflite, tflm on esp32": [
            *(nas, "estimate", str(shared("reference") / f"{name}.tflite"), *tflm)
        ]
        for name in MODELS
    }
    own = {"mlperf_tiny_ds_cnn": "a candidate file"} | ({trial: "a trial"} if trial else {})
    ours = {
        f"estimate {kind}, c on stm32f446{as_json}": [
            *(nas, "estimate", target, "--budget", "stm32f446", *as_json.split())
        ]
        for target, kind in own.items()
        for as_json in ("", " --json")
    }
    beside = {"--help": [nas, "--help"], "python -c pass": [sys.executable, "-c", "pass"]}
    return models | ours | beside


def seconds(command: Sequence[str]) -> float:
    """Return how long one run takes; what does not fit leaves with 4, and is a run too."""
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    start = time.perf_counter()
    done = subprocess.run(command, env=environment, capture_output=True, check=False)
    taken = time.perf_counter() - start
    if done.returncode not in (0, 4):
        raise RuntimeError(f"{' '.join(command)}: {done.stderr.decode()}")
    return taken


def measured(rows: dict[str, list[str]], runs: int) -> dict[str, list[float]]:
    """Return the seconds of each row's runs, which take turns."""
    for command in rows.values():
        seconds(command)
    turns = [{name: seconds(command) for name, command in rows.items()} for _ in range(runs)]
    return {name: [turn[name] for turn in turns] for name in rows}


def table(found: dict[str, list[float]]) -> str:
    """Return the table in Markdown."""
    lines = ["| command | median s | fastest | slowest | met |", "|---|---|---|---|---|"]
    for name, taken in found.items():
        median = float(np.median(taken))
        met = ("yes" if median < WANTED_S else "**no**") if name.startswith("estimate") else ""
        lines.append(f"| {name} | {median:.2f} | {min(taken):.2f} | {max(taken):.2f} | {met} |")
    return "\n".join(lines)


def main(arguments: Sequence[str]) -> None:
    """Measure, print and write the table."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.estimate_speed")
    parser.add_argument("--runs", type=int, default=15)
    parser.add_argument("--trial")
    parser.add_argument("--out", type=Path, default=OUT)
    options = parser.parse_args(arguments)
    found = measured(commands(options.trial), options.runs)
    text = (
        "# How long nas estimate takes\n\n"
        f"`python -m tests.benchmarks.estimate_speed`\n\n{versions(PACKAGES)}; {machine()}\n\n"
        f"Start of Python included. Wanted: under {WANTED_S} s. {options.runs} runs each, which "
        f"took turns.\n\n{table(found)}\n"
    )
    write_text(options.out, text)
    print(text)


if __name__ == "__main__":
    main(sys.argv[1:])
