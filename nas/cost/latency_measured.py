"""Reads measured times of published networks, and the networks, as observations for the fit."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nas.cost.latency_fit import Observation, work
from nas.cost.latency_structure import CMSIS_NN, ESP_NN, Structure
from nas.errors import ConfigError
from nas.graph.graph import Graph

__all__ = ["TARGETS", "Measured", "Target", "read_measured"]


@dataclass(frozen=True)
class Target:
    """A board of the measurements: its core, its kernel library and that library's structure."""

    core: str
    kernels: str
    measured_as: str
    structure: Structure


TARGETS = {
    "esp32": Target("xtensa-lx6", "esp-nn", "esp-nn-optimized", ESP_NN),
    "nano33ble": Target("cortex-m4", "cmsis-nn", "cmsis-nn-or-reference", CMSIS_NN),
}

NETWORKS = {
    "kws_ref_model.tflite": "kws",
    "ad01_int8.tflite": "ad",
    "pretrainedResnet_quant.tflite": "ic_resnet",
    "person_detect.tflite": "person_detect",
}
"""Name in the measurements -> stem of the file in the folder of models."""

OPS = {
    "CONV_2D": "Conv2D",
    "DEPTHWISE_CONV_2D": "DepthwiseConv2D",
    "FULLY_CONNECTED": "FullyConnected",
    "ADD": "Add",
    "AVERAGE_POOL_2D": "AveragePool2D",
    "RESHAPE": "Reshape",
    "SOFTMAX": "Softmax",
}


@dataclass(frozen=True)
class Measured:
    """What silicon took.

    Attributes:
        source: repository, commit and licence.
        date: of the measurements.
        graphs: by network.
        observations: by target: cycles by op and network.
        totals: by target and network: cycles of one inference, without a profiler.
    """

    source: str
    date: str
    graphs: Mapping[str, Graph]
    observations: Mapping[str, list[Observation]]
    totals: Mapping[str, dict[str, float]]


def read_measured(path: Path, models: Path) -> Measured:
    """Return the measurements in `path` joined with the networks in the folder `models`.

    Raises:
        ConfigError: a file is missing or holds something else.
    """
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        graphs = {name: _graph(models / f"{name}.tflite") for name in NETWORKS.values()}
        return Measured(
            data["source"],
            max(row["date"] for row in data["layers"]),
            graphs,
            {target: _observations(data, target, graphs) for target in TARGETS},
            {target: _totals(data, target) for target in TARGETS},
        )
    except OSError as error:
        raise ConfigError(f"{error.filename}: cannot be read: {error.strerror}") from None
    except (KeyError, TypeError, json.JSONDecodeError) as error:
        raise ConfigError(f"{path}: not a file of measurements: {error!r}") from None


def _graph(path: Path) -> Graph:
    from nas.tflite import read

    return read(path).graph


def _observations(data: Any, target: str, graphs: Mapping[str, Graph]) -> list[Observation]:
    works = {name: work(graph) for name, graph in graphs.items()}
    rows = [row for row in data["layers"] if row["target"] == target]
    return [_observation(row, works[NETWORKS[row["model"]]]) for row in rows]


def _observation(row: Any, works: Mapping[str, dict[str, float]]) -> Observation:
    op = OPS[row["op"]]
    cycles = float(row["us_per_inference"] * row["cpu_mhz"])
    return Observation(NETWORKS[row["model"]], op, {op: works[op]}, cycles)


def _totals(data: Any, target: str) -> dict[str, float]:
    """Return the last run of each network; runs differ by less than 0.4 %."""
    kernels = TARGETS[target].measured_as
    runs = [row for row in data["runs"] if row.get("target") == target]
    return {
        NETWORKS[row["model"]]: float(row["p50_us"] * row["cpu_mhz"])
        for row in runs
        if row["kernels"] == kernels
    }
