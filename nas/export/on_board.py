"""An exported tree proved on an emulated board: bytes, ROM, RAM, stack, instructions."""

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from nas.cost.compiler import CORES, Compiler
from nas.cost.emulator import Emulated
from nas.export.proof import Proof, check_files, folders, parts, printed

__all__ = ["prove_on_board"]

TIMEOUT_S = 600.0
COMMON = ("targets/emulated/target.c", "targets/emulated/print.c")


def prove_on_board(tree: Path, core: str) -> Proof:
    """Build `tree` for `core` in a folder of its own, measure it and run its golden vectors.

    Args:
        tree: an exported tree, which is only read.
        core: key of `nas.cost.emulator.MACHINES`.

    Raises:
        ConfigError: a tool or a file of the tree is missing. BuildError: the C does not compile.
        CheckError: the program did not end.
    """
    board = Emulated(core, tree)
    check_files(tree, *COMMON, f"targets/{board.machine.target}/{board.machine.script}")
    built = parts(tree)
    with tempfile.TemporaryDirectory() as name:
        folder, includes = Path(name), folders(tree)
        objects = _compiled(board, built.sources(tree), folder, includes)
        rom, ram = board.size(board.bare(tree / built.least, objects, includes, folder=folder))
        program = board.build([*built.proving(tree), *objects], includes, folder=folder)
        found = board.end_of(program, timeout_s=TIMEOUT_S)
        values = printed(found.returncode, found.stdout, found.stderr)
    counts = _counts(values, counted=board.machine.counts)
    return Proof(**counts, rom_bytes=rom, ram_bytes=ram, tools=_tools(board))


def _compiled(
    board: Emulated, sources: Sequence[Path], folder: Path, includes: Sequence[Path]
) -> list[Path]:
    """Compile what a device is built of; files of different areas may share a name."""
    made = []
    for source in sources:
        place = folder / source.parent.name
        place.mkdir(exist_ok=True)
        made.append(board.compile(source, place, includes=includes))
    return made


def _counts(values: dict[str, int], *, counted: bool) -> dict[str, Any]:
    """Return what was printed, without counts that are none: of this board, of hops without."""
    kept = {name: n for name, n in values.items() if counted or "instructions" not in name}
    return {name: n for name, n in kept.items() if n or name != "instructions_per_hop"}


def _tools(board: Emulated) -> tuple[str, ...]:
    target = CORES[board.core]
    return Compiler(target.compiler, target, (), Path()).version(), board.version()
