"""What a converted candidate really takes: its file, its C on each core. Kept by digest."""

import hashlib
import json
import tempfile
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import numpy as np

import nas.tflite
from nas.budget import load_budget
from nas.cost import macs, price
from nas.cost.compiler import CORES, FLAGS, Compiler
from nas.export.built import built_cost
from nas.export.manifest import read_manifest
from nas.export.tree import decision_frames, export
from nas.files import write_json, write_text
from nas.frontend import decision_c, settings_of
from nas.frontend.settings import FrontEndSettings
from tests.benchmarks.prices_board import on_board
from tests.benchmarks.prices_convert import Converted
from tests.benchmarks.prices_micro import micro_arena
from tests.paths import REPOSITORY
from tests.random_candidates import N_CLASSES

__all__ = ["BOARDS", "Values", "measured"]

BOARDS = {"cortex-m4": "stm32f446", "rv32imc": "esp32c3"}
"""By core: whose audio ring the tree has when it is measured there."""
MEASURING = (
    "nas/cost/compiler.py",
    "nas/cost/emulator.py",
    "nas/cost/stack.py",
    "nas/export/built.py",
    "tests/benchmarks/prices_board.py",
    "tests/benchmarks/prices_micro.py",
    "tests/benchmarks/prices_measured.py",
)
Values = dict[str, float]
DECISION_MS = 250


def measured(one: Converted, cache_dir: Path) -> Values:
    """Return what the file and the C made of it really take; kept in `cache_dir`."""
    content, settings = one.path.read_bytes(), one.candidate.frontend
    with tempfile.TemporaryDirectory() as folder:
        tree = _tree(content, settings, Path(folder) / "tree")
        rings = {core: _ring_hops(one, board) for core, board in BOARDS.items()}
        kept = cache_dir / f"{one.path.stem}-{_digest(tree, rings)[:12]}.json"
        if kept.is_file():
            values: Values = json.loads(kept.read_text(encoding="utf-8"))
            return values
        values = _of_file(content)
        for core, n_hops in rings.items():
            _set_ring(tree, n_hops)
            values |= _measured_on(core, tree)
    write_json(kept, values)
    return values


def _tree(content: bytes, settings: FrontEndSettings, folder: Path) -> Path:
    rng = np.random.default_rng(1)
    swell = np.exp(np.linspace(2.0, 9.0, settings.heard_length))
    clips = rng.normal(size=(2, settings.heard_length)) * swell
    return export(
        folder,
        model=content,
        settings=settings,
        labels=[f"class {index}" for index in range(N_CLASSES)],
        golden=np.clip(clips, -32_768, 32_767).astype(np.int16),
        candidate=None,
        decision_ms=DECISION_MS,
    ).path


def _of_file(content: bytes) -> Values:
    graph, arena = nas.tflite.read(content).graph, micro_arena(content)
    return {
        "model_bytes": len(content),
        "macs": macs(graph),
        "constant_bytes": nas.tflite.constant_bytes(content),
        "head": arena.head_bytes,
        "planned_bytes": arena.head_bytes,
        "arena_64": arena.total_bytes,
    }


def _measured_on(core: str, tree: Path) -> Values:
    built, found = built_cost(tree, core), on_board(tree, core, n_outputs=N_CLASSES)
    assert built["compiled_for"] == core, f"{core}: compiled for {built['compiled_for']}"
    return {
        f"{core}.rom": found.rom_bytes,
        f"{core}.rom_objects": built["rom_bytes"],
        f"{core}.static": found.static_bytes,
        f"{core}.ram": built["ram_bytes"],
        f"{core}.ram_painted": found.static_bytes + found.stack_bytes,
        f"{core}.stack": found.stack_bytes,
        f"{core}.instructions": found.instructions,
        f"{core}.differences": found.differences,
    }


def _ring_hops(one: Converted, board: str) -> int:
    """Return the audio ring that a search for `board` exports."""
    settings = one.candidate.frontend
    cost = price(nas.tflite.read(one.path).graph, settings, load_budget(board))
    return cost.parts["ram.audio_ring"] // (2 * settings.hop_length)


def _set_ring(tree: Path, n_hops: int) -> None:
    frames = decision_frames(settings_of(read_manifest(tree)["frontend"]), DECISION_MS)
    write_text(tree / "generated/decision.h", decision_c.emit(frames, n_hops))


def _digest(tree: Path, rings: Mapping[str, int]) -> str:
    """Return a digest of the tree's C, of the compilers and of the code that measures."""
    digest = hashlib.sha256(f"{_measuring()}{rings}".encode())
    for path in sorted(_sources(tree)):
        digest.update(f"{path.relative_to(tree)}\0".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _sources(tree: Path) -> Iterator[Path]:
    for pattern in ("*.c", "*.h", "*.ld"):
        yield from tree.rglob(pattern)


@cache
def _measuring() -> str:
    compilers = [Compiler(CORES[core].compiler, CORES[core], (), Path()) for core in BOARDS]
    texts = [(REPOSITORY / path).read_text(encoding="utf-8") for path in MEASURING]
    return repr((texts, FLAGS, [compiler.version() for compiler in compilers]))
