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
    Activation,
    Add,
    AveragePool2D,
    Conv2D,
    DepthwiseConv2D,
    Dequantize,
    FullyConnected,
    Logistic,
    MaxPool2D,
    Mean,
    Pad,
    Quantize,
    Relu,
    Requantize,
    Reshape,
    Softmax,
)
from nas.graph.planner import greedy_plan
from nas.graph.quantized import Quantization, QuantizedGraph
from nas.tflite import StoredModel, read_stored

__all__ = ["AGAIN", "MANIFEST", "manifest", "read_manifest"]

MANIFEST = Path("generated/manifest.json")
AGAIN = "`nas export` its study or .tflite to a new folder, and take that tree"
"""What to do about a tree that is damaged or of another version."""
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
    Pad: "AddPad",
    Logistic: "AddLogistic",
    Requantize: "AddQuantize",
    Quantize: "AddQuantize",
    Dequantize: "AddDequantize",
}
RELUS = {
    Activation.RELU: "AddRelu",
    Activation.RELU6: "AddRelu6",
    Activation.RELU_N1_TO_1: "AddReluN1To1",
}
SHAPE_OPS = {"SHAPE": "AddShape", "STRIDED_SLICE": "AddStridedSlice", "PACK": "AddPack"}
"""Methods of TensorFlow Lite Micro's MicroMutableOpResolver."""


def manifest(
    model: QuantizedGraph,
    sources: ModelSources,
    *,
    tflite: bytes,
    labels: list[str],
    settings: FrontEndSettings | None = None,
    candidate: dict[str, Any] | None = None,
    decision: dict[str, int] | None = None,
    detection: Detection | None = None,
    vectors: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """Return the manifest of a tree as plain values.

    Args:
        model: the network as the C runs it.
        sources: its C.
        tflite: the file.
        labels: one name an output.
        settings: its front end; None of a network alone.
        candidate: what the network was built from, where that is known.
        decision: ms and frames between decisions, hops of the audio ring; None of a network alone.
        detection: when a decision is an event; None of a network alone.
        vectors: what the tree's test vectors are, and which runtime gave their outputs.
    """
    return {
        "format": FORMAT,
        "generator": f"nas {nas.__version__}",
        "model": _model(model, sources, tflite),
        "tflm": _tflm(read_stored(tflite)),
        "labels": labels,
        "frontend": None if settings is None else settings.to_dict(),
        "decision": decision,
        "detection": None if detection is None else detection.to_dict(),
        "candidate": candidate,
        "test_vectors": vectors,
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


def _model(model: QuantizedGraph, sources: ModelSources, tflite: bytes) -> dict[str, Any]:
    """Return what the network is in our C."""
    return {
        "sha256": hashlib.sha256(tflite).hexdigest(),
        "bytes": len(tflite),
        "input": _tensor(model, model.graph.input),
        "output": _tensor(model, model.graph.output),
        "arena_bytes": sources.arena_bytes,
        "constant_bytes": sources.constant_bytes,
        "kernels": list(sources.kernels),
    }


def _tflm(stored: StoredModel) -> dict[str, Any]:
    """Return what the file needs of TensorFlow Lite Micro."""
    graph = stored.network.graph
    return {
        "op_resolver": _resolver(stored),
        "planned_arena_bytes": greedy_plan(graph).arena_bytes,
        "arena_bytes": {
            kernels: sum(tflm_arena_parts(graph, kernels).values()) for kernels in KERNELS
        },
    }


def _tensor(model: QuantizedGraph, index: int) -> dict[str, Any]:
    quantization: Quantization = model.quantization[index]
    return {
        "shape": list(model.graph.tensors[index].shape),
        "scale": quantization.scale,
        "zero_point": quantization.zero_point,
    }


def _resolver(stored: StoredModel) -> list[str]:
    """Return the methods for all that the file holds; TFLM also runs what our C leaves out."""
    ops = [node.op for node in stored.network.graph.nodes]
    unknown = [type(op).__name__ for op in ops if not isinstance(op, (Relu, *RESOLVER))]
    if unknown:
        raise UnsupportedOpError(f"{unknown[0]}: no entry in the op resolver for TFLM")
    relus = {RELUS[op.activation] for op in ops if isinstance(op, Relu)}
    shapes = {SHAPE_OPS[name] for name in stored.shape_ops}
    return sorted({RESOLVER[type(op)] for op in ops if type(op) in RESOLVER} | relus | shapes)
