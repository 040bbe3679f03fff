"""The firmware tree of one model: sources, generated files, the `.tflite`, golden vectors.

It is written beside its place and renamed as a whole. A tree that is there is replaced only if it
is one of ours.
"""

import hashlib
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from math import inf
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nas import config
from nas.cost.ring import ring_hops
from nas.detector import Detection, default_detection, header
from nas.errors import CheckError, ConfigError
from nas.export.golden import Predicts, golden_vectors, vector_sources
from nas.export.layouts import choose, write_targets
from nas.export.manifest import MANIFEST, manifest
from nas.export.model_c import ModelSources, model_sources
from nas.export.replacing import clear_up, replacing
from nas.export.run import Int8Model
from nas.files import write_bytes, write_json, write_text
from nas.frontend import FrontEndSettings, decision_c, tables_c
from nas.graph.fold import folded
from nas.graph.quantized import QuantizedGraph
from nas.tflite import read

__all__ = ["ExportedTree", "decision_frames", "export"]

IGNORED = ("build", "generated", "tree-*", "*.o", "*.d", "*.su", "*.ci")


@dataclass(frozen=True)
class ExportedTree:
    """Where a tree was written, and its numbers.

    Attributes:
        path: the tree.
        manifest: contents of `generated/manifest.json`.
        arena_bytes: length of the arena.
        golden_vectors: how many clips prove it.
    """

    path: Path
    manifest: dict[str, Any]
    arena_bytes: int
    golden_vectors: int


def export(
    out_dir: Path,
    *,
    model: bytes,
    settings: FrontEndSettings,
    labels: list[str],
    golden: NDArray[np.int16],
    candidate: dict[str, Any] | None,
    decision_ms: int,
    audio_ring_hops: int | None = None,
    detection: Detection | None = None,
    runtime: Predicts | None = None,
    vectors: dict[str, Any] | None = None,
    targets: Sequence[str] | None = None,
) -> ExportedTree:
    """Write the tree of `model` to `out_dir`, which then builds and proves itself with `make`.

    Args:
        out_dir: new, empty, or an exported tree to replace.
        model: the `.tflite`, int8 in and out.
        settings: front end whose features the model takes.
        labels: one name an output, in order.
        golden: clips behind their run-ins [shape=(n, settings.heard_length)], for the golden
            vectors.
        candidate: kept in the manifest.
        decision_ms: time between decisions; rounded to whole hops, at least one.
        audio_ring_hops: that the audio ring holds, as priced for a board; where none is known a
            decision may take as long as the period.
        detection: when a decision is an event; None for the default.
        runtime: what gives the golden outputs; LiteRT's reference kernels without it.
        vectors: what the manifest says of the golden vectors.
        targets: build systems to leave drop-in trees for (`nas.export.layouts`); all by default.

    Raises:
        ConfigError: `out_dir` holds something else; labels do not fit the model; no such target.
        CheckError: the model's input is not what the front end gives.
        UnsupportedOpError: an op without a kernel.
    """
    clear_up(out_dir)
    choose(targets)
    graph = folded(read(model))
    runtime = runtime or Int8Model(model)
    _check_input(graph, runtime, settings)
    _check_labels(graph, labels)
    sources = model_sources(graph, labels=labels, model_digest=hashlib.sha256(model).hexdigest())
    decision = _decision(settings, decision_ms, audio_ring_hops)
    detection = detection or default_detection(labels, graph.quantization[graph.graph.output])
    _check_thresholds(detection, labels)
    record = manifest(
        graph,
        sources,
        tflite=model,
        settings=settings,
        labels=labels,
        candidate=candidate,
        decision=decision,
        detection=detection,
        vectors=vectors,
    )
    texts = vector_sources(golden_vectors(runtime, settings, golden))
    with replacing(out_dir) as part:
        _copy_firmware(part)
        _write_generated(part / "generated", sources, settings, texts)
        _write_decision(part / "generated", settings, decision, detection)
        write_bytes(part / "model.tflite", model)
        write_json(part / MANIFEST, record)
        write_targets(part, targets)
    return ExportedTree(out_dir, record, sources.arena_bytes, len(golden))


def decision_frames(settings: FrontEndSettings, decision_ms: int) -> int:
    """Return how many frames lie between two decisions: whole hops, to nearest, at least one."""
    if decision_ms < 1:
        raise ConfigError(f"decision_ms {decision_ms}: must be at least 1")
    return max(1, (2 * decision_ms + settings.hop_ms) // (2 * settings.hop_ms))


def _decision(
    settings: FrontEndSettings, decision_ms: int, audio_ring_hops: int | None
) -> dict[str, int]:
    """Return what the manifest says of the time between decisions and of the audio ring."""
    frames = decision_frames(settings, decision_ms)
    ring = audio_ring_hops or ring_hops(inf, frames)
    return {"ms": decision_ms, "frames": frames, "audio_ring_hops": ring}


def _check_input(model: QuantizedGraph, runtime: Predicts, settings: FrontEndSettings) -> None:
    """Hold the model's input, as the file and as the runtime say it, against the front end's."""
    wanted = settings.quantization
    said = [runtime.input_quantization] if isinstance(runtime, Int8Model) else []
    for found in (model.quantization[model.graph.input], *said):
        if found != wanted:
            raise CheckError(
                f"model input has scale {found.scale}, zero point {found.zero_point}; the front "
                f"end gives {wanted.scale}, {wanted.zero_point}: pin the input quantization"
            )
    tensor = model.graph.tensors[model.graph.input]
    if tensor.size_bytes != settings.n_frames * settings.n_bins:
        raise CheckError(
            f"model input {tensor.shape} has {tensor.size_bytes} elements; the front end gives "
            f"{settings.n_frames} frames of {settings.n_bins}"
        )


def _check_labels(model: QuantizedGraph, labels: list[str]) -> None:
    outputs = model.graph.tensors[model.graph.output].size_bytes
    if outputs != len(labels):
        raise ConfigError(f"{len(labels)} labels for a model with {outputs} outputs")


def _check_thresholds(detection: Detection, labels: list[str]) -> None:
    if [one.label for one in detection.thresholds] != labels:
        raise ConfigError("detection: its thresholds are not those of the labels, in their order")


def _copy_firmware(part: Path) -> None:
    source = config.resource_dir("firmware")
    shutil.copytree(source, part, ignore=shutil.ignore_patterns(*IGNORED), dirs_exist_ok=True)


def _write_generated(
    folder: Path,
    sources: ModelSources,
    settings: FrontEndSettings,
    vectors: tuple[str, str],
) -> None:
    tables_source, tables_header = tables_c.emit(settings)
    texts = {
        "model.c": sources.model_c,
        "model.h": sources.model_h,
        "labels.c": sources.labels_c,
        "frontend_tables.c": tables_source,
        "frontend_tables.h": tables_header,
        "test_vectors.c": vectors[0],
        "test_vectors.h": vectors[1],
    }
    for name, text in texts.items():
        write_text(folder / name, text)


def _write_decision(
    folder: Path, settings: FrontEndSettings, decision: dict[str, int], detection: Detection
) -> None:
    """Write when a decision is made, and when one is an event."""
    frames, ring = decision["frames"], decision["audio_ring_hops"]
    period_ms = 1_000 * frames * settings.hop_length / settings.sample_rate_hz
    write_text(folder / "decision.h", decision_c.emit(frames, ring))
    write_text(folder / "detector.h", header.emit(detection, period_ms=period_ms))
