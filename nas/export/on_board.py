"""An exported tree proved on an emulated board: bytes, ROM, RAM, stack, instructions."""

import tempfile
from pathlib import Path
from typing import Any

from nas.cost.compiler import CORES, Compiler
from nas.cost.emulator import Emulated
from nas.errors import ConfigError
from nas.export.proof import Proof, folders, needed, printed, sources

__all__ = ["prove_on_board"]

TIMEOUT_S = 600.0


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
    programs = needed(tree, "emulated/target.c", "emulated/print.c", "emulated/listen.c")[:3]
    _check_target(board, tree)
    with tempfile.TemporaryDirectory() as name:
        folder, includes = Path(name), folders(tree)
        objects = _compiled(board, tree, folder)
        listen = tree / "targets/emulated/listen.c"
        rom, ram = board.size(board.bare(listen, objects, includes, folder=folder))
        program = board.build([*programs, *objects], includes, folder=folder)
        found = board.end_of(program, timeout_s=TIMEOUT_S)
        values = printed(found.returncode, found.stdout, found.stderr)
    counts = _counts(values, counted=board.machine.counts)
    return Proof(**counts, rom_bytes=rom, ram_bytes=ram, tools=_tools(board))


def _check_target(board: Emulated, tree: Path) -> None:
    place = Path("targets") / board.machine.target
    if not (tree / place / board.machine.script).is_file():
        raise ConfigError(f"{tree}: no {place}/{board.machine.script} in it; export it again")


def _compiled(board: Emulated, tree: Path, folder: Path) -> list[Path]:
    """Compile what a device is built of; files of different areas may share a name."""
    made = []
    for source in sources(tree):
        place = folder / source.parent.name
        place.mkdir(exist_ok=True)
        made.append(board.compile(source, place, includes=folders(tree)))
    return made


def _counts(values: dict[str, int], *, counted: bool) -> dict[str, Any]:
    """Return what was printed, without the counts of a board that does not count."""
    return {name: n for name, n in values.items() if counted or "instructions" not in name}


def _tools(board: Emulated) -> tuple[str, ...]:
    target = CORES[board.core]
    return Compiler(target.compiler, target, (), Path()).version(), board.version()
