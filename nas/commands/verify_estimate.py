"""What `nas.cost` foretold of an exported tree on a core, beside what a build of it shows."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nas.budget import Budget
from nas.cost import code, instructions, price_parts
from nas.cost.instructions import hop_instructions, node_instructions
from nas.cost.ring import audio_ring_bytes
from nas.errors import ConfigError, UnsupportedOpError
from nas.export.manifest import AGAIN
from nas.frontend import FrontEndSettings, settings_of
from nas.frontend.sizes import sizes
from nas.graph.fold import folded
from nas.graph.graph import Graph
from nas.tflite import read

__all__ = ["Foretold", "Tree", "foretold", "read_tree"]

ANY_SIZE = 1 << 32
RING_HOPS_BEFORE = 2
"""Of a tree whose manifest does not say it: an earlier version knew no other."""


@dataclass(frozen=True)
class Tree:
    """What an exported tree computes: its network behind its front end, or alone (None).

    Attributes:
        graph: the network.
        settings: of the front end.
        ring_hops: that the audio ring holds.
    """

    graph: Graph
    settings: FrontEndSettings | None
    ring_hops: int = RING_HOPS_BEFORE


@dataclass(frozen=True)
class Foretold:
    """A price on a core, by the names of `nas.export.proof.Proof`.

    Attributes:
        values: what has a price.
        sizes_of, instructions_of: measured cores whose tables stand for this one.
    """

    values: Mapping[str, int]
    sizes_of: str
    instructions_of: str


def read_tree(tree: Path, manifest: Mapping[str, Any]) -> Tree:
    """Return what the tree says it computes.

    Raises:
        ConfigError: its manifest or its model is damaged.
    """
    try:
        values = manifest["frontend"]
        settings = None if values is None else settings_of(values)
        decision = manifest.get("decision") or {}
        ring_hops = int(decision.get("audio_ring_hops", RING_HOPS_BEFORE))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ConfigError(
            f"{tree}: manifest.json says of the front end: {error}; {AGAIN}"
        ) from None
    if settings is None and (tree / "app").is_dir():
        raise ConfigError(f"{tree}: manifest.json names no front end; {AGAIN}")
    return Tree(folded(read(tree / "model.tflite")).graph, settings, ring_hops)


def foretold(tree: Tree, core: str, *, counts: bool) -> Foretold:
    """Return the prices of `tree` on `core`; what cannot be priced is left out.

    Args:
        tree: network and front end.
        core: a core of `nas.cost.code.TABLES`.
        counts: whether instructions will be counted there.
    """
    values = _sizes(tree, core) | (_instructions(tree, core) if counts else {})
    return Foretold(values, code.table_name(core), instructions.table_name(core))


def _sizes(tree: Tree, core: str) -> dict[str, int]:
    try:
        table = code.load_code_sizes(core)
        taken = None if tree.settings is None else sizes(tree.settings)
        ring = audio_ring_bytes(tree.settings, tree.ring_hops) if tree.settings else 0
        cost = price_parts(tree.graph, taken, _budget(core), code=table, audio_ring_bytes=ring)
    except (UnsupportedOpError, ConfigError):
        return {}
    stack = cost.parts["ram.stack"]
    return {
        "rom_bytes": cost.rom_bytes,
        "ram_bytes": cost.ram_bytes - stack,
        "stack_bytes": stack,
    }


def _instructions(tree: Tree, core: str) -> dict[str, int]:
    found: dict[str, int] = {}
    try:
        nodes = [node_instructions(tree.graph, node, core) for node in tree.graph.nodes]
        found["instructions_per_inference"] = round(sum(nodes))
        if tree.settings is not None:
            found["instructions_per_hop"] = round(hop_instructions(tree.settings, core))
    except (UnsupportedOpError, ConfigError):
        pass
    return found


def _budget(core: str) -> Budget:
    """Return a board of the core on which everything fits."""
    device = {"core": core, "clock_hz": 1_000_000}
    device |= {"flash_bytes": ANY_SIZE, "sram_bytes": ANY_SIZE, "reserved_sram_bytes": 0}
    return Budget.model_validate({"board": core, "device": device, "limits": {"macs": 1}})
