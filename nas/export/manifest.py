"""What an exported tree says of itself: `generated/manifest.json`, which also marks it as ours."""

import hashlib
import json
from pathlib import Path
from typing import Any

import nas
from nas.budget import KERNELS
from nas.cost.tflm import tflm_arena_parts
from nas.detector import Detection
from nas.errors import ConfigError, UnsupportedOpError
from nas.export.model_c import ModelSources
from nas.frontend import FrontEndSettings
from nas.graph.ops import (
    Add,
    AveragePool2D,
    Conv2D,
    DepthwiseConv2D,
    FullyConnected,
    MaxPool2D,
    Mean,
    Reshape,
    Softmax,
)
from nas.graph.planner import greedy_plan
from nas.graph.quantized import Quantization, QuantizedGraph

__all__ = ["MANIFEST", "manifest", "read_manifest"]

MANIFEST = Path("generated/manifest.json")
FORMAT = "nas firmware tree 1"

RESOLVER: dict[type, str] = {
    Conv2D: "AddConv2D",
    DepthwiseConv2D: "AddDepthwiseConv2D",
    FullyConnected: "AddFullyConnected",
    AveragePool2D: "AddAveragePool2D",
    MaxPool2D: "AddMaxPool2D",
    Mean: "AddMean",
    Add: "AddAdd",
    Reshape: "AddReshape",
    Softmax: "AddSoftmax",
}
"""Methods of TensorFlow Lite Micro's MicroMutableOpResolver."""


def manifest(
    model: QuantizedGraph,
    sources: ModelSources,
    *,
    tflite: bytes,
    settings: FrontEndSettings,
    labels: list[str],
    candidate: dict[str, Any] | None,
    decision_ms: int,
    decision_frames: int,
    detection: Detection,
) -> dict[str, Any]:
    """Return the manifest of a tree as plain values."""
    graph = model.graph
    return {
        "format": FORMAT,
        "generator": f"nas {nas.__version__}",
        "model": {
            "sha256": hashlib.sha256(tflite).hexdigest(),
            "bytes": len(tflite),
            "input": _tensor(model, graph.input),
            "output": _tensor(model, graph.output),
            "arena_bytes": sources.arena_bytes,
            "constant_bytes": sources.constant_bytes,
            "kernels": list(sources.kernels),
        },
        "tflm": {
            "op_resolver": _resolver(model),
            "planned_arena_bytes": greedy_plan(graph).arena_bytes,
            "arena_bytes": {
                kernels: sum(tflm_arena_parts(graph, kernels).values()) for kernels in KERNELS
            },
        },
        "labels": labels,
        "frontend": settings.to_dict(),
        "decision": {"ms": decision_ms, "frames": decision_frames},
        "detection": detection.to_dict(),
        "candidate": candidate,
    }


def read_manifest(tree: Path) -> dict[str, Any]:
    """Return the manifest of the exported tree at `tree`.

    Raises:
        ConfigError: `tree` is no exported tree of ours.
    """
    try:
        values = json.loads((tree / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        values = None
    if not isinstance(values, dict) or values.get("format") != FORMAT:
        raise ConfigError(f"{tree}: no exported firmware tree (no {MANIFEST} of ours)")
    return values


def _tensor(model: QuantizedGraph, index: int) -> dict[str, Any]:
    quantization: Quantization = model.quantization[index]
    return {
        "shape": list(model.graph.tensors[index].shape),
        "scale": quantization.scale,
        "zero_point": quantization.zero_point,
    }


def _resolver(model: QuantizedGraph) -> list[str]:
    kinds = {type(node.op) for node in model.graph.nodes}
    unknown = [kind.__name__ for kind in kinds if kind not in RESOLVER]
    if unknown:
        raise UnsupportedOpError(f"{unknown[0]}: no entry in the op resolver for TFLM")
    return sorted(RESOLVER[kind] for kind in kinds)
