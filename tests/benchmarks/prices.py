"""Prices against what was built: random candidates, and the four published models.

    python -m tests.benchmarks.prices [--per-family N] [--cache DIR] [--out FILE]

Each candidate is one that no fit has seen. It is priced from its choices, converted through the
pipeline that ships a winner (without training), read back, given to tflite-micro, exported as C,
compiled for Cortex-M4 and RV32, and run there in emulation. Conversions (a few seconds each) and
measurements are kept in DIR by digest of what they depend on: stop it and start it again.
"""

import argparse
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from nas.cost.compiler import CORES, FLAGS, Compiler
from nas.cost.emulator import Emulated
from nas.errors import UnsupportedOpError
from nas.export.model_c import model_sources
from nas.files import write_text
from nas.tflite import read
from tests.benchmarks.machine import machine, versions
from tests.benchmarks.prices_convert import Candidates, Converted, convert
from tests.benchmarks.prices_measured import measured
from tests.benchmarks.prices_reference import reference_lines
from tests.benchmarks.prices_rows import BOARDS, Row, checked, priced
from tests.benchmarks.prices_table import candidate_table, missed_table
from tests.random_candidates import HELD_OUT, N_CLASSES

FAMILIES = ("conv1d", "ds_cnn", "separable_conv2d")
OUT = Path("results/benchmarks/prices.md")
CACHE = Path("build/prices")
PACKAGES = (
    *("tensorflow", "tf_keras", "tensorflow-model-optimization"),
    *("tflite-micro", "ai-edge-litert", "numpy"),
)


def rows_of(converted: Sequence[Converted], cache_dir: Path) -> list[Row]:
    """Return every row of every candidate, saying on standard error how far it is."""
    rows = []
    for number, one in enumerate(converted, 1):
        rows += checked(one, measured(one, cache_dir))
        missed = sorted({row.key for row in rows if row.name == one.name and not row.met})
        told = f"missed {', '.join(missed)}" if missed else "all met"
        print(f"{number}/{len(converted)} {one.name}: {told}", file=sys.stderr, flush=True)
    return rows


def refusal(one: Converted) -> str | None:
    """Return why the exporter refuses the network: untrained, its scales can be absurd."""
    try:
        model_sources(read(one.path), labels=["class"] * N_CLASSES, model_digest="0" * 64)
    except UnsupportedOpError as error:
        return str(error)
    return None


def report(
    converted: Sequence[Converted],
    rows: Sequence[Row],
    refused: Mapping[str, str],
    reference: list[str],
) -> str:
    """Return the page."""
    networks = {one.name: _network(one) for one in converted}
    checks = len(rows)
    missed = sum(not row.met for row in rows)
    lines = [
        "# Prices against what was built",
        "",
        f"`python -m tests.benchmarks.prices {' '.join(sys.argv[1:])}".rstrip() + "`",
        "",
        f"{versions(PACKAGES)}; {'; '.join(_tools())}; C with `{' '.join(FLAGS)}`; {machine()}.",
        "",
        f"## {len(converted)} random candidates",
        "",
        f"Seeds from {HELD_OUT:,} on: none was used for a fit. {_spread(converted)} "
        "Not trained: weights, biases and batch norms are random. An error is "
        "priced / measured - 1; each family's column is its lowest and highest.",
        "",
        *(f"Left out: {name}, which the exporter refuses ({refused[name]})." for name in refused),
        "",
        *candidate_table(rows),
        "",
        f"### Missed: {missed} of {checks:,} checks",
        "",
        *missed_table(rows, networks.__getitem__),
        "",
        *reference,
    ]
    return "\n".join(lines) + "\n"


def _network(one: Converted) -> str:
    values = priced(one.graph, one.candidate.frontend)
    return f"{len(one.graph.nodes)} ops, {values['macs']:,.0f} MACs"


def _spread(converted: Sequence[Converted]) -> str:
    ops = [len(one.graph.nodes) for one in converted]
    prices = [priced(one.graph, one.candidate.frontend) for one in converted]
    texts = [
        f"{min(v[key] for v in prices):,.0f} to {max(v[key] for v in prices):,.0f} {unit}"
        for key, unit in (("macs", "MACs"), ("model_bytes", "bytes of `.tflite`"))
    ]
    front_ends = len({one.candidate.frontend for one in converted})
    return f"{min(ops)} to {max(ops)} ops, {', '.join(texts)}, {front_ends} front ends."


def _tools() -> list[str]:
    """Return the first line of each compiler's and emulator's version."""
    compilers = [Compiler(CORES[core].compiler, CORES[core], (), Path()) for core in BOARDS]
    return [
        *(compiler.version() for compiler in compilers),
        *dict.fromkeys(Emulated(core).version() for core in BOARDS),
    ]


def main(arguments: Sequence[str]) -> int:
    """Measure, write the page; returns 1 where a price misses."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.prices")
    parser.add_argument("--per-family", type=int, default=34)
    parser.add_argument("--cache", type=Path, default=CACHE)
    parser.add_argument("--out", type=Path, default=OUT)
    options = parser.parse_args(arguments)
    wanted = [Candidates(family, options.per_family) for family in FAMILIES]
    converted = [one for family in wanted for one in convert(family, options.cache)]
    refused = {one.name: why for one in converted if (why := refusal(one))}
    exported = [one for one in converted if one.name not in refused]
    rows = rows_of(exported, options.cache)
    reference = reference_lines()
    write_text(options.out, report(exported, rows, refused, reference.lines))
    return 0 if reference.met and all(row.met for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
