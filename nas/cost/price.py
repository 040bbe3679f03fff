"""The price of a candidate on a board: one call for ROM, RAM, MACs, constants and time."""

from dataclasses import replace
from typing import Any

from nas.budget import Budget, Cost
from nas.cost.code import CodeSizes, load_code_sizes
from nas.cost.constants import constant_bytes
from nas.cost.latency import latency_and_load
from nas.cost.macs import macs
from nas.cost.ram import ram_parts
from nas.cost.ring import audio_ring_bytes, audio_ring_hops
from nas.cost.rom import rom_parts
from nas.cost.tflm import model_bytes, tflm_ram_parts, tflm_rom_parts
from nas.frontend.settings import FrontEndSettings
from nas.frontend.sizes import FrontEndSizes, sizes
from nas.graph.graph import Graph
from nas.graph.planner import (
    greedy_plan,
    overlapped_bytes,
    peak_activation_bytes,
    unplanned_bytes,
)

__all__ = ["detailed", "price", "price_parts"]

Parts = dict[str, int]

TFLM_ARENA = ("planned", "scratch", "persistent", "planning")
"""Parts of the one block that TFLM is given."""


def price(
    graph: Graph,
    settings: FrontEndSettings | None,
    budget: Budget,
    *,
    file_bytes: int | None = None,
    detail: bool = True,
) -> Cost:
    """Return what `graph` behind the front end `settings` costs on the board of `budget`.

    Args:
        graph: the network.
        settings: of its front end. None where it is not known, as of a `.tflite`: it counts
            nothing then, `latency_ms` is the network's alone and `load` is None.
        budget: board, runtime, kernels and how often a decision is made.
        file_bytes: length of a `.tflite` that exists already, instead of the predicted one.
        detail: fill in what no limit asks for, as `detailed` does.

    Raises:
        UnsupportedOpError: an op without a price.
        ConfigError: a core or a function that was not measured.
    """
    taken = None if settings is None else sizes(settings)
    code = load_code_sizes(budget.device.core)
    known = {"model_bytes": file_bytes} if file_bytes is not None else {}
    time = latency_and_load(graph, settings, budget)
    ring = _ring_bytes(settings, budget, time["latency_ms"])
    cost = _cost(graph, taken, budget, code, known | time, ring)
    return detailed(cost, graph) if detail else cost


def detailed(cost: Cost, graph: Graph) -> Cost:
    """Return the cost of `graph` with `planned_bytes`, `unplanned_bytes` and `model_bytes`.

    They take a third of the time of a price, and no limit asks for them.
    """
    return replace(
        cost,
        planned_bytes=greedy_plan(graph).arena_bytes,
        unplanned_bytes=unplanned_bytes(graph),
        model_bytes=model_bytes(graph) if cost.model_bytes is None else cost.model_bytes,
    )


def price_parts(
    graph: Graph,
    sizes: FrontEndSizes | None,
    budget: Budget,
    *,
    code: CodeSizes,
    audio_ring_bytes: int,
) -> Cost:
    """Return the cost of `graph` behind a front end of `sizes`, with the table `code`, no time.

    The audio ring is given: it follows from the time.
    """
    return detailed(_cost(graph, sizes, budget, code, {}, audio_ring_bytes), graph)


def _ring_bytes(
    settings: FrontEndSettings | None, budget: Budget, latency_ms: float | None
) -> int:
    if settings is None or latency_ms is None:
        return 0
    return audio_ring_bytes(settings, audio_ring_hops(settings, budget, latency_ms))


def _cost(
    graph: Graph,
    sizes: FrontEndSizes | None,
    budget: Budget,
    code: CodeSizes,
    more: dict[str, Any],
    ring: int,
) -> Cost:
    if "model_bytes" not in more and budget.runtime == "tflm":
        more = {"model_bytes": model_bytes(graph)} | more
    build = _tflm if budget.runtime == "tflm" else _generated_c
    arena_bytes, rom, ram = build(graph, sizes, budget, code, more.get("model_bytes"), ring)
    return Cost(
        rom_bytes=sum(rom.values()),
        ram_bytes=sum(ram.values()),
        macs=macs(graph),
        constant_bytes=constant_bytes(graph),
        arena_bytes=arena_bytes,
        peak_activation_bytes=peak_activation_bytes(graph),
        parts=rom | ram,
        **more,
    )


def _generated_c(
    graph: Graph,
    sizes: FrontEndSizes | None,
    budget: Budget,
    code: CodeSizes,
    length: int | None,
    ring: int,
) -> tuple[int, Parts, Parts]:
    arena_bytes = overlapped_bytes(graph)
    rom = rom_parts(graph, sizes, code)
    ram = ram_parts(graph, sizes, code, arena_bytes=arena_bytes, audio_ring_bytes=ring)
    return arena_bytes, rom, ram


def _tflm(
    graph: Graph,
    sizes: FrontEndSizes | None,
    budget: Budget,
    code: CodeSizes,
    length: int | None,
    ring: int,
) -> tuple[int, Parts, Parts]:
    rom = tflm_rom_parts(graph, sizes, code, budget.kernels, file_bytes=length)
    core = budget.device.core
    ram = tflm_ram_parts(graph, sizes, code, budget.kernels, core=core, audio_ring_bytes=ring)
    return sum(ram[f"ram.{part}"] for part in TFLM_ARENA), rom, ram
