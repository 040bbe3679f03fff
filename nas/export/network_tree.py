"""The tree of a network whose front end is not known: kernels, model, vectors, and no audio.

It is the tree of `nas.export.tree` without front end and listener; `make` in it builds the network
and proves it with random inputs, whose outputs a reference runtime gave.
"""

import hashlib
import shutil
from pathlib import Path
from typing import Any

import numpy as np

from nas import config
from nas.errors import ConfigError
from nas.export.extent import vector_count
from nas.export.golden import Golden, vector_sources
from nas.export.manifest import MANIFEST, manifest
from nas.export.model_c import ModelSources, model_sources
from nas.export.reference import random_inputs, reference_outputs
from nas.export.replacing import clear_up, replacing
from nas.export.tree import ExportedTree
from nas.files import write_bytes, write_json, write_text
from nas.graph.fold import folded
from nas.graph.graph import Tensor
from nas.graph.quantized import QuantizedGraph
from nas.tflite import read

__all__ = ["export_network"]

PARTS = (
    *("include", "kernels", "targets/network", "targets/emulated"),
    *("targets/qemu-cortex-m", "targets/qemu-riscv", "targets/qemu-xtensa"),
)
MOST_LABELS = 4_096
"""Names of more outputs than these are nobody's classes."""


def export_network(
    out_dir: Path, *, model: bytes, labels: list[str] | None = None
) -> ExportedTree:
    """Write the tree of the network `model` to `out_dir`.

    Args:
        out_dir: new, empty, or an exported tree to replace.
        model: the `.tflite`, int8 inside.
        labels: one name an output; numbers if not given.

    Raises:
        ConfigError: `out_dir` holds something else; the file cannot be read; wrong labels.
        UnsupportedOpError: an op without a reader or a kernel; named with its index and output.
    """
    clear_up(out_dir)
    network = folded(read(model))
    graph = network.graph
    if not graph.nodes:
        raise ConfigError("model: nothing is left to compute: its output is its input")
    count = vector_count(graph)
    names = _labels(graph.tensors[graph.output], labels)
    digest = hashlib.sha256(model).hexdigest()
    sources = model_sources(network, labels=names, model_digest=digest)
    golden, said = _proof(model, network, count)
    record = manifest(network, sources, tflite=model, labels=names, vectors=said)
    vectors = vector_sources(golden)
    with replacing(out_dir) as part:
        _copy_firmware(part)
        _write_generated(part / "generated", sources, vectors)
        write_bytes(part / "model.tflite", model)
        write_json(part / MANIFEST, record)
    return ExportedTree(out_dir, record, sources.arena_bytes, count)


def _proof(model: bytes, network: QuantizedGraph, count: int) -> tuple[Golden, dict[str, Any]]:
    """Return `count` test vectors, and what the manifest says of them."""
    graph = network.graph
    inputs = random_inputs(count, graph.tensors[graph.input].size_bytes)
    made = reference_outputs(model, network, inputs)
    said = {
        "count": count,
        "inputs": "random int8 bytes and the two extremes; no sound",
        "outputs": made.source,
        "refused": list(made.refused),
    }
    return Golden(np.zeros((0, 0), np.int16), inputs, made.outputs), said


def _labels(output: Tensor, labels: list[str] | None) -> list[str]:
    count = output.size_bytes
    if labels is None:
        return [str(index) for index in range(min(count, MOST_LABELS))]
    if len(labels) != count:
        raise ConfigError(f"{len(labels)} labels for a model with {count} outputs")
    return labels


def _copy_firmware(part: Path) -> None:
    source = config.resource_dir("firmware")
    for name in PARTS:
        shutil.copytree(source / name, part / name)
    for name in ("Makefile", "README.md"):
        text = (source / "targets/network" / f"tree-{name}").read_text(encoding="utf-8")
        write_text(part / name, text)
        (part / "targets/network" / f"tree-{name}").unlink()


def _write_generated(folder: Path, sources: ModelSources, vectors: tuple[str, str]) -> None:
    texts = {
        "model.c": sources.model_c,
        "model.h": sources.model_h,
        "labels.c": sources.labels_c,
        "test_vectors.c": vectors[0],
        "test_vectors.h": vectors[1],
    }
    for name, text in texts.items():
        write_text(folder / name, text)
