"""Instructions of our portable C on a core: of a node of the network, a hop, a decision.

Counts of the C's loops (`nas.cost.work`) times coefficients from the committed tables, which
``python -m nas.cost.measure_instructions`` fits to single kernels on emulated boards.
They are instructions, not cycles.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from operator import mul
from pathlib import Path
from typing import Any

from nas.config import resource_dir
from nas.cost.by_op import entry, of_each
from nas.cost.work import WORK, front_end
from nas.errors import ConfigError
from nas.files import digest
from nas.frontend import FrontEndSettings
from nas.graph.graph import Graph, Node

__all__ = [
    "Instructions",
    "decision_instructions",
    "graph_instructions",
    "hop_instructions",
    "hop_spread",
    "is_measured",
    "load_instructions",
    "node_instructions",
    "push_instructions",
    "source_digest",
    "table_name",
]

FOLDER = Path(__file__).parent / "instructions"
AREAS = ("kernels", "frontend", "app", "include/nas")

SAME_CODE = {
    "cortex-m0": "cortex-m0",
    "cortex-m0plus": "cortex-m0",
    "cortex-m3": "cortex-m3",
    "cortex-m4": "cortex-m4",
    "cortex-m4f": "cortex-m4",
    "cortex-m7": "cortex-m7",
    "rv32imc": "rv32imc",
    "rv32imac": "rv32imc",
}
"""Core of a board -> core that was counted and knows the same instructions that our C uses."""

STAND_INS = {
    "cortex-m33": "cortex-m4",
    "cortex-m55": "cortex-m4",
    "xtensa-lx106": "rv32imc",
    "xtensa-lx6": "rv32imc",
    "xtensa-lx7": "rv32imc",
}
"""Core of a board -> core that was counted in its place. Nothing here emulates Xtensa's LX6 and
LX7; the RV32 is the other core with 32-bit loads, no flags and no multiply-add."""


@dataclass(frozen=True, eq=False)
class Instructions:
    """The table of one core.

    Attributes:
        core: the core that was counted.
        kernels: by op: instructions a unit of what `nas.cost.work` counts.
        front_ends: by kind of front end: likewise of a push, without its FFT.
        spreads: by kind: how far less and more, as shares, a push took on other sounds than noise.
        stages: likewise of a hop apart from the push, and of a decision: listener, decision.
        fft: instructions by FFT length.
        sources: digest of the C that was counted.
    """

    core: str
    kernels: Mapping[str, tuple[float, ...]]
    front_ends: Mapping[str, tuple[float, ...]]
    spreads: Mapping[str, tuple[float, float]]
    stages: Mapping[str, tuple[float, ...]]
    fft: Mapping[int, float]
    sources: str


def table_name(core: str) -> str:
    """Return the counted core that stands for a board's `core`.

    Raises:
        ConfigError: no such core; lists those there are.
    """
    found = SAME_CODE.get(core) or STAND_INS.get(core)
    if found is None:
        known = ", ".join([*SAME_CODE, *STAND_INS])
        raise ConfigError(f"device.core: no instruction counts for `{core}`; known: {known}")
    return found


def is_measured(core: str) -> bool:
    """Return whether `core` itself was counted; False where another core stands in."""
    return core in SAME_CODE


def graph_instructions(graph: Graph, core: str) -> list[float]:
    """Return the instructions of each node for one inference.

    Raises:
        As `node_instructions`.
    """
    kernels = load_instructions(core).kernels
    counts = of_each(COUNTS, graph, QUANTITY)
    return [
        _times(kernels[type(node.op).__name__], count) if count else 0.0
        for node, count in zip(graph.nodes, counts, strict=True)
    ]


def node_instructions(graph: Graph, node: Node, core: str) -> float:
    """Return the instructions of one call of the node's kernel on a board's `core`.

    Raises:
        UnsupportedOpError: an op without a count. ConfigError: no such core, or no table.
    """
    op, tensors = node.op, graph.tensors
    work = entry(WORK, node, QUANTITY)
    if not work.names:
        return 0.0
    coefficients = load_instructions(core).kernels[type(op).__name__]
    counts = work.count(op, tensors[node.inputs[0]].shape, tensors[node.output].shape)
    return _times(coefficients, counts)


@lru_cache(maxsize=4096)
def hop_instructions(settings: FrontEndSettings, core: str) -> float:
    """Return the instructions of one hop: recording its samples, moving them, and one frame.

    Raises:
        ConfigError: no such core, a kind or an FFT length that was not counted.
    """
    table = load_instructions(core)
    listening = _times(table.stages["listener"], front_end.listener(settings))
    return listening + push_instructions(settings, core)


def push_instructions(settings: FrontEndSettings, core: str) -> float:
    """Return the instructions of the push of a hop alone: the part that is the kind's.

    Raises:
        ConfigError: as `hop_instructions`.
    """
    table = load_instructions(core)
    work = front_end.FRONT_ENDS.get(settings.kind)
    if work is None or settings.kind not in table.front_ends:
        raise _uncounted("frontend.kind", settings.kind, sorted(table.front_ends))
    if work.ffts and settings.n_fft not in table.fft:
        raise _uncounted("n_fft", settings.n_fft, sorted(table.fft))
    own = _times(table.front_ends[settings.kind], work.count(settings))
    return own + (work.ffts * table.fft[settings.n_fft] if work.ffts else 0.0)


def _uncounted(name: str, value: object, known: Sequence[object]) -> ConfigError:
    return ConfigError(
        f"{name} {value}: no instruction count; counted: {', '.join(map(str, known))}"
    )


def hop_spread(kind: str, core: str) -> tuple[float, float]:
    """Return the least and the most that a push took over its price, as shares.

    Square roots, logarithms and gains depend on the sound: a price is for noise, and these are
    the extremes over quiet and full-scale noise, a full-scale square, and silence.

    Raises:
        ConfigError: no such core, or a kind that was not counted.
    """
    table = load_instructions(core)
    if kind not in table.spreads:
        raise _uncounted("frontend.kind", kind, sorted(table.spreads))
    return table.spreads[kind]


def decision_instructions(settings: FrontEndSettings, core: str) -> float:
    """Return what a decision adds to its last hop besides the network: filling its input.

    Raises:
        ConfigError: no such core.
    """
    return _times(load_instructions(core).stages["decision"], front_end.decision(settings))


def _times(coefficients: tuple[float, ...], counts: tuple[int, ...]) -> float:
    return float(sum(map(mul, coefficients, counts)))


@cache
def load_instructions(core: str) -> Instructions:
    """Return the table that stands for a board's `core`; each file is read once."""
    name = table_name(core)
    path = FOLDER / f"{name}.json"
    try:
        return _parsed(name, json.loads(path.read_text(encoding="utf-8")))
    except OSError:
        raise ConfigError(
            f"{path}: not measured yet; run python -m nas.cost.measure_instructions --core {name}"
        ) from None


def _parsed(core: str, table: dict[str, Any]) -> Instructions:
    front_ends = {k: row for k, row in table["front_ends"].items() if k in front_end.FRONT_ENDS}
    return Instructions(
        core,
        {op: _ordered(row, WORK_NAMES[op]) for op, row in table["kernels"].items()},
        {
            kind: _ordered(row, front_end.FRONT_ENDS[kind].names)
            for kind, row in front_ends.items()
        },
        {kind: (row["spread"][0], row["spread"][1]) for kind, row in front_ends.items()},
        {name: _ordered(row, STAGE_NAMES[name]) for name, row in table["stages"].items()},
        {int(length): count for length, count in table["fft"].items()},
        table["sources"],
    )


WORK_NAMES = {op.__name__: work.names for op, work in WORK.items()}
COUNTS = {op: work.count for op, work in WORK.items()}
QUANTITY = "count of instructions"
STAGE_NAMES = {
    "listener": front_end.LISTENER,
    "decision": front_end.DECISION,
}


def _ordered(row: Mapping[str, Any], names: tuple[str, ...]) -> tuple[float, ...]:
    return tuple(row["coefficients"][name] for name in names)


def source_digest(firmware: Path | None = None) -> str:
    """Return the digest of all C that the tables count; a table of other sources is stale."""
    root = firmware or resource_dir("firmware")
    files = [path for area in AREAS for path in sorted((root / area).glob("*.[ch]"))]
    return digest({str(path.relative_to(root)): path.read_text("utf-8") for path in files})
