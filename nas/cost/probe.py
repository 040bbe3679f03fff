"""What the generated files take: a node of model.c by op, measured with probe.c.

The generated headers that the app includes are made here as well: the front end's by the front
end, the model's with one small network's numbers.
"""

from pathlib import Path

from nas.cost.app import MEASURED_CLASSES
from nas.cost.compiler import Compiler
from nas.cost.rom import KERNELS
from nas.detector import default_detection, header
from nas.files import write_text
from nas.frontend import FrontEndSettings, LogMelSettings, decision_c, tables_c
from nas.graph.quantized import Quantization

__all__ = ["GENERATED_FUNCTIONS", "node_sizes", "write_headers"]

PROBE = Path(__file__).parent / "probe.c"
PROBE_CALLS = 5
FRAMES = 5
RING_HOPS = FRAMES + 2
GENERATED_FUNCTIONS = ("nas_model_input", "nas_model_output", "nas_model_run")


def node_sizes(compiler: Compiler) -> tuple[dict[str, dict[str, int]], int]:
    """Return code and frame of a node by op, and the code of a model.c without its nodes."""
    nodes, rest = {}, 0
    for op in (op.__name__ for op, functions in KERNELS.items() if functions):
        one = compiler.compile(PROBE, f"probe_{op}", f"-DOP_{op}")
        many = compiler.compile(PROBE, f"probes_{op}", f"-DOP_{op}", f"-DCALLS={PROBE_CALLS}")
        code = -(-(many.code_bytes - one.code_bytes) // (PROBE_CALLS - 1))
        frames = one.calls.frames["nas_model_run"], many.calls.frames["nas_model_run"]
        nodes[op] = {"code_bytes": code, "stack_bytes": max(frames)}
        rest = max(rest, one.code_bytes - code)
    return nodes, rest


def write_headers(folder: Path, settings: FrontEndSettings | None = None) -> None:
    """Write the headers of ``firmware/generated`` that the app includes."""
    settings = settings or LogMelSettings()
    _, tables = tables_c.emit(settings)
    macros = {
        "NAS_MODEL_INPUT_BYTES": settings.n_frames * settings.n_bins,
        "NAS_MODEL_OUTPUT_BYTES": MEASURED_CLASSES,
        "NAS_MODEL_N_CLASSES": MEASURED_CLASSES,
        "NAS_MODEL_ARENA_BYTES": 16_000,
        "NAS_MODEL_OUTPUT_SCALE": "0.00390625F",
        "NAS_MODEL_OUTPUT_ZERO_POINT": "(-128)",
    }
    lines = "".join(f"#define {name} {value}\n" for name, value in macros.items())
    write_text(folder / "frontend_tables.h", tables)
    write_text(folder / "model.h", f'#include "nas/model.h"\n\n{lines}')
    write_text(folder / "decision.h", decision_c.emit(FRAMES, RING_HOPS))
    labels = [str(index) for index in range(MEASURED_CLASSES)]
    detection = default_detection(labels, Quantization(1 / 256, -128))
    detector = header.emit(detection, period_ms=float(FRAMES * settings.hop_ms))
    write_text(folder / "detector.h", detector)
