"""Proof that an exported tree computes what was evaluated: here, and on emulated boards."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from nas.commands.verify_estimate import Foretold, Tree, foretold, read_tree
from nas.cost.emulator import MACHINES
from nas.cost.tools import missing_tool
from nas.errors import BuildError, CheckError, ConfigError, NasError
from nas.export.manifest import AGAIN, MANIFEST, read_manifest
from nas.export.on_board import prove_on_board
from nas.export.on_host import missing_host_tool, prove_on_host
from nas.export.proof import Proof, check_files

__all__ = ["TARGETS", "Row", "Verification", "VerifyRequest", "verify"]

HOST = "host"
TARGETS: Mapping[str, str | None] = {
    HOST: None,
    "qemu-cortex-m0": "cortex-m0",
    "qemu-cortex-m3": "cortex-m3",
    "qemu-cortex-m4": "cortex-m4",
    "qemu-cortex-m7": "cortex-m7",
    "qemu-cortex-m55": "cortex-m55",
    "qemu-riscv": "rv32imc",
    "qemu-xtensa": "xtensa-lx106",
}
"""By name: the core of the emulated board; None for this computer."""


@dataclass(frozen=True, kw_only=True)
class VerifyRequest:
    """What to prove and where.

    Attributes:
        tree: an exported tree, a study, or a study's name in `results`.
        targets: names of `TARGETS`, or ``all``; none: those whose tools are there.
        on_target: told of each target before it is built.
    """

    tree: Path
    targets: Sequence[str] = ()
    results: Path = Path("results")
    on_target: Callable[[str], None] | None = None


@dataclass(frozen=True, kw_only=True)
class Row:
    """One target: what it proved and what was foretold, or why it proved nothing."""

    target: str
    core: str | None
    proof: Proof | None = None
    foretold: Foretold | None = None
    problem: str | None = None

    @property
    def ok(self) -> bool:
        """Tell whether every byte is equal."""
        return self.proof is not None and self.proof.differ == 0

    def to_dict(self) -> dict[str, Any]:
        """Return the row as plain values."""
        plain = {"target": self.target, "core": self.core, "ok": self.ok, "problem": self.problem}
        return plain | {
            "measured": self.proof and asdict(self.proof),
            "estimated": self.foretold and asdict(self.foretold),
        }


@dataclass(frozen=True, kw_only=True)
class Verification:
    """All rows of a tree; `absent` says of targets that were not asked for what they lack."""

    tree: Path
    model: str
    rows: Sequence[Row]
    absent: Mapping[str, str]

    @property
    def ok(self) -> bool:
        """Tell whether every target computed every byte."""
        return all(row.ok for row in self.rows)

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain values."""
        return {
            "tree": str(self.tree),
            "model_sha256": self.model,
            "ok": self.ok,
            "targets": [row.to_dict() for row in self.rows],
            "absent": dict(self.absent),
        }


def verify(request: VerifyRequest) -> Verification:
    """Build the tree for each target, run its golden vectors there, and hold it to its price.

    The tree is only read.

    Raises:
        ConfigError: no whole tree, no such target, or a target that was asked for lacks a tool;
            names its Debian package.
        CheckError: the tree's model is not the one that the tree was made from.
    """
    tree = _find_tree(request.tree, request.results)
    manifest = read_manifest(tree)
    model = _check_whole(tree, manifest)
    content = read_tree(tree, manifest)
    targets, absent = _targets(request.targets)
    rows = []
    for target in targets:
        if request.on_target is not None:
            request.on_target(target)
        rows.append(_row(tree, content, target))
    return Verification(tree=tree, model=model, rows=rows, absent=absent)


def _find_tree(place: Path, results: Path) -> Path:
    """Return the exported tree at `place`, or that of a study there or in `results`."""
    for folder in (place, place / "firmware", results / place / "firmware"):
        if (folder / MANIFEST).is_file():
            return folder
    if (results / place / "study.json").is_file() or (place / "study.json").is_file():
        raise ConfigError(f"{place}: no firmware yet; run its `nas search` again to the end")
    raise ConfigError(
        f"{place}: no exported firmware tree (no {MANIFEST} in it), and no study with one in "
        f"{results}/"
    )


def _check_whole(tree: Path, manifest: Mapping[str, Any]) -> str:
    """Return the digest of the tree's model, which is the manifest's; sources must be there."""
    try:
        wanted, kernels = manifest["model"]["sha256"], manifest["model"]["kernels"]
        files = ["model.tflite", *(f"kernels/{stem}.c" for stem in kernels)]
    except (KeyError, TypeError):
        raise ConfigError(f"{tree}: {MANIFEST} is damaged; {AGAIN}") from None
    check_files(tree, *files)
    found = hashlib.sha256((tree / "model.tflite").read_bytes()).hexdigest()
    if found != wanted:
        raise CheckError(
            f"{tree}: model.tflite is not the one the tree was made from (its SHA-256 is not "
            f"that of the manifest); {AGAIN}"
        )
    return found


def _targets(words: Sequence[str]) -> tuple[list[str], dict[str, str]]:
    """Return targets to run, and what those that were not asked for lack."""
    asked = [name for word in words for name in word.split(",") if name]
    unknown = [name for name in asked if name not in (*TARGETS, "all")]
    if unknown:
        raise ConfigError(f"--target {unknown[0]}: known: {', '.join(TARGETS)}, all")
    wanted = list(TARGETS) if not asked or "all" in asked else list(dict.fromkeys(asked))
    lacking = {name: line for name in wanted if (line := _lacks(name))}
    if asked and lacking:
        name, line = next(iter(lacking.items()))
        raise ConfigError(f"{name}: {line}")
    here = [name for name in wanted if name not in lacking]
    if not here:
        raise ConfigError(f"no target can be built: {lacking[HOST]}")
    return here, lacking


def _lacks(target: str) -> str | None:
    core = TARGETS[target]
    return missing_host_tool() if core is None else missing_tool(core)


def _row(tree: Path, content: Tree, target: str) -> Row:
    """Prove one target; what stops it there is told in its row, and the others go on."""
    core = TARGETS[target]
    try:
        if core is None:
            return Row(target=target, core=None, proof=prove_on_host(tree))
        price = foretold(content, core, counts=MACHINES[core].counts)
        return Row(target=target, core=core, proof=prove_on_board(tree, core), foretold=price)
    except (BuildError, CheckError) as error:
        return Row(target=target, core=core, problem=_one_line(error))


def _one_line(error: NasError) -> str:
    return " ".join(str(error).split())
