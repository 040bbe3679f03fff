"""A model's C alone on a core, without front end and listener: linked for size, and run."""

import tempfile
from dataclasses import dataclass
from pathlib import Path

from nas.cost.emulator import Emulated
from nas.export.model_c import model_sources
from nas.graph.quantized import QuantizedGraph
from tests.benchmarks.prices_board import linked, shared_objects
from tests.cost.emulated import count_model

__all__ = ["OnModel", "on_model"]

MAIN = """
#include "model.h"
volatile int8_t answer;
int main(void)
{
    for (;;) {
        nas_model_input()[0] = answer;
        nas_model_run();
        answer = nas_model_output()[0];
    }
}
"""


@dataclass(frozen=True)
class OnModel:
    """One core's findings: `size` of the linked program, instructions of one run."""

    rom_bytes: int
    static_bytes: int
    instructions: int


def on_model(model: QuantizedGraph, core: str) -> OnModel:
    """Return what the C of `model` takes on `core`; raises UnsupportedOpError where none is."""
    labels = ["class"] * model.graph.tensors[model.graph.output].size_bytes
    sources = model_sources(model, labels=labels, model_digest="0" * 64)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "model.h").write_text(sources.model_h, encoding="utf-8")
        (folder / "model.c").write_text(sources.model_c, encoding="utf-8")
        made = Emulated(core).compile(folder / "model.c", folder, includes=[folder])
        objects = [made, *shared_objects(core)]
        rom, static = linked(MAIN, core, folder, objects=objects, includes=[folder])
    return OnModel(rom, static, count_model(sources, core).instructions)
