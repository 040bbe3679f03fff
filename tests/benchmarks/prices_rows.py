"""Prices of a converted candidate beside what was measured of it, quantity by quantity."""

import hashlib
import json
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cache
from pathlib import Path

import numpy as np

import nas.tflite
from nas.budget import load_budget
from nas.cost import constant_bytes, macs, price
from nas.cost.compiler import CORES, FLAGS, Compiler
from nas.cost.instructions import node_instructions
from nas.cost.tflm import model_bytes, tflm_arena_parts
from nas.export.built import built_cost
from nas.export.tree import export
from nas.files import write_json
from nas.frontend.settings import LogMelSettings
from nas.graph.graph import Graph
from nas.graph.planner import greedy_plan
from tests.benchmarks.prices_board import on_board
from tests.benchmarks.prices_convert import Converted
from tests.benchmarks.prices_micro import micro_arena
from tests.paths import REPOSITORY
from tests.random_candidates import N_CLASSES

__all__ = ["BOARDS", "QUANTITIES", "Quantity", "Row", "Rule", "checked", "measured", "priced"]

BOARDS = {"cortex-m4": "stm32f446", "rv32imc": "esp32c3"}
"""Core that is compiled for and emulated -> a board of it."""
MEASURING = (
    "nas/cost/compiler.py",
    "nas/cost/emulator.py",
    "nas/cost/stack.py",
    "nas/export/built.py",
    "tests/benchmarks/prices_board.py",
    "tests/benchmarks/prices_micro.py",
    "tests/benchmarks/prices_rows.py",
)
Values = dict[str, float]


class Rule(Enum):
    """How a price must stand to what is measured."""

    EQUAL = "equal"
    WITHIN = "within"
    NOT_BELOW = "not below"


@dataclass(frozen=True)
class Quantity:
    """What is compared.

    Attributes:
        title: as the table names it.
        rule: when a price is right.
        tolerance: part of the measured value, for WITHIN.
    """

    title: str
    rule: Rule
    tolerance: float = 0.0

    @property
    def wanted(self) -> str:
        """The rule in words."""
        return f"within {self.tolerance:.0%}" if self.rule is Rule.WITHIN else self.rule.value


@dataclass(frozen=True)
class Row:
    """One quantity of one candidate."""

    name: str
    family: str
    key: str
    priced: float
    measured: float

    @property
    def error(self) -> float:
        """By which part of the measured value the price is above it."""
        return (self.priced - self.measured) / max(abs(self.measured), 1.0)

    @property
    def met(self) -> bool:
        """Tell whether the rule of the quantity holds."""
        quantity = QUANTITIES[self.key]
        if quantity.rule is Rule.NOT_BELOW:
            return self.priced >= self.measured
        return abs(self.error) <= quantity.tolerance


def _of_core(core: str) -> dict[str, Quantity]:
    return {
        f"{core}.rom": Quantity(f"{core}: ROM, linked (`size`)", Rule.WITHIN, 0.03),
        f"{core}.rom_objects": Quantity(f"{core}: ROM, objects", Rule.WITHIN, 0.03),
        f"{core}.static": Quantity(f"{core}: RAM but stack (`size`)", Rule.WITHIN, 0.02),
        f"{core}.ram": Quantity(f"{core}: RAM, stack by call graph", Rule.WITHIN, 0.02),
        f"{core}.ram_painted": Quantity(f"{core}: RAM, stack painted", Rule.WITHIN, 0.02),
        f"{core}.stack": Quantity(f"{core}: stack, painted", Rule.NOT_BELOW),
        f"{core}.instructions": Quantity(f"{core}: instructions", Rule.WITHIN, 0.10),
        f"{core}.differences": Quantity(f"{core}: output bytes that differ", Rule.EQUAL),
    }


QUANTITIES: Mapping[str, Quantity] = {
    "model_bytes": Quantity("`.tflite` bytes", Rule.WITHIN, 0.03),
    "macs": Quantity("MACs of the graph read back", Rule.EQUAL),
    "constant_bytes": Quantity("constant bytes in the file", Rule.EQUAL),
    "head": Quantity("planned part of the arena, head of tflite-micro", Rule.EQUAL),
    "planned_bytes": Quantity("`greedy_plan`, head of tflite-micro", Rule.EQUAL),
    "arena_64": Quantity("arena, 64-bit records, of tflite-micro", Rule.NOT_BELOW),
    **{key: quantity for core in BOARDS for key, quantity in _of_core(core).items()},
}


def checked(one: Converted, real: Values) -> list[Row]:
    """Return a row a quantity of a candidate, of which `real` was measured."""
    prices = priced(one.graph, one.candidate.frontend)
    family = one.candidate.family
    return [Row(one.name, family, key, prices[key], real[key]) for key in QUANTITIES]


def priced(graph: Graph, settings: LogMelSettings) -> Values:
    """Return what the prices say, from graph and front end alone."""
    arena = tflm_arena_parts(graph, "portable", pointer_bytes=8)
    values: Values = {
        "model_bytes": model_bytes(graph),
        "macs": macs(graph),
        "constant_bytes": constant_bytes(graph),
        "planned_bytes": greedy_plan(graph).arena_bytes,
        "head": arena["planned"] + arena["scratch"],
        "arena_64": sum(arena.values()),
    }
    for core in BOARDS:
        values |= _priced_on(core, graph, settings)
    return values


def _priced_on(core: str, graph: Graph, settings: LogMelSettings) -> Values:
    cost = price(graph, settings, load_budget(BOARDS[core]))
    stack = cost.parts["ram.stack"]
    return {
        f"{core}.rom": cost.rom_bytes,
        f"{core}.rom_objects": cost.rom_bytes,
        f"{core}.static": cost.ram_bytes - stack,
        f"{core}.ram": cost.ram_bytes,
        f"{core}.ram_painted": cost.ram_bytes,
        f"{core}.stack": stack,
        f"{core}.instructions": sum(node_instructions(graph, node, core) for node in graph.nodes),
        f"{core}.differences": 0,
    }


def measured(one: Converted, cache_dir: Path) -> Values:
    """Return what the file and the C made of it really take; kept in `cache_dir`."""
    content, settings = one.path.read_bytes(), one.candidate.frontend
    with tempfile.TemporaryDirectory() as folder:
        tree = _tree(content, settings, Path(folder) / "tree")
        kept = cache_dir / f"{one.path.stem}-{_digest(tree)[:12]}.json"
        if kept.is_file():
            values: Values = json.loads(kept.read_text(encoding="utf-8"))
            return values
        values = _of_file(content)
        for core in BOARDS:
            values |= _measured_on(core, tree)
    write_json(kept, values)
    return values


def _tree(content: bytes, settings: LogMelSettings, folder: Path) -> Path:
    rng = np.random.default_rng(1)
    swell = np.exp(np.linspace(2.0, 9.0, settings.clip_length))
    clips = rng.normal(size=(2, settings.clip_length)) * swell
    return export(
        folder,
        model=content,
        settings=settings,
        labels=[f"class {index}" for index in range(N_CLASSES)],
        golden=np.clip(clips, -32_768, 32_767).astype(np.int16),
        candidate=None,
        decision_ms=250,
    ).path


def _of_file(content: bytes) -> Values:
    graph, arena = nas.tflite.read(content).graph, micro_arena(content)
    return {
        "model_bytes": len(content),
        "macs": macs(graph),
        "constant_bytes": nas.tflite.constant_bytes(content),
        "head": arena.head_bytes,
        "planned_bytes": arena.head_bytes,
        "arena_64": arena.total_bytes,
    }


def _measured_on(core: str, tree: Path) -> Values:
    built, found = built_cost(tree, core), on_board(tree, core, n_outputs=N_CLASSES)
    assert built["compiled_for"] == core, f"{core}: compiled for {built['compiled_for']}"
    return {
        f"{core}.rom": found.rom_bytes,
        f"{core}.rom_objects": built["rom_bytes"],
        f"{core}.static": found.static_bytes,
        f"{core}.ram": built["ram_bytes"],
        f"{core}.ram_painted": found.static_bytes + found.stack_bytes,
        f"{core}.stack": found.stack_bytes,
        f"{core}.instructions": found.instructions,
        f"{core}.differences": found.differences,
    }


def _digest(tree: Path) -> str:
    """Return a digest of the tree's C, of the compilers and of the code that measures."""
    digest = hashlib.sha256(_measuring().encode())
    for path in sorted(_sources(tree)):
        digest.update(f"{path.relative_to(tree)}\0".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _sources(tree: Path) -> Iterator[Path]:
    for pattern in ("*.c", "*.h", "*.ld"):
        yield from tree.rglob(pattern)


@cache
def _measuring() -> str:
    compilers = [Compiler(CORES[core].compiler, CORES[core], (), Path()) for core in BOARDS]
    texts = [(REPOSITORY / path).read_text(encoding="utf-8") for path in MEASURING]
    return repr((texts, FLAGS, [compiler.version() for compiler in compilers]))
