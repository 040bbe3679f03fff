"""The emitted C of a `.tflite`, compiled for this computer and run on many inputs."""

import atexit
import hashlib
import shutil
import subprocess
import tempfile
from functools import cache
from math import prod
from pathlib import Path

import numpy as np

from nas.config import resource_dir
from nas.export.model_c import model_sources
from nas.graph.fold import folded
from nas.graph.planner import overlapped_plan
from nas.tflite import read
from tests.tools import require

FIRMWARE = resource_dir("firmware")
WARNINGS = ("-std=c99", "-Wall", "-Wextra", "-Wconversion", "-Wpedantic", "-Werror")
SANITIZERS = ("-fsanitize=address,undefined", "-fno-sanitize-recover=all")
MAIN = """
#include <stdio.h>
#include "model.h"
int main(void)
{
    while (fread(nas_model_input(), 1, NAS_MODEL_INPUT_BYTES, stdin) == NAS_MODEL_INPUT_BYTES) {
        nas_model_run();
        fwrite(nas_model_output(), 1, NAS_MODEL_OUTPUT_BYTES, stdout);
    }
    return 0;
}
"""


def build(
    content: bytes, folder: Path, *flags: str, command: str = "cc", planner=overlapped_plan
) -> Path:
    """Return the program of `content`: inputs on stdin, outputs on stdout."""
    options = flags or ("-O1", *SANITIZERS)
    model = folded(read(content))
    labels = [f"c{i}" for i in range(model.graph.tensors[model.graph.output].size_bytes)]
    digest = hashlib.sha256(content).hexdigest()
    layout = planner(model.graph)
    sources = model_sources(model, labels=labels, model_digest=digest, layout=layout)
    texts = {"model.c": sources.model_c, "model.h": sources.model_h, "main.c": MAIN}
    for name, text in {**texts, "labels.c": sources.labels_c}.items():
        (folder / name).write_text(text, encoding="utf-8")
    own = [folder / name for name in ("model.c", "labels.c", "main.c")]
    kernels = kernel_objects(command, options)
    program = folder / "program"
    objects = [kernels[stem] for stem in sources.kernels]
    compile_(command, options, *own, *objects, f"-I{folder}", "-o", program)
    return program


@cache
def kernel_objects(command: str, options: tuple[str, ...]) -> dict[str, Path]:
    """Compile every kernel, once for all tests; return the objects by stem."""
    folder = Path(tempfile.mkdtemp(prefix="nas-kernels-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    objects = {}
    for source in sorted((FIRMWARE / "kernels").glob("*.c")):
        objects[source.stem] = folder / f"{source.stem}.o"
        compile_(command, options, "-c", source, "-o", objects[source.stem])
    return objects


def compile_(command: str, options: tuple[str, ...], *arguments: str | Path) -> None:
    compiler = require(command, package="clang" if command == "clang" else "gcc")
    words = [compiler, *WARNINGS, *options, f"-I{FIRMWARE / 'include'}", *map(str, arguments)]
    subprocess.run(words, check=True)


def run(program: Path, inputs: np.ndarray) -> np.ndarray:
    """Return the outputs [shape=(n, ...)] of int8 `inputs` [shape=(n, ...)]."""
    done = subprocess.run(
        [str(program)], input=inputs.tobytes(), capture_output=True, check=True, timeout=120
    )
    assert not done.stderr
    return np.frombuffer(done.stdout, np.int8).reshape(len(inputs), -1)


def random_inputs(shape: tuple[int, ...], count: int, seed: int) -> np.ndarray:
    """Return int8 inputs: noise of many levels and widths, and the two extremes."""
    rng = np.random.default_rng(seed)
    level, width = rng.uniform(-90, 90, (count, 1)), rng.uniform(5, 90, (count, 1))
    noise = level + width * rng.normal(size=(count, prod(shape)))
    inputs = np.clip(noise, -128, 127).astype(np.int8)
    inputs[0], inputs[1] = -128, 127
    return inputs
