"""Flash and RAM of a firmware that runs a network under TensorFlow Lite Micro.

TFLM's sources are in no package that can be installed, so its code is a bound here and no sum of
kernels: on a Cortex-M4F with -O2 the runtime with the kernels of one network, without its file,
took 33 to 37 kB with the reference kernels and 57 to 70 kB with CMSIS-NN, over four networks of
one to seven kinds of ops (measured once; the range says how far the bound can be above). The upper
end counts. Two things are extrapolated: another core, by what our own kernels take there and on
the M4; and ESP-NN, which nobody measured here, by CMSIS-NN's figure.
"""

from nas.cost.app import app_bytes, class_bytes
from nas.cost.code import CodeSizes, load_code_sizes
from nas.cost.tflm_arena import tflm_arena_parts
from nas.cost.tflm_file import model_bytes
from nas.cost.tflm_scratch import scratch_table
from nas.frontend.sizes import FrontEndSizes
from nas.graph.graph import Graph

__all__ = ["INTERPRETER_BYTES", "tflm_ram_parts", "tflm_rom_parts"]

MEASURED_CORE = "cortex-m4"

INTERPRETER_BYTES = {
    "portable": (33_000, 37_000),
    "cmsis-nn": (57_000, 70_000),
    "esp-nn": (57_000, 70_000),
}
"""Least and most of runtime and kernels on a Cortex-M4F, -O2."""

OBJECT_BYTES = 256
"""MicroInterpreter with its context and graph: about 190 bytes by its members (TFLM's headers)."""

REGISTRATION_BYTES = 36
"""MicroMutableOpResolver keeps seven pointers, a code and a parser for each kind of op."""

STACK_BYTES = 4_096
"""What Espressif's examples give the task that prepares and runs the interpreter (`tf_main`): it
holds for networks of the kinds priced here, but it is practice, not a measurement."""


def tflm_rom_parts(
    graph: Graph,
    sizes: FrontEndSizes | None,
    code: CodeSizes,
    kernels: str,
    *,
    file_bytes: int | None = None,
) -> dict[str, int]:
    """Return what the flash is made of, by ``rom.`` name, in bytes.

    Args:
        graph: the network.
        sizes: of its front end; None where it has none that is known.
        code: of the board's core.
        kernels: portable, cmsis-nn or esp-nn.
        file_bytes: length of a `.tflite` that exists already, instead of the predicted one.
    """
    return {
        "rom.model": model_bytes(graph) if file_bytes is None else file_bytes,
        "rom.interpreter": _interpreter_bytes(code, kernels),
        "rom.frontend_tables": sizes.table_bytes if sizes else 0,
        "rom.frontend_code": code.code_bytes(sizes.functions) if sizes else 0,
        "rom.app": code.code_bytes(code.area("app")) if sizes else 0,
        "rom.classes": class_bytes(graph) if sizes else 0,
        "rom.toolchain": code.toolchain_bytes,
    }


def tflm_ram_parts(
    graph: Graph,
    sizes: FrontEndSizes | None,
    code: CodeSizes,
    kernels: str,
    *,
    audio_ring_bytes: int,
    core: str | None = None,
) -> dict[str, int]:
    """Return what the RAM is made of, by ``ram.`` name, in bytes.

    The parts of the arena are `tflm_arena_parts`, for the board's `core`; `audio_ring_bytes` as
    `nas.cost.ring` has it. Other arguments as for `tflm_rom_parts`.
    """
    arena = tflm_arena_parts(graph, kernels, core=core)
    feature_ring = sizes.feature_ring_bytes if sizes else 0
    front_end_stack = code.stack_bytes(sizes.functions) if sizes else 0
    app_stack = code.stack_bytes(code.area("app")) if sizes else 0
    return {
        **{f"ram.{name}": size for name, size in arena.items()},
        "ram.interpreter": OBJECT_BYTES + REGISTRATION_BYTES * _op_kinds(graph),
        "ram.frontend_state": sizes.state_bytes if sizes else 0,
        "ram.audio_ring": audio_ring_bytes if sizes else 0,
        "ram.feature_ring": feature_ring,
        "ram.app": (app_bytes(graph, feature_ring_bytes=feature_ring) if sizes else 0)
        + code.static_bytes,
        "ram.stack": app_stack + max(STACK_BYTES, front_end_stack),
    }


def _interpreter_bytes(code: CodeSizes, kernels: str) -> int:
    """Return the upper end of what was measured, in the core's own density of code."""
    scratch_table(kernels)
    most = INTERPRETER_BYTES[kernels][1]
    if code.core == MEASURED_CORE:
        return most
    here, there = (_all_kernels(one) for one in (code, load_code_sizes(MEASURED_CORE)))
    return -(-most * here // there)


def _all_kernels(code: CodeSizes) -> int:
    return code.code_bytes(code.area("kernels"))


def _op_kinds(graph: Graph) -> int:
    return len({type(node.op) for node in graph.nodes})
