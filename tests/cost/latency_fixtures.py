"""A board of any core, and what silicon measured on the reference networks."""

import json
from types import SimpleNamespace

from nas.tflite import read
from tests.paths import shared

NETWORKS = ("kws", "ad", "ic_resnet", "person_detect")
MODELS = {
    "kws": "kws_ref_model.tflite",
    "ad": "ad01_int8.tflite",
    "ic_resnet": "pretrainedResnet_quant.tflite",
    "person_detect": "person_detect.tflite",
}
LIBRARIES = {
    "esp32": ("esp-nn-optimized", "xtensa-lx6", 240_000_000, "esp-nn"),
    "nano33ble": ("cmsis-nn-or-reference", "cortex-m4", 64_000_000, "cmsis-nn"),
}


def board(core="cortex-m4", clock_hz=64_000_000, *, runtime="tflm", kernels="cmsis-nn"):
    device = SimpleNamespace(core=core, clock_hz=clock_hz)
    return SimpleNamespace(device=device, runtime=runtime, kernels=kernels, decision_ms=250)


def measured():
    return json.loads((shared("reference") / "measured.json").read_text())


def graph(network):
    return read(shared("reference") / f"{network}.tflite").graph


def measured_ms(target, network):
    """Milliseconds of the newest run without a profiler."""
    kernels = LIBRARIES[target][0]
    runs = [
        row
        for row in measured()["runs"]
        if row.get("target") == target
        and row["model"] == MODELS[network]
        and row["kernels"] == kernels
    ]
    return runs[-1]["p50_us"] / 1e3
