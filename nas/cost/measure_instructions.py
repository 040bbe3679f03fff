"""Writes a table of instructions: ``python -m nas.cost.measure_instructions --core cortex-m4``.

Single kernels and front ends run on the emulated board at a designed set of shapes and settings;
what their loops count (`nas.cost.work`) is fitted to the instructions.
"""

import argparse
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from statistics import median
from typing import Any

from nas import files
from nas.cost.compiler import CORES, FLAGS, Compiler
from nas.cost.emulator import COUNTED, Emulated
from nas.cost.fit import fit
from nas.cost.instructions import FOLDER, source_digest
from nas.cost.probe_cases import Case, cases
from nas.cost.probe_frontend import PushCounts, count_hops, count_pushes
from nas.cost.probe_kernels import count_kernels
from nas.cost.probe_settings import designed_settings
from nas.cost.work import WORK, front_end
from nas.errors import NasError
from nas.frontend import KINDS, FrontEndSettings

__all__ = ["main", "measure"]

Row = dict[str, Any]
SIGNIFICANT = 6
LISTENERS = 16
"""Settings at which the whole listener is counted, a program each."""
CLIP_MS = 1_000


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
    fft, front_ends = _front_ends(board)
    return {
        "core": core,
        "compiler": Compiler(target.compiler, target, (), Path()).version(),
        "emulator": board.version(),
        "board": " ".join(board.machine.arguments),
        "flags": " ".join((*FLAGS, *target.flags)),
        "sources": source_digest(),
        "kernels": _kernels(board),
        "front_ends": front_ends,
        "stages": _stages(board),
        "fft": {str(length): count for length, count in fft.items()},
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


def _front_ends(board: Emulated) -> tuple[dict[int, int], Mapping[str, Row]]:
    """Return the FFT's instructions by length, and the fit of each kind's push."""
    rows: dict[str, Row] = {}
    lengths: dict[int, int] = {}
    for name, kind in KINDS.items():
        settings = designed_settings(kind)
        lengths, pushes = count_pushes(settings, board)
        rows[name] = _push_fit(settings, pushes, lengths)
    return lengths, rows


def _push_fit(
    settings: Sequence[FrontEndSettings], pushes: Sequence[PushCounts], fft: Mapping[int, int]
) -> Row:
    """Return the fit of what a push takes beside its FFTs; errors are shares of the push."""
    work = front_end.FRONT_ENDS[settings[0].kind]
    ffts = [work.ffts * fft[one.n_fft] if work.ffts else 0 for one in settings]
    rest = [push.noise - own for push, own in zip(pushes, ffts, strict=True)]
    row = _fitted(work.names, [work.count(one) for one in settings], rest, settings, known=ffts)
    shares = [other / push.noise - 1.0 for push in pushes for other in push.others]
    return {**row, "spread": [round(min(shares), 4), round(max(shares), 4)]}


def _stages(board: Emulated) -> Mapping[str, Row]:
    """Return the fits of what no kind changes, from hops of one kind."""
    every = [replace(one, clip_ms=CLIP_MS) for one in designed_settings(KINDS["log_mel"])]
    odd = [one for one in every if one.hop_length % 2]
    even = [one for one in every if one.hop_length % 2 == 0]
    settings = [*even[: LISTENERS // 2], *odd[: LISTENERS // 2]]
    hops, (_, pushes) = count_hops(settings, board), count_pushes(settings, board)
    rest = [hop.hop - push.noise for hop, push in zip(hops, pushes, strict=True)]
    listened = [front_end.listener(one) for one in settings]
    decided = [front_end.decision(one) for one in settings]
    known = [push.noise for push in pushes]
    return {
        "listener": _fitted(front_end.LISTENER, listened, rest, settings, known=known),
        "decision": _fitted(front_end.DECISION, decided, [one.decision for one in hops], settings),
    }


def _fitted(
    names: tuple[str, ...],
    counts: Sequence[tuple[int, ...]],
    measured: Sequence[int],
    what: Sequence[Case | FrontEndSettings],
    known: Sequence[int] | None = None,
) -> Row:
    """Return a fit to `measured`; errors are shares of it and of what is `known` beside it."""
    found = fit(counts, measured)
    wholes = [a + b for a, b in zip(measured, known or [0] * len(measured), strict=True)]
    errors = [
        abs(error) * part / whole
        for error, part, whole in zip(found.errors, measured, wholes, strict=True)
    ]
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
    rows = {**table["kernels"], **table["front_ends"], **table["stages"]}
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
