"""The estimate against what the compiler makes of the exported model, for published networks."""

import subprocess

import pytest

from nas import config
from nas.budget import load_budget
from nas.cost import price
from nas.cost.compiler import CODE_SECTIONS, CORES, FLAGS, RAM_SECTIONS, Compiler
from nas.detector import default_detection, header
from nas.errors import UnsupportedOpError
from nas.export.model_c import model_sources
from nas.files import write_text
from nas.frontend import LogMelSettings, decision_c, tables_c
from nas.graph.quantized import Quantization
from nas.tflite import read
from tests.cost.test_measure_code import PACKAGES
from tests.shared import reference_model
from tests.tools import require

BOARDS = {"cortex-m4": "stm32f446", "cortex-m0plus": "rp2040", "rv32imc": "esp32c3"}


@pytest.mark.parametrize("core", sorted(BOARDS))
@pytest.mark.parametrize("name", ["kws", "ad", "ic_resnet", "person_detect"])
def test_constants_and_calls_are_those_of_the_compiled_model(core, name, tmp_path):
    command = CORES[core].compiler
    require(command, package=PACKAGES[command])
    model = read(reference_model(name))
    cost = price(model.graph, LogMelSettings(), load_budget(BOARDS[core]))
    sources = _sources(model)
    write_text(tmp_path / "model.c", sources.model_c)
    write_text(tmp_path / "model.h", sources.model_h)
    include = (config.resource_dir("firmware") / "include", tmp_path)
    compiler = Compiler(command, CORES[core], include, tmp_path)
    built = compiler.compile(tmp_path / "model.c", "model")
    estimated = sum(
        cost.parts[f"rom.{part}"] for part in ("weights", "bias", "requantize", "nodes")
    )
    # A node takes some 150 bytes; the compiler saves a few where numbers of nodes agree, and takes
    # a few more where offsets in the arena are no short immediates.
    assert -8 <= estimated - built.code_bytes <= 12 * len(model.graph.nodes)
    assert built.calls.frames["nas_model_run"] <= cost.parts["ram.stack"]
    assert built.static_bytes == cost.arena_bytes == sources.arena_bytes


def test_tables_are_those_of_the_compiled_front_end(tmp_path):
    require("arm-none-eabi-gcc", package=PACKAGES["arm-none-eabi-gcc"])
    settings = LogMelSettings()
    for suffix, text in zip("ch", tables_c.emit(settings), strict=True):
        write_text(tmp_path / f"frontend_tables.{suffix}", text)
    include = (config.resource_dir("firmware") / "include", tmp_path)
    compiler = Compiler("arm-none-eabi-gcc", CORES["cortex-m4"], include, tmp_path)
    built = compiler.compile(tmp_path / "frontend_tables.c", "frontend_tables")
    graph = read(reference_model("kws")).graph
    cost = price(graph, settings, load_budget("stm32f446"))
    assert cost.parts["rom.frontend_tables"] == pytest.approx(built.code_bytes, abs=8)


MAIN = """#include "nas.h"
static nas_app_t app;
volatile int16_t microphone;
volatile char answer;
static void on_event(void *context, const nas_event_t *event)
{
    (void)context;
    answer = event->label[0];
}
int main(void)
{
    nas_app_init(&app, on_event, NULL);
    for (;;) {
        const int16_t sample = microphone;
        nas_app_record(&app, &sample, 1);
        nas_app_poll(&app);
    }
}
"""


def test_the_price_of_the_whole_firmware_is_what_the_linker_makes_of_it(tmp_path):
    require("arm-none-eabi-gcc", package=PACKAGES["arm-none-eabi-gcc"])
    settings = LogMelSettings(n_mels=10)  # 49 frames of 10, as the network takes
    model = read(reference_model("kws"))
    cost = price(model.graph, settings, load_budget("stm32f446"))
    firmware = config.resource_dir("firmware")
    ring_hops = cost.parts["ram.audio_ring"] // (2 * settings.hop_length)
    generated = _generated(tmp_path / "generated", settings, _sources(model), ring_hops)
    sources = [p for area in ("kernels", "frontend", "app") for p in (firmware / area).glob("*.c")]
    image = tmp_path / "image.elf"
    flags = [*FLAGS, *CORES["cortex-m4"].flags, f"-I{firmware / 'include'}", f"-I{firmware}/app"]
    link = ["-nostartfiles", "-Wl,--gc-sections,-e,main", "-I", str(generated), "-o", str(image)]
    files = [str(path) for path in (*generated.glob("*.c"), *sources)]
    subprocess.run(["arm-none-eabi-gcc", *flags, *files, *link], check=True)
    compiler = Compiler("arm-none-eabi-gcc", CORES["cortex-m4"], (), tmp_path)
    rom = compiler.section_bytes(image, CODE_SECTIONS)
    ram = compiler.section_bytes(image, RAM_SECTIONS)
    # What is not linked (max pool, 64-bit shifts) and main itself are what lies between.
    assert rom == pytest.approx(cost.rom_bytes, rel=0.01)
    assert ram == pytest.approx(cost.ram_bytes - cost.parts["ram.stack"], abs=32)


def _generated(folder, settings, sources, ring_hops):
    for suffix, text in zip("ch", tables_c.emit(settings), strict=True):
        write_text(folder / f"frontend_tables.{suffix}", text)
    write_text(folder / "model.c", sources.model_c)
    write_text(folder / "model.h", sources.model_h)
    write_text(folder / "labels.c", sources.labels_c)
    write_text(folder / "decision.h", decision_c.emit(13, ring_hops))
    labels = [f"c{i}" for i in range(12)]
    detection = default_detection(labels, Quantization(1 / 256, -128))
    write_text(folder / "detector.h", header.emit(detection, period_ms=100.0))
    write_text(folder / "main.c", MAIN)
    return folder


def _sources(model):
    labels = [f"c{i}" for i in range(model.graph.tensors[model.graph.output].size_bytes)]
    try:
        return model_sources(model, labels=labels, model_digest="0" * 64)
    except UnsupportedOpError as error:
        pytest.skip(f"no C for this network: {error}")
