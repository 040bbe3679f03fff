"""The price of a candidate on a board: one call for ROM, RAM, MACs, constants and time."""

from collections.abc import Mapping
from dataclasses import replace

from nas.budget import Budget, Cost
from nas.cost.code import CodeSizes, load_code_sizes
from nas.cost.constants import constant_bytes
from nas.cost.latency import latency_and_load
from nas.cost.macs import macs
from nas.cost.ram import ram_parts
from nas.cost.rom import rom_parts
from nas.cost.tflm import model_bytes, tflm_ram_parts, tflm_rom_parts
from nas.frontend.settings import FrontEndSettings
from nas.frontend.sizes import FrontEndSizes
from nas.graph.graph import Graph
from nas.graph.planner import (
    greedy_plan,
    overlapped_plan,
    peak_activation_bytes,
    unplanned_bytes,
)

__all__ = ["price", "price_parts"]

Parts = dict[str, int]


def price(
    graph: Graph,
    settings: FrontEndSettings | None,
    budget: Budget,
    *,
    file_bytes: int | None = None,
) -> Cost:
    """Return what `graph` behind the front end `settings` costs on the board of `budget`.

    Args:
        graph: the network.
        settings: of its front end. None where it is not known, as of a `.tflite`: it counts
            nothing then, `latency_ms` is the network's alone and `load` is None.
        budget: board, runtime, kernels and how often a decision is made.
        file_bytes: length of a `.tflite` that exists already, instead of the predicted one.

    Raises:
        UnsupportedOpError: an op without a price.
        ConfigError: a core or a function that was not measured.
    """
    from nas.frontend.sizes import sizes

    taken = None if settings is None else sizes(settings)
    cost = price_parts(graph, taken, budget, file_bytes=file_bytes)
    latency_ms, load = latency_and_load(graph, settings, budget)
    return replace(cost, latency_ms=latency_ms, load=load)


def price_parts(
    graph: Graph,
    sizes: FrontEndSizes | None,
    budget: Budget,
    *,
    code: CodeSizes | None = None,
    file_bytes: int | None = None,
) -> Cost:
    """Return the cost of `graph` behind a front end of `sizes`, without time.

    `code` replaces the committed table of the board's core.
    """
    code = code or load_code_sizes(budget.device.core)
    length = model_bytes(graph) if file_bytes is None else file_bytes
    build = _tflm if budget.runtime == "tflm" else _generated_c
    arena_bytes, rom, ram = build(graph, sizes, budget, code, length)
    return Cost(
        rom_bytes=sum(rom.values()),
        ram_bytes=sum(ram.values()),
        macs=macs(graph),
        constant_bytes=constant_bytes(graph),
        arena_bytes=arena_bytes,
        peak_activation_bytes=peak_activation_bytes(graph),
        parts=rom | ram,
        planned_bytes=greedy_plan(graph).arena_bytes,
        unplanned_bytes=unplanned_bytes(graph),
        model_bytes=length,
    )


def _generated_c(
    graph: Graph, sizes: FrontEndSizes | None, budget: Budget, code: CodeSizes, length: int
) -> tuple[int, Parts, Parts]:
    arena_bytes = overlapped_plan(graph).arena_bytes
    rom = rom_parts(graph, sizes, code)
    return arena_bytes, rom, ram_parts(graph, sizes, code, arena_bytes=arena_bytes)


def _tflm(
    graph: Graph, sizes: FrontEndSizes | None, budget: Budget, code: CodeSizes, length: int
) -> tuple[int, Parts, Parts]:
    rom = tflm_rom_parts(graph, sizes, code, budget.kernels, file_bytes=length)
    ram = tflm_ram_parts(graph, sizes, code, budget.kernels, core=budget.device.core)
    return _tflm_arena(ram), rom, ram


def _tflm_arena(ram: Mapping[str, int]) -> int:
    return sum(ram[f"ram.{part}"] for part in ("planned", "scratch", "persistent", "planning"))
