"""Every kind of front end: the same bytes everywhere, its price against boards, and a fuzzer.

    NAS_SHARED=... python -m tests.benchmarks.front_ends --settings 200 --fuzz-seconds 600

C on this host (-O0, -O3) and on emulated Cortex-M0, M4 and RV32 against NumPy, at random settings
over all that a kind accepts; instructions of held-out settings against their price. Some minutes
on one core besides the fuzzer. Writes results/benchmarks/front_ends.md.
"""

import argparse
import platform
from collections.abc import Iterator, Sequence
from dataclasses import fields, replace
from importlib.metadata import version
from pathlib import Path
from statistics import median

import numpy as np

from nas.cost.emulator import COUNTED, Emulated
from nas.cost.instructions import hop_spread, push_instructions
from nas.cost.probe_frontend import count_hops, count_pushes
from nas.cost.probe_settings import random_settings
from nas.files import write_text
from nas.frontend import KINDS, FrontEndSettings
from nas.frontend.kind import Kind
from nas.frontend.sizes import sizes
from tests.frontend.boards import SOUNDS, Board, Found, Host, prove
from tests.frontend.fuzz import fuzz

OUT = Path("results/benchmarks/front_ends.md")
SEED = 2_025
BATCH = 25
PRICED = 40
"""Held-out settings of a kind that are counted on each core."""
BOARDS: tuple[Board, ...] = (
    *(Host("-O0"), Host("-O3"), Emulated("cortex-m0"), Emulated("cortex-m4")),
    Emulated("rv32imc"),
)
TFLM_HOP, TFLM_STATE = 84_599, 11_384
"""TFLM's microfrontend on an emulated Cortex-M4: 30/20 ms, 40 channels, 16 kHz."""
USUAL = {"window_ms": 30, "hop_ms": 20, "n_mels": 40, "n_channels": 40}


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--settings", type=int, default=200)
    parser.add_argument("--fuzz-seconds", type=float, default=600.0)
    parser.add_argument("--seed", type=int, default=SEED)
    options = parser.parse_args(arguments)
    parts = [
        *opening(options.settings),
        *said(usual_table()),
        *said(proof_table(options.settings, options.seed)),
        *said(price_table(options.seed + 1)),
        *said(fuzz_lines(options.fuzz_seconds, options.seed)),
    ]
    write_text(OUT, "\n".join(parts) + "\n")


def said(lines: Iterator[str]) -> Iterator[str]:
    for line in lines:
        print(line, flush=True)
        yield line


def opening(count: int) -> list[str]:
    return [
        "# Front ends",
        "",
        f"`python -m tests.benchmarks.front_ends --settings {count}`; "
        f"{Emulated('cortex-m4').version()}, numpy {version('numpy')}, {platform.machine()} host.",
        "Settings are random over all that a kind accepts: rates of 4 to 48 kHz, windows of 1 to "
        "64 ms, FFTs of 64 to 2,048 points, every option. Instructions are not cycles.",
        "",
    ]


def usual(kind: Kind) -> FrontEndSettings:
    """Return 30/20 ms with 40 bands at 16 kHz, or 20/20 ms where frames must touch."""
    names = {field.name for field in fields(kind.settings)}
    settings = kind.settings(**{k: v for k, v in USUAL.items() if k in names})
    return settings if kind.problem(settings) is None else replace(settings, window_ms=20)


def usual_table() -> Iterator[str]:
    """Instructions and bytes at one setting, against TFLM."""
    yield from (
        "## At 30/20 ms with 40 bands, 16 kHz",
        "",
        "Instructions of one push of 320 samples on noise, at each core; `other sounds`: the "
        "least and the most on the M4 over quiet and full-scale noise, a full-scale square and "
        "silence. `hop`: with recording and polling on the M4. TFLM's is the frame alone.",
        "",
        "| kind | frame | M4 | other sounds | hop | M0 | RV32 | state bytes | table bytes |",
        "|---|---|---|---|---|---|---|---|---|",
    )
    for kind in KINDS.values():
        yield usual_row(usual(kind))
    yield f"| TFLM | 30/20 ms, 40 channels | {TFLM_HOP:,} | | | | | {TFLM_STATE:,} | |"
    yield ""


def usual_row(settings: FrontEndSettings) -> str:
    cores = ("cortex-m4", "cortex-m0", "rv32imc")
    m4, m0, rv32 = (count_pushes([settings], Emulated(core))[1][0] for core in cores)
    (hop,) = count_hops([settings], Emulated("cortex-m4"))
    taken = sizes(settings)
    frame = f"{settings.window_ms}/{settings.hop_ms} ms, {settings.words}"
    return (
        f"| {settings.kind} | {frame} | {m4.noise:,} | {min(m4.others):,} to {max(m4.others):,} "
        f"| {hop.hop:,} | {m0.noise:,} | {rv32.noise:,} | {taken.state_bytes:,} "
        f"| {taken.table_bytes:,} |"
    )


def proof_table(count: int, seed: int) -> Iterator[str]:
    """Bytes of C on each board against NumPy."""
    yield from (
        "## The same bytes",
        "",
        f"{count} random settings a kind, on {', '.join(SOUNDS)}. A setting counts as equal when "
        "all bytes of all sounds are NumPy's, the stream's are the clip's, and on the 32-bit "
        "boards `sizeof` of the memory and the object file of the tables are what was priced.",
        "",
        "| kind | board | settings equal | bytes compared | stream bytes that differ |",
        "|---|---|---|---|---|",
    )
    for index, kind in enumerate(KINDS.values()):
        rng = np.random.default_rng([seed, index])
        settings = [random_settings(kind, rng) for _ in range(count)]
        for board in BOARDS:
            yield proof_row(kind.name, board, settings, proven(settings, board, seed))
    yield ""


def proven(settings: Sequence[FrontEndSettings], board: Board, seed: int) -> list[Found]:
    return [
        found
        for start in range(0, len(settings), BATCH)
        for found in prove(settings[start : start + BATCH], board, seed=seed + start)
    ]


def proof_row(
    kind: str, board: Board, settings: Sequence[FrontEndSettings], found: Sequence[Found]
) -> str:
    equal = sum(one.right(given) for one, given in zip(found, settings, strict=True))
    compared = len(SOUNDS) * sum(one.n_frames * one.n_bins for one in settings)
    differ = sum(one.stream_differs for one in found)
    name = f"host {board.level}" if isinstance(board, Host) else f"emulated {board.core}"
    return f"| {kind} | {name} | {equal} of {len(settings)} | {compared:,} | {differ} |"


def price_table(seed: int) -> Iterator[str]:
    """Priced instructions of a push against those counted."""
    yield from (
        "## Price of settings outside the fit",
        "",
        f"{PRICED} random settings a kind and core: share by which the priced push is off, and "
        "how far other sounds than noise were from noise in the fit.",
        "",
        "| kind | core | median | worst | other sounds |",
        "|---|---|---|---|---|",
    )
    for index, kind in enumerate(KINDS.values()):
        rng = np.random.default_rng([seed, index])
        settings = [random_settings(kind, rng) for _ in range(PRICED)]
        for core in COUNTED:
            yield price_row(kind.name, core, settings)
    yield ""


def price_row(kind: str, core: str, settings: Sequence[FrontEndSettings]) -> str:
    _, counts = count_pushes(settings, Emulated(core))
    errors = [
        abs(push_instructions(one, core) / count.noise - 1.0)
        for one, count in zip(settings, counts, strict=True)
    ]
    least, most = hop_spread(kind, core)
    return (
        f"| {kind} | {core} | {median(errors):.2%} | {max(errors):.2%} "
        f"| {least:+.1%} to {most:+.1%} |"
    )


def fuzz_lines(seconds: float, seed: int) -> Iterator[str]:
    result = fuzz(seed=seed, seconds=seconds)
    cases = ", ".join(f"{count:,} {kind}" for kind, count in result.cases.items())
    yield from (
        "## Fuzzed under ASan and UBSan",
        "",
        f"`python -m tests.frontend.fuzz --seconds {seconds:.0f} --seed {seed}`: {cases}; "
        f"{result.compared:,} bytes equal to NumPy's and to the stream's, no report.",
    )


if __name__ == "__main__":
    main()
