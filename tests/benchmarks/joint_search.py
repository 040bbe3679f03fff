"""What it brings to search the features with the network: beside features that are fixed.

    python -m tests.benchmarks.joint_search run FOLDER [--minutes M] [--seeds N] [--data-root R]
    python -m tests.benchmarks.joint_search table FOLDER

``run`` starts two searches at a time on speech_commands, the same seed, minutes and budget, one
worker each: features fixed at 40 log-mels of 30/20 ms, and all kinds of front end with their
ranges. Running side by side, both have the same machine. ``table`` writes
results/benchmarks/joint_search.md from what they left.
"""

import argparse
import json
import subprocess
import sys
from pathlib import Path
from statistics import mean
from typing import Any

from ruamel.yaml import YAML

from nas.commands.read import compare
from nas.files import write_text
from nas.frontend import settings_of
from tests.benchmarks.machine import machine, versions

SPACE = Path("search_spaces") / "default.yaml"
OUT = Path("results") / "benchmarks" / "joint_search.md"
ARMS = ("fixed", "joint")
READING = """The winner is the cheapest within one standard error of the lowest int8 validation
loss; the test split is read once, after that.
"""
FIXED = {
    "sample_rate_hz": [16_000],
    "window_ms": [30],
    "hop_ms": [20],
    "kinds": {"log_mel": {"n_mels": [40], "fmin_hz": [20], "fmax_hz": [7_600]}},
}


def spaces(folder: Path) -> dict[str, Path]:
    """Write the space of fixed features; the joint one is the default, with one clip length."""
    yaml = YAML(typ="safe")
    space: dict[str, Any] = yaml.load(SPACE)
    made = {}
    for arm, front_end in (("fixed", FIXED), ("joint", space["frontend"])):
        made[arm] = folder / f"{arm}.yaml"
        with made[arm].open("w") as file:
            yaml.dump({**space, "frontend": front_end}, file)
    return made


def run(folder: Path, *, minutes: float, seeds: int, data_root: str) -> None:
    """Run the pairs of searches, a seed after the other; both of a pair at once."""
    folder.mkdir(parents=True, exist_ok=True)
    files = spaces(folder)
    for seed in range(seeds):
        running = [
            start(folder, arm, files[arm], seed, minutes=minutes, data_root=data_root)
            for arm in ARMS
        ]
        codes = [one.wait() for one in running]
        sys.stderr.write(f"seed {seed}: exit codes {codes}\n")


def start(
    folder: Path, arm: str, space: Path, seed: int, *, minutes: float, data_root: str
) -> "subprocess.Popen[bytes]":
    words = ["search", "--budget", "esp32", "--data", "speech_commands", "--data-root", data_root]
    words += ["--space", str(space), "--minutes", str(minutes), "--seed", str(seed)]
    words += ["--workers", "1", "--results", str(folder), "--study", f"{arm}-s{seed}"]
    with (folder / f"{arm}-s{seed}.log").open("wb") as log:
        return subprocess.Popen([sys.executable, "-m", "nas.cli", *words], stdout=log, stderr=log)


def table(folder: Path) -> str:
    """Return the page: what each search found, and the differences."""
    studies = {arm: sorted(folder.glob(f"{arm}-s*/winner/result.json")) for arm in ARMS}
    rows = [row(path) for arm in ARMS for path in studies[arm]]
    pairs = [
        pair(first.parents[1], second.parents[1])
        for first, second in zip(studies["fixed"], studies["joint"], strict=True)
    ]
    return "\n".join(
        [
            "# Features fixed against features searched",
            "",
            "`python -m tests.benchmarks.joint_search run FOLDER`, then `table FOLDER`",
            "",
            f"{versions(('tensorflow', 'optuna', 'numpy'))}; {machine()}.",
            "",
            "speech_commands (8 classes, unseen speakers), `--budget esp32`, the same minutes and",
            "one worker each, both searches of a seed side by side. Latency: last hop and",
            "network, estimated for our C on an ESP32.",
            "",
            "| search | trained | features | family | float | int8 test | 95 % interval "
            "| hop ms | latency ms | load | MACs | ROM | RAM |",
            "|---|---|---|---|---|---|---|---|---|---|---|---|---|",
            *rows,
            "",
            "| seed | joint - fixed, points | 95 % interval | latency, joint / fixed |",
            "|---|---|---|---|",
            *[text for text, _, _ in pairs],
            "",
            f"Mean difference **{100 * mean(p for _, p, _ in pairs):+.2f} points**, mean ratio of "
            f"latency **{mean(r for _, _, r in pairs):.2f}**.",
            "",
            READING,
        ]
    )


def row(path: Path) -> str:
    result, study = json.loads(path.read_text()), path.parents[1]
    test, built, front_end = result["test"], result["built"], result["candidate"]["frontend"]
    low, high = test["interval"]
    trained = json.loads((study / "search_stats.json").read_text())["trained"]
    return (
        f"| {study.name} | {trained} | {settings_of(front_end).words} {front_end['window_ms']}/"
        f"{front_end['hop_ms']} ms, {front_end['sample_rate_hz']} Hz "
        f"| {result['candidate']['family']} | {test['float_accuracy']:.4f} "
        f"| {test['int8_accuracy']:.4f} | {low:.3f} to {high:.3f} | {front_end['hop_ms']} "
        f"| {built['latency_ms']:.0f} | {built['load']:.2f} | {built['macs']:,} "
        f"| {built['rom_bytes']:,} | {built['ram_bytes']:,} |"
    )


def pair(fixed: Path, joint: Path) -> tuple[str, float, float]:
    found = compare(joint, fixed)
    low, high = found.interval
    times = [
        json.loads((study / "winner" / "result.json").read_text())["built"]["latency_ms"]
        for study in (joint, fixed)
    ]
    ratio = times[0] / times[1]
    name = joint.name.rpartition("-s")[2]
    span = f"{100 * low:+.2f} to {100 * high:+.2f}"
    text = f"| {name} | {100 * found.difference:+.2f} | {span} | {ratio:.2f} |"
    return text, found.difference, ratio


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("step", choices=("run", "table"))
    parser.add_argument("folder", type=Path)
    parser.add_argument("--minutes", type=float, default=15.0)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--data-root", default="../shared/data/speech_commands")
    given = parser.parse_args()
    if given.step == "run":
        run(given.folder, minutes=given.minutes, seeds=given.seeds, data_root=given.data_root)
    else:
        write_text(OUT, table(given.folder))


if __name__ == "__main__":
    main()
