"""Prices of a converted candidate beside what was measured of it, quantity by quantity."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from nas.budget import load_budget
from nas.cost import price
from nas.cost.instructions import node_instructions
from nas.cost.tflm import tflm_arena_parts
from nas.frontend.settings import FrontEndSettings
from nas.graph.graph import Graph
from tests.benchmarks.prices_convert import Converted
from tests.benchmarks.prices_measured import BOARDS, Values

__all__ = ["BOARDS", "QUANTITIES", "Quantity", "Row", "Rule", "checked", "priced"]

"""Core that is compiled for and emulated -> a board of it."""


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
    "planned_bytes": Quantity("`planned_bytes` of Cost, head of tflite-micro", Rule.EQUAL),
    "arena_64": Quantity("arena, 64-bit records, of tflite-micro", Rule.NOT_BELOW),
    **{key: quantity for core in BOARDS for key, quantity in _of_core(core).items()},
}


def checked(one: Converted, real: Values) -> list[Row]:
    """Return a row a quantity of a candidate, of which `real` was measured."""
    prices = priced(one.graph, one.candidate.frontend)
    family = one.candidate.family
    return [Row(one.name, family, key, prices[key], real[key]) for key in QUANTITIES]


def priced(graph: Graph, settings: FrontEndSettings) -> Values:
    """Return what the prices say, from graph and front end alone."""
    arena = tflm_arena_parts(graph, "portable", pointer_bytes=8)
    values = {"head": arena["planned"] + arena["scratch"], "arena_64": sum(arena.values())}
    for core in BOARDS:
        values |= _priced_on(core, graph, settings)
    return values


def _priced_on(core: str, graph: Graph, settings: FrontEndSettings) -> Values:
    cost = price(graph, settings, load_budget(BOARDS[core]))
    stack = cost.parts["ram.stack"]
    of_any_core = ("model_bytes", "macs", "constant_bytes", "planned_bytes")
    return {
        **{name: getattr(cost, name) for name in of_any_core},
        f"{core}.rom": cost.rom_bytes,
        f"{core}.rom_objects": cost.rom_bytes,
        f"{core}.static": cost.ram_bytes - stack,
        f"{core}.ram": cost.ram_bytes,
        f"{core}.ram_painted": cost.ram_bytes,
        f"{core}.stack": stack,
        f"{core}.instructions": sum(node_instructions(graph, node, core) for node in graph.nodes),
        f"{core}.differences": 0,
    }
