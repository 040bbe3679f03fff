"""The wrappers of CMSIS-NN and ESP-NN: the plan they run in, and every argument they pass.

The libraries are not here. A stand-in with their documented declarations calls our own kernels, so
that an argument in a wrong place changes bytes; and it can refuse, so that the way back is run.
"""

import os
import re
import subprocess
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

from nas.config import resource_dir
from nas.export.layouts.ports import apart_plan, scratch_bytes
from nas.export.model_c import model_sources
from nas.export.run import Int8Model
from nas.graph.graph import GraphBuilder
from nas.graph.lifetimes import spans, storage
from nas.graph.ops import (
    Activation,
    Add,
    AveragePool2D,
    Conv2D,
    DepthwiseConv2D,
    FullyConnected,
    MaxPool2D,
    Mean,
    Padding,
    Reshape,
    Softmax,
)
from nas.tflite import read
from tests.export.compiled import MAIN, random_inputs
from tests.export.layouts.cross import HEADERS, compile_all, compiler
from tests.export.layouts.formats import defines
from tests.export.random_network import content
from tests.random_candidates import networks
from tests.shared import reference_model

FIRMWARE = resource_dir("firmware")
WRAPPED = (
    "convolve", "depthwise", "fully_connected", "avgpool", "max_pool", "add", "softmax",
)  # fmt: skip
SCRATCH = "#define NAS_PORT_SCRATCH_BYTES 64\n"


def every_op():
    """All wrapped ops, with dilation, multiplier, odd sizes, branches and a Reshape."""
    builder = GraphBuilder((13, 9, 1))
    stem = builder.add(Conv2D(8, (5, 3), (1, 2), activation=Activation.RELU), builder.input)
    wide = builder.add(DepthwiseConv2D((3, 3), multiplier=2, activation=Activation.RELU6), stem)
    back = builder.add(Conv2D(8, (1, 1)), wide)
    both = builder.add(Add(Activation.RELU), stem, back)
    dilated = builder.add(Conv2D(6, (3, 1), dilation=(2, 1)), both)
    dilated = builder.add(DepthwiseConv2D((3, 2), dilation=(2, 2)), dilated)
    largest = builder.add(MaxPool2D((3, 2), (2, 1), Padding.SAME), dilated)
    average = builder.add(AveragePool2D((2, 3), (2, 1)), largest)
    height, width, channels = builder.shape(average)
    flat = builder.add(Reshape((height * width * channels,)), average)
    hidden = builder.add(FullyConnected(11, Activation.RELU), flat)
    return builder.build(builder.add(Softmax(), builder.add(FullyConnected(5), hidden)))


def check_apart(graph):
    """No byte is shared by tensors alive at one node, but by a Reshape's two."""
    plan, owner = apart_plan(graph), storage(graph)
    use = spans(graph, owner)
    for tensor, place in enumerate(plan.offsets):
        assert place == plan.offsets[owner[tensor]]
        assert place % 16 == 0
        assert place + graph.tensors[tensor].size_bytes <= plan.arena_bytes
    for (a, (first, last)), (b, (begin, end)) in combinations(use.items(), 2):
        if begin <= last and first <= end:
            low, high = sorted((a, b), key=lambda tensor: plan.offsets[tensor])
            assert plan.offsets[low] + graph.tensors[low].size_bytes <= plan.offsets[high]


def test_plan_keeps_tensors_apart():
    check_apart(every_op())
    for family in ("conv1d", "ds_cnn", "separable_conv2d"):
        for _, graph in networks(family, 3, first_seed=40):
            check_apart(graph)


def test_arena_apart_of_the_reference_networks():
    """The planned parts that TFLM reports for kws and ic_resnet: it plans apart, too."""
    for name, planned in (("kws", 16_000), ("ic_resnet", 49_152)):
        graph = read(reference_model(name)).graph
        assert apart_plan(graph).arena_bytes == planned


def test_scratch_is_what_the_libraries_document():
    """CMSIS-NN's im2col of the largest convolution, 3 x 1 x 8: two columns of int16.

    The stem has 5 x 3 x 1, a column filled up to four elements: 2 x 2 x 16 bytes. Depthwise
    convolutions have a multiplier or dilation, for which it asks nothing.
    """
    sizes = scratch_bytes(every_op())
    assert sizes["CMSIS_NN"] == max(2 * 2 * 3 * 8, 2 * 2 * 16)
    assert all(size % 16 == 0 and size >= 16 for size in sizes.values())


@dataclass(frozen=True)
class Port:
    library: str
    file: bytes
    program: Path

    def run(self, inputs, **variables):
        done = subprocess.run(
            [str(self.program)],
            input=inputs.tobytes(),
            capture_output=True,
            check=True,
            env={**os.environ, **variables},
        )
        return np.frombuffer(done.stdout, np.int8).reshape(len(inputs), -1)


@pytest.fixture(scope="module", params=["cmsis_nn", "esp_nn"])
def port(request, tmp_path_factory):
    folder, library = tmp_path_factory.mktemp(request.param), request.param
    file = content(every_op(), 4)
    return Port(library, file, build(library, file, folder))


def build(library, file, folder):
    model = read(file)
    layout = apart_plan(model.graph)
    labels = [f"c{i}" for i in range(model.graph.tensors[model.graph.output].size_bytes)]
    made = model_sources(model, labels=labels, model_digest="0" * 64, layout=layout)
    texts = {"model.c": made.model_c, "model.h": made.model_h, "main.c": MAIN}
    for name, text in {**texts, "scratch.h": SCRATCH}.items():
        (folder / name).write_text(text, encoding="utf-8")
    ports = sorted((FIRMWARE / "ports" / library).glob("*.c"))
    replaced = {path.name for path in ports}
    kernels = [p for p in sorted((FIRMWARE / "kernels").glob("*.c")) if p.name not in replaced]
    sources = [*ports, *kernels, FIRMWARE / "ports/scratch.c", HEADERS / library / "stand_in.c"]
    sources += [folder / name for name in ("model.c", "main.c")]
    headers = [folder, FIRMWARE, FIRMWARE / "include", FIRMWARE / "ports", HEADERS / library]
    sanitizers = ("-fsanitize=address,undefined", "-fno-sanitize-recover=all")
    objects = compile_all("host", folder, sources, headers, *sanitizers)
    program = folder / "program"
    link = [*compiler("host"), *sanitizers, *map(str, objects), "-o", str(program)]
    subprocess.run(link, check=True)
    return program


def test_every_argument_arrives(port):
    model = Int8Model(port.file)
    inputs = random_inputs(model.input_shape, 40, seed=8)
    expected = model.predict(inputs)
    assert len(np.unique(expected, axis=0)) > 20
    np.testing.assert_array_equal(port.run(inputs), expected)


@pytest.mark.parametrize("name", WRAPPED)
def test_each_library_function_is_called(port, name):
    model = Int8Model(port.file)
    inputs = random_inputs(model.input_shape, 40, seed=8)
    assert (port.run(inputs, SPOIL=name) != port.run(inputs)).any()


@pytest.mark.parametrize("why", ["scratch", "call"])
def test_what_is_refused_the_portable_kernel_computes(port, why):
    model = Int8Model(port.file)
    inputs = random_inputs(model.input_shape, 40, seed=8)
    np.testing.assert_array_equal(port.run(inputs, REFUSE=why), model.predict(inputs))


@pytest.mark.parametrize(
    ("library", "core"),
    [("cmsis_nn", "cortex-m4"), ("cmsis_nn", "cortex-m0"), ("esp_nn", "rv32imc"),
     ("esp_nn", "xtensa-lx106")],
)  # fmt: skip
def test_wrappers_compile_for_the_chips(library, core, tmp_path):
    (tmp_path / "scratch.h").write_text(SCRATCH)
    sources = [*sorted((FIRMWARE / "ports" / library).glob("*.c")), FIRMWARE / "ports/scratch.c"]
    headers = [tmp_path, FIRMWARE / "include", FIRMWARE / "ports", HEADERS / library]
    assert len(compile_all(core, tmp_path, sources, headers)) == len(WRAPPED) + 1


def test_both_libraries_replace_the_same_kernels():
    names = [
        {path.name for path in (FIRMWARE / "ports" / library).glob("*.c")}
        for library in ("cmsis_nn", "esp_nn")
    ]
    assert names[0] == names[1]
    assert all((FIRMWARE / "kernels" / name).is_file() for name in names[0])


def test_a_tree_has_the_model_apart(tree):
    folder = tree.path / "generated/apart"
    graph = read(tree.path / "model.tflite").graph
    header = (folder / "model.h").read_text()
    arena = int(re.search(r"ARENA_BYTES (\d+)", header)[1])
    assert arena == apart_plan(graph).arena_bytes
    written = defines(folder / "scratch.h")
    for name, size in scratch_bytes(graph).items():
        assert int(written[f"NAS_PORT_SCRATCH_{name}_BYTES"]) == size


def test_mean_stays_ours():
    """No wrapper for Mean: neither library has one with a plain call; ours is linked."""
    builder = GraphBuilder((4, 4, 2))
    graph = builder.build(builder.add(Mean(), builder.input))
    assert apart_plan(graph).arena_bytes == 48
