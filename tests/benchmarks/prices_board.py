"""What an exported tree really takes on a core: linked for size, and run on an emulated board.

Two programs are made of the tree's C. The one that is measured with ``size`` only listens. The
other hears the first golden clip as a device would, sample by sample, on a painted stack, then
runs the network on the features of the second and counts instructions; both outputs are held
against the golden vectors, which come from the NumPy front end and LiteRT's BUILTIN_REF.
"""

import atexit
import re
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from nas.config import resource_dir
from nas.cost.compiler import CORES
from nas.cost.emulator import MACHINES, Emulated
from tests.tools import require

__all__ = ["OnBoard", "linked", "on_board", "require_tools", "shared_objects"]

LISTEN = """
#include "nas.h"
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
PROVE = """
#include <string.h>

#include "nas.h"
#include "stack.h"
#include "target.h"
#include "test_vectors.h"

static nas_app_t app;

static uint32_t differences(const int8_t *output, uint32_t vector)
{
    uint32_t found = 0U;
    for (uint32_t i = 0; i < NAS_MODEL_OUTPUT_BYTES; ++i) {
        found += output[i] != nas_test_outputs[vector][i] ? 1U : 0U;
    }
    return found;
}

int main(void)
{
    uint32_t heard = 0U, start, between, end, depth;
    target_paint_stack();
    nas_app_init(&app, NULL, NULL); /* no event before two decisions: no handler is called */
    while (app.decisions == 0U && heard + NAS_HOP_LENGTH <= NAS_HEARD_LENGTH) {
        nas_app_record(&app, nas_test_samples[0] + heard, NAS_HOP_LENGTH);
        heard += NAS_HOP_LENGTH;
        nas_app_poll(&app);
    }
    while (app.decisions == 0U && heard < NAS_HEARD_LENGTH) {
        nas_app_record(&app, nas_test_samples[0] + heard, 1U);
        ++heard;
        nas_app_poll(&app);
    }
    depth = target_painted_stack();
    target_print("decided", app.decisions);
    target_print("stack", depth);
    target_print("app_differences", differences(nas_model_output(), 0U));
    memcpy(nas_model_input(), nas_test_features[1], NAS_MODEL_INPUT_BYTES);
    start = target_clock();
    between = target_clock();
    nas_model_run();
    end = target_clock();
    target_print("instructions", target_instructions(between, end)
                                 - target_instructions(start, between));
    target_print("model_differences", differences(nas_model_output(), 1U));
    return 0;
}
"""
SHARED_AREAS = ("kernels", "frontend")
OWN_SOURCES = tuple(f"generated/{stem}.c" for stem in ("model", "frontend_tables", "labels"))
SINK_BYTES = 4
"""Of microphone and answer in LISTEN, filled up."""
SIZES = re.compile(r"^\s*(\d+)\s+(\d+)\s+(\d+)\s", re.MULTILINE)


@dataclass(frozen=True)
class OnBoard:
    """One core's findings.

    Attributes:
        rom_bytes: text and data of the linked program, by `size`.
        static_bytes: data and bss of it.
        stack_bytes: painted, of the application through a whole decision.
        instructions: of one ``nas_model_run``.
        differences: output bytes that are not the golden ones, of both runs.
        compared: output bytes held against them.
    """

    rom_bytes: int
    static_bytes: int
    stack_bytes: int
    instructions: int
    differences: int
    compared: int


def require_tools(core: str) -> None:
    """Skip, naming the package, where the compiler or the emulator of `core` is missing."""
    require(CORES[core].compiler, package=CORES[core].package.split(" and ")[0])
    require(MACHINES[core].emulator, package=MACHINES[core].package)


def on_board(tree: Path, core: str, *, n_outputs: int) -> OnBoard:
    """Return what `tree`, exported with two golden clips, takes on `core`."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        objects = [*shared_objects(core), *_own(tree, core, folder)]
        rom, static = linked(LISTEN, core, folder, objects=objects, includes=_includes(tree))
        values = _proved(tree, core, folder, objects)
    assert values["decided"], f"{tree}: no decision at the end of a clip on {core}"
    return OnBoard(
        rom_bytes=rom,
        static_bytes=static - SINK_BYTES,
        stack_bytes=values["stack"],
        instructions=values["instructions"],
        differences=values["app_differences"] + values["model_differences"],
        compared=2 * n_outputs,
    )


@cache
def shared_objects(core: str) -> list[Path]:
    """Compile what no generated header reaches, once for all trees."""
    folder = Path(tempfile.mkdtemp(prefix="nas-shared-objects-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    places = [resource_dir("firmware") / area for area in SHARED_AREAS]
    sources = [source for place in places for source in sorted(place.glob("*.c"))]
    return [Emulated(core).compile(source, folder) for source in sources]


def _includes(tree: Path) -> list[Path]:
    return [tree / "generated", tree / "app", tree / "include"]


def _own(tree: Path, core: str, folder: Path) -> list[Path]:
    sources = [*sorted((tree / "app").glob("*.c")), *(tree / source for source in OWN_SOURCES)]
    return [Emulated(core).compile(path, folder, includes=_includes(tree)) for path in sources]


def linked(
    main: str, core: str, folder: Path, *, objects: list[Path], includes: list[Path]
) -> tuple[int, int]:
    """Return what `size` says of `main` linked with `objects`: text + data, data + bss."""
    source, program = folder / "bare.c", folder / "bare.elf"
    source.write_text(main, encoding="utf-8")
    made = Emulated(core).compile(source, folder, includes=includes)
    target = CORES[core]
    link = ["-nostdlib", "-Wl,--gc-sections,-e,main", *target.flags, str(made)]
    names = [str(path) for path in objects]
    command = [target.compiler, *link, *names, *target.libraries, "-lgcc", "-lc", "-lgcc"]
    subprocess.run([*command, "-o", str(program)], check=True, capture_output=True)
    size = re.sub(r"gcc$", "size", target.compiler)
    done = subprocess.run([size, str(program)], check=True, capture_output=True, text=True)
    text, data, bss = map(int, SIZES.findall(done.stdout)[0])
    return text + data, data + bss


def _proved(tree: Path, core: str, folder: Path, objects: list[Path]) -> dict[str, int]:
    """Return what the program on the emulated board printed, by name."""
    source = folder / "prove.c"
    source.write_text(PROVE, encoding="utf-8")
    sources = [source, tree / "generated" / "test_vectors.c", *objects]
    board = Emulated(core)
    lines = board.run(board.build(sources, _includes(tree), folder=folder)).splitlines()
    return {key: int(value) for key, value in (line.split() for line in lines)}
