"""The cores of boards, the runtimes and the libraries of kernels, and what goes with what."""

from collections.abc import Mapping
from typing import Literal, get_args

__all__ = ["CORES", "KERNELS", "RUNTIMES", "Kernels", "Runtime", "kernels_of", "refused_kernels"]

Runtime = Literal["c", "tflm"]
Kernels = Literal["portable", "cmsis-nn", "esp-nn"]

RUNTIMES: tuple[Runtime, ...] = get_args(Runtime)
KERNELS: tuple[Kernels, ...] = get_args(Kernels)

CORES: Mapping[str, Kernels] = {
    "cortex-m0": "cmsis-nn",
    "cortex-m0plus": "cmsis-nn",
    "cortex-m3": "cmsis-nn",
    "cortex-m4": "cmsis-nn",
    "cortex-m4f": "cmsis-nn",
    "cortex-m7": "cmsis-nn",
    "cortex-m33": "cmsis-nn",
    "cortex-m55": "cmsis-nn",
    "rv32imc": "esp-nn",
    "rv32imac": "portable",
    "xtensa-lx106": "portable",
    "xtensa-lx6": "esp-nn",
    "xtensa-lx7": "esp-nn",
}
"""Core -> the library its vendor offers for TensorFlow Lite Micro; portable where there is none.
RV32IMC is Espressif's (ESP32-C3), for which ESP-NN has kernels in plain C."""


def kernels_of(core: str, runtime: str) -> Kernels:
    """Return the kernels that are linked where a budget names none."""
    return CORES.get(core, "portable") if runtime == "tflm" else "portable"


def refused_kernels(core: str, runtime: str, kernels: str) -> str | None:
    """Return why `kernels` cannot be linked, or None."""
    if kernels == "portable":
        return None
    if runtime == "c":
        return (
            f"{kernels} needs runtime: tflm; the exported C does not link it yet "
            "(kernels: portable, or remove the line)"
        )
    if CORES.get(core) != kernels:
        return f"{kernels} has no kernels for {core}; use {kernels_of(core, runtime)}"
    return None
