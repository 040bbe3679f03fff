"""The four published models: prices beside what silicon, emulated boards and compilers say."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import nas.tflite
from nas.budget import load_budget
from nas.cost import constant_bytes, macs, price
from nas.cost.instructions import node_instructions
from nas.cost.tflm import model_bytes, tflm_arena_parts
from nas.errors import UnsupportedOpError
from nas.frontend import LogMelSettings
from nas.graph.graph import Graph
from nas.graph.planner import greedy_plan
from tests.benchmarks.prices_latency import Latency, latencies
from tests.benchmarks.prices_model import OnModel, on_model
from tests.benchmarks.prices_rows import BOARDS
from tests.benchmarks.prices_table import table
from tests.shared import reference_model

__all__ = ["PUBLISHED", "Published", "Reference", "reference_lines"]

ARENA_ABOVE = 1_024
LATENCY_TOLERANCE = 0.10
NETWORK_PARTS = ("weights", "bias", "requantize", "nodes", "kernels", "toolchain")
SINK_BYTES = 16
"""A variable of the program that is measured, and the gap before the aligned arena."""
HELD_OUT_OF_THE_FIT = ("kws", "person_detect")


@dataclass(frozen=True)
class Published:
    """What is published or was measured of a model, in bytes and counts.

    Attributes:
        file_bytes: of the `.tflite`.
        macs: for one inference.
        constant_bytes: read by ops, each once.
        planned_bytes: the activations as TFLM lays them out.
        arenas: TFLM's arena on 32 bits by kernel library: reference kernels and CMSIS-NN on an
            emulated Cortex-M4, ESP-NN on an ESP32.
    """

    file_bytes: int
    macs: int
    constant_bytes: int
    planned_bytes: int
    arenas: Mapping[str, int]


def _arenas(portable: int, cmsis_nn: int, esp_nn: int) -> dict[str, int]:
    return {"portable": portable, "cmsis-nn": cmsis_nn, "esp-nn": esp_nn}


PUBLISHED = {
    "kws": Published(53_936, 2_656_768, 24_376, 16_000, _arenas(22_772, 22_820, 22_780)),
    "ad": Published(276_976, 264_192, 270_880, 768, _arenas(2_260, 2_580, 2_380)),
    "ic_resnet": Published(98_496, 12_501_632, 78_752, 49_152, _arenas(54_340, 54_996, 54_364)),
    "person_detect": Published(
        300_568, 7_157_888, 218_928, 55_296, _arenas(82_292, 82_308, 82_300)
    ),
}
"""MLPerf Tiny's int8 files and TFLM's person_detect. Sizes and the ESP32's arenas: mcufit-bench
88f8d23f; arenas of the emulated Cortex-M4: TFLM at -O2 under QEMU, November 2026."""


@dataclass(frozen=True)
class Reference:
    """The section of the page, and whether every price in it is right."""

    lines: list[str]
    met: bool


@dataclass(frozen=True)
class _Cell:
    text: str
    met: bool = True

    def __str__(self) -> str:
        return self.text if self.met else f"**{self.text}**"


def reference_lines() -> Reference:
    """Return the tables of the four models."""
    graphs = {name: nas.tflite.read(reference_model(name)).graph for name in PUBLISHED}
    exact = [[name, *_exact(graph, PUBLISHED[name])] for name, graph in graphs.items()]
    arenas = [[name, *_arena(graph, PUBLISHED[name])] for name, graph in graphs.items()]
    ours = [[name, *_ours(name, core)] for core in BOARDS for name in graphs]
    times = [_latency(found) for found in latencies()]
    met = all(
        cell.met
        for row in (*exact, *arenas, *ours, *times)
        for cell in row
        if isinstance(cell, _Cell)
    )
    lines = [
        "## The four published models",
        "",
        "Priced / published. MACs, constants and the planned part must be equal; the `.tflite` "
        "(written by other converters than ours) is for information.",
        "",
        *_table(["model", "MACs", "constant bytes", "planned part", "`.tflite`"], exact),
        "",
        "Arena of TFLM on 32 bits, priced / measured: never below, at most "
        f"{ARENA_ABOVE:,} bytes above. Reference kernels and CMSIS-NN on an emulated Cortex-M4, "
        "ESP-NN on an ESP32.",
        "",
        *_table(["model", "reference kernels", "CMSIS-NN", "ESP-NN"], arenas),
        "",
        "Latency in ms of TFLM, each model held out of the fit: within "
        f"{LATENCY_TOLERANCE:.0%} on {' and '.join(HELD_OUT_OF_THE_FIT)}.",
        "",
        *_table(["board", "model", "measured", "held out", "error", "fitted", "error"], times),
        "",
        "Our C, network alone (constants, calls and kernels; no front end, no listener): "
        "ROM within 3 %, RAM (arena) equal but for up to 16 bytes of the program that runs it, "
        "instructions within 10 %. Priced / measured.",
        "",
        *_table(["model", "core", "ROM by `size`", "arena", "instructions"], ours),
    ]
    return Reference(lines, met)


def _table(titles: Sequence[str], rows: Sequence[Sequence[object]]) -> list[str]:
    return table(titles, [[str(cell) for cell in row] for row in rows])


def _pair(priced: float, real: float, *, met: bool) -> _Cell:
    return _Cell(f"{priced:,.0f} / {real:,.0f}", met)


def _exact(graph: Graph, known: Published) -> list[_Cell]:
    pairs = [
        (macs(graph), known.macs),
        (constant_bytes(graph), known.constant_bytes),
        (greedy_plan(graph).arena_bytes, known.planned_bytes),
    ]
    cells = [_pair(priced, real, met=priced == real) for priced, real in pairs]
    return [*cells, _pair(model_bytes(graph), known.file_bytes, met=True)]


def _arena(graph: Graph, known: Published) -> list[_Cell]:
    cells = []
    for kernels, real in known.arenas.items():
        priced = sum(tflm_arena_parts(graph, kernels).values())
        cells.append(_pair(priced, real, met=0 <= priced - real <= ARENA_ABOVE))
    return cells


def _ours(name: str, core: str) -> list[object]:
    model = nas.tflite.read(reference_model(name))
    try:
        return [core, *_ours_cells(model.graph, core, on_model(model, core))]
    except UnsupportedOpError as error:
        return [core, _Cell(f"no C: {error}"), "", ""]


def _ours_cells(graph: Graph, core: str, found: OnModel) -> list[_Cell]:
    parts = price(graph, LogMelSettings(), load_budget(BOARDS[core])).parts
    rom = sum(parts[f"rom.{part}"] for part in NETWORK_PARTS)
    count = sum(node_instructions(graph, node, core) for node in graph.nodes)
    arena = parts["ram.arena"]
    return [
        _pair(rom, found.rom_bytes, met=abs(rom / found.rom_bytes - 1) <= 0.03),
        _pair(arena, found.static_bytes, met=0 <= found.static_bytes - arena <= SINK_BYTES),
        _pair(count, found.instructions, met=abs(count / found.instructions - 1) <= 0.10),
    ]


def _latency(found: Latency) -> list[object]:
    wanted = found.model in HELD_OUT_OF_THE_FIT
    held = found.held_out_ms / found.measured_ms - 1
    fitted = found.fitted_ms / found.measured_ms - 1
    return [
        found.board,
        found.model + (f" (without {', '.join(found.not_covered)})" if found.not_covered else ""),
        f"{found.measured_ms:,.1f}",
        f"{found.held_out_ms:,.1f}",
        _Cell(f"{held:+.1%}", not wanted or abs(held) <= LATENCY_TOLERANCE),
        f"{found.fitted_ms:,.1f}",
        f"{fitted:+.1%}",
    ]
