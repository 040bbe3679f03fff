"""The price of a candidate on a board: one call for ROM, RAM, MACs and constants."""

from nas.budget import Budget, Cost
from nas.cost.code import CodeSizes, load_code_sizes
from nas.cost.constants import constant_bytes
from nas.cost.macs import macs
from nas.cost.ram import ram_parts
from nas.cost.rom import rom_parts
from nas.frontend.settings import LogMelSettings
from nas.frontend.sizes import FrontEndSizes
from nas.graph.graph import Graph
from nas.graph.planner import overlapped_plan, peak_activation_bytes

__all__ = ["price", "price_parts"]


def price(graph: Graph, settings: LogMelSettings, budget: Budget) -> Cost:
    """Return what `graph` behind the front end `settings` costs on the board of `budget`.

    Raises:
        UnsupportedOpError: an op without a price.
        ConfigError: a core or a function that was not measured.
    """
    from nas.frontend.sizes import sizes

    return price_parts(graph, sizes(settings), budget)


def price_parts(
    graph: Graph, sizes: FrontEndSizes, budget: Budget, *, code: CodeSizes | None = None
) -> Cost:
    """Return the cost of `graph` behind a front end of `sizes`.

    `code` replaces the committed table of the board's core.
    """
    code = code or load_code_sizes(budget.device.core)
    arena_bytes = overlapped_plan(graph).arena_bytes
    rom = rom_parts(graph, sizes, code)
    ram = ram_parts(graph, sizes, code, arena_bytes=arena_bytes)
    return Cost(
        rom_bytes=sum(rom.values()),
        ram_bytes=sum(ram.values()),
        macs=macs(graph),
        constant_bytes=constant_bytes(graph),
        arena_bytes=arena_bytes,
        peak_activation_bytes=peak_activation_bytes(graph),
        parts=rom | ram,
    )
