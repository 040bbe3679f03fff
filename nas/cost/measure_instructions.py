"""Writes a table of instructions: ``python -m nas.cost.measure_instructions --core cortex-m4``.

Single kernels and the front end's stages run on the emulated board at a designed set of shapes;
what their loops count (`nas.cost.work`) is fitted to the instructions.
"""

import argparse
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Any

from nas import files
from nas.cost.compiler import CORES, FLAGS, Compiler
from nas.cost.emulator import COUNTED, Emulated
from nas.cost.fit import fit
from nas.cost.instructions import FOLDER, source_digest
from nas.cost.probe_cases import Case, cases
from nas.cost.probe_frontend import SETTINGS, HopCounts, count_front_ends
from nas.cost.probe_kernels import count_kernels
from nas.cost.work import WORK, front_end
from nas.errors import NasError
from nas.frontend import LogMelSettings

__all__ = ["main", "measure"]

Row = dict[str, Any]
SIGNIFICANT = 6


def main(arguments: list[str] | None = None) -> int:
    """Measure one core, or all, and write the tables; returns the exit code."""
    options = _parser().parse_args(arguments)
    try:
        for core in [options.core] if options.core else sorted(COUNTED):
            path = options.out / f"{core}.json"
            table = measure(core)
            files.write_json(path, table)
            sys.stdout.write(f"{path}: {_worst(table)}\n")
    except NasError as error:
        sys.stderr.write(f"error: {error}\n")
        return error.exit_code
    return 0


def measure(core: str) -> Row:
    """Return the table of `core`, one of `nas.cost.emulator.COUNTED`.

    Raises:
        ConfigError: no compiler or emulator. BuildError: the C does not compile. CheckError: a
            program did not end well.
    """
    board, target = Emulated(core), CORES[core]
    hops = count_front_ends(SETTINGS, board)
    return {
        "core": core,
        "compiler": Compiler(target.compiler, target, (), Path()).version(),
        "emulator": board.version(),
        "board": " ".join(board.machine.arguments),
        "flags": " ".join((*FLAGS, *target.flags)),
        "sources": source_digest(),
        "kernels": _kernels(board),
        "stages": _stages(hops),
        "fft": _fft(hops),
    }


def _kernels(board: Emulated) -> Mapping[str, Row]:
    """Return the fit of each kind of op; all cases run as one program."""
    drawn = {kind: cases(kind) for kind, work in WORK.items() if work.names}
    every = list(dict.fromkeys(case for group in drawn.values() for case in group))
    counted = dict(zip(every, count_kernels(every, board), strict=True))
    return {
        kind.__name__: _fitted(
            WORK[kind].names,
            [WORK[kind].count(case.op, case.source, case.target) for case in group],
            [counted[case] for case in group],
            group,
        )
        for kind, group in drawn.items()
    }


def _stages(hops: Sequence[HopCounts]) -> Mapping[str, Row]:
    stages: Mapping[str, tuple[tuple[str, ...], Callable[..., tuple[int, ...]], list[int]]] = {
        "window": (front_end.WINDOW, front_end.window, [hop.window for hop in hops]),
        "mel": (front_end.MEL, front_end.mel, [hop.mel for hop in hops]),
        "ring": (front_end.RING, front_end.ring, [hop.ring for hop in hops]),
        "decision": (front_end.DECISION, front_end.decision, [hop.decision for hop in hops]),
    }
    return {
        name: _fitted(names, [count(one) for one in SETTINGS], measured, SETTINGS)
        for name, (names, count, measured) in stages.items()
    }


def _fft(hops: Sequence[HopCounts]) -> Mapping[str, float]:
    """Return the mean by length: settings of one length differ by a few, from their data."""
    lengths = sorted({one.n_fft for one in SETTINGS})
    by_length = {
        length: [hop.fft for one, hop in zip(SETTINGS, hops, strict=True) if one.n_fft == length]
        for length in lengths
    }
    return {str(length): sum(counts) / len(counts) for length, counts in by_length.items()}


def _fitted(
    names: tuple[str, ...],
    counts: Sequence[tuple[int, ...]],
    measured: Sequence[int],
    what: Sequence[Case | LogMelSettings],
) -> Row:
    found = fit(counts, measured)
    errors = [abs(error) for error in found.errors]
    worst = errors.index(max(errors))
    return {
        "coefficients": {
            name: float(f"{value:.{SIGNIFICANT}g}")
            for name, value in zip(names, found.coefficients, strict=True)
        },
        "cases": len(measured),
        "median_error": round(median(errors), 5),
        "worst_error": round(errors[worst], 5),
        "worst_case": str(what[worst]),
    }


def _worst(table: Row) -> str:
    rows = {**table["kernels"], **table["stages"]}
    name = max(rows, key=lambda key: rows[key]["worst_error"])
    error, size = rows[name]["worst_error"], sum(row["cases"] for row in rows.values())
    return f"{size} cases, worst error {error:.1%} ({name})"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m nas.cost.measure_instructions", description=__doc__
    )
    parser.add_argument("--core", choices=sorted(COUNTED), help="default: all of them")
    parser.add_argument("--out", type=Path, default=FOLDER, help="default: the committed tables")
    return parser


if __name__ == "__main__":
    sys.exit(main())
