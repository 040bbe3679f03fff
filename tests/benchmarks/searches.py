"""One table of several finished searches: accuracies, costs estimated and built, their fronts.

    python -m tests.benchmarks.searches NAME STUDY [STUDY ...] [-- TRAINING ...]

Reads what `nas search` left (and `nas train`, after `--`: baselines, compared clip by clip with
the first studies in order) and writes results/benchmarks/NAME.md.
"""

import json
import re
import sys
from pathlib import Path
from statistics import mean, stdev
from typing import Any

import pandas as pd

from nas.commands.read import compare
from nas.files import write_text
from nas.frontend import settings_of
from nas.scores import wilson_interval

FRONT = ["trial", "family", "val_loss", "val_accuracy", "rom_bytes", "ram_bytes", "macs"]
COSTS = ("rom_bytes", "ram_bytes", "macs", "constant_bytes", "arena_bytes")


def read(path: Path) -> dict[str, Any]:
    return json.loads(path.read_text())


def command(study: Path) -> str:
    """Return the command of a study, without the places that only one machine has."""
    text = read(study / "study.json")["command"]
    text = re.sub(r" --results \S+", "", text)
    return re.sub(r"/\S*/shared/", "../shared/", text)


def row(result: dict[str, Any], name: str) -> str:
    test, front_end = result["test"], result["candidate"]["frontend"]
    low, high = test["interval"]
    features = (
        f"{settings_of(front_end).words} {front_end['window_ms']}/{front_end['hop_ms']} ms "
        f"{front_end['clip_ms']} ms"
    )
    return (
        f"| {name} | {result['candidate']['family']} | {features} | {test['float_accuracy']:.4f} "
        f"| {test['int8_accuracy']:.4f} | {low:.3f} to {high:.3f} "
        f"| {result['estimated']['macs']:,} | {result['estimated']['constant_bytes']:,} |"
    )


def accuracies(results: list[dict[str, Any]]) -> list[str]:
    values = [result["test"]["int8_accuracy"] for result in results]
    n = results[0]["test"]["n"]
    hits = sum(sum(result["test"]["right"]) for result in results)
    low, high = wilson_interval(round(hits / len(results)), n)
    spread = f", standard deviation over seeds {stdev(values):.4f}" if len(values) > 1 else ""
    return [
        "",
        f"Mean int8 test accuracy of {len(values)} seeds: **{mean(values):.4f}** ({n} clips; "
        f"95 % interval of one model at the mean {low:.3f} to {high:.3f}{spread}).",
    ]


def costs(studies: list[Path], results: list[dict[str, Any]]) -> list[str]:
    lines = [
        "",
        "## Estimated against built",
        "",
        "| study | quantity | estimated | built | ratio |",
    ]
    lines.append("|---|---|---|---|---|")
    for study, result in zip(studies, results, strict=True):
        for key in COSTS:
            first, second = result["estimated"][key], result["built"][key]
            lines.append(
                f"| {study.name} | {key} | {first:,} | {second:,} | {second / first:.3f} |"
            )
    built = results[0]["built"]
    return [*lines, "", f"Built for {built['compiled_for']} with {built['compiler']}."]


def search_steps(studies: list[Path]) -> list[str]:
    lines = ["", "## Candidates and what they took", ""]
    head = (
        "| study | rejected before training | trained | to the top rung | price ms | record ms |"
    )
    lines += [head, "|---|---|---|---|---|---|"]
    for study in studies:
        stats = read(study / "search_stats.json")
        lines.append(
            f"| {study.name} | {stats['rejected_total']:,} | {stats['trained']} "
            f"| {stats['complete']} | {stats['price_ms']['median']:.2f} "
            f"| {stats['record_ms']['median']:.2f} |"
        )
    return [*lines, "", "Medians a candidate, while two workers trained."]


def fronts(studies: list[Path]) -> list[str]:
    lines = []
    for study in studies:
        frame = pd.read_csv(study / "front.csv")[FRONT].head(12)
        lines += ["", f"## Front of {study.name}", "", f"| {' | '.join(FRONT)} |"]
        lines.append("|" + "---|" * len(FRONT))
        for one in frame.to_dict("records"):
            cells = [str(one["trial"]), one["family"], f"{one['val_loss']:.3f}"]
            cells += [f"{one['val_accuracy']:.3f}"]
            cells += [f"{int(one[key]):,}" for key in FRONT[4:]]
            lines.append(f"| {' | '.join(cells)} |")
    return lines


def baselines(studies: list[Path], trainings: list[Path]) -> list[str]:
    lines = ["", "## Beside baselines, clip by clip", ""]
    head = (
        "| study | baseline | int8 | baseline int8 | points | 95 % interval | MACs | their MACs |"
    )
    lines += [head, "|---|---|---|---|---|---|---|---|"]
    for index, training in enumerate(trainings):
        study = studies[index % len(studies)]
        found = compare(study, training)
        low, high = found.interval
        lines.append(
            f"| {study.name} | {training.name} | {found.first:.4f} | {found.second:.4f} "
            f"| {100 * found.difference:+.2f} | {100 * low:+.2f} to {100 * high:+.2f} "
            f"| {found.macs[0]:,} | {found.macs[1]:,} |"
        )
    return lines


def main(name: str, *words: str) -> None:
    split = words.index("--") if "--" in words else len(words)
    studies, trainings = [Path(w) for w in words[:split]], [Path(w) for w in words[split + 1 :]]
    results = [read(study / "winner" / "result.json") for study in studies]
    settings = read(studies[0] / "study.json")
    lines = [f"# Searches: {name}", ""]
    lines += [f"`{command(study)}`  " for study in studies]
    lines += ["", f"Versions: {', '.join(f'{k} {v}' for k, v in settings['versions'].items())}."]
    if settings["data"]["synthetic"]:
        lines.append("Synthetic data: these figures say nothing of recordings.")
    if settings["data"]["same_speaker"]:
        lines.append("Published split, same speakers on both sides.")
    lines += [
        "",
        "| study | family | features | float | int8 | 95 % interval | MACs | constants |",
    ]
    lines.append("|---|---|---|---|---|---|---|---|")
    lines += [row(result, study.name) for study, result in zip(studies, results, strict=True)]
    lines += [*accuracies(results), *costs(studies, results), *search_steps(studies)]
    if trainings:
        lines += baselines(studies, trainings)
    write_text(
        Path("results/benchmarks") / f"{name}.md", "\n".join(lines + fronts(studies)) + "\n"
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
