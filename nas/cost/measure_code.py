"""Writes a table of code sizes: ``python -m nas.cost.measure_code --core cortex-m4``.

Every C file of the firmware's kernels, frontend and app is compiled for the core; the sizes are
read from the objects, the stack from the compiler's call graph (see `compiler`, `stack`, `probe`).
"""

import argparse
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from nas import config, files
from nas.cost.code import FOLDER
from nas.cost.compiler import CORES, FLAGS, Compiled, Compiler
from nas.cost.probe import GENERATED_FUNCTIONS, node_sizes, write_headers
from nas.cost.stack import CallGraph, merge
from nas.errors import ConfigError, NasError

__all__ = ["main", "measure"]

AREAS = ("kernels", "frontend", "app")
Row = dict[str, Any]
Objects = Mapping[str, Compiled]


def main(arguments: list[str] | None = None) -> int:
    """Measure one core and write its table; returns the exit code."""
    options = _parser().parse_args(arguments)
    out = options.out or FOLDER / f"{options.core}.json"
    try:
        table = measure(options.core, command=options.cc, firmware=options.firmware)
        files.write_json(out, table)
    except NasError as error:
        sys.stderr.write(f"error: {error}\n")
        return error.exit_code
    sys.stdout.write(f"{out}: {len(table['functions'])} files, {table['compiler']}\n")
    return 0


def measure(core: str, *, command: str | None = None, firmware: Path) -> Row:
    """Return the table of `core`.

    Args:
        core: key of `nas.cost.compiler.CORES`.
        command: the compiler, if not the core's usual one.
        firmware: folder with include, kernels, frontend and app.

    Raises:
        ConfigError: no compiler or no C files. BuildError: one does not compile.
    """
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        write_headers(work)
        compiler = Compiler(
            command or CORES[core].compiler, CORES[core], (firmware / "include", work), work
        )
        areas = {area: _compile_area(compiler, firmware / area) for area in AREAS}
        _check_stems(firmware, areas)
        nodes, model_bytes = node_sizes(compiler)
        return {
            "core": core,
            "compiler": compiler.version(),
            "flags": " ".join((*FLAGS, *CORES[core].flags)),
            "functions": _rows(areas),
            "nodes": nodes,
            "model": {"code_bytes": model_bytes},
            "toolchain": {"code_bytes": compiler.library_bytes(_every(areas))},
        }


def _compile_area(compiler: Compiler, folder: Path) -> Objects:
    sources = sorted(folder.glob("*.c"))
    return {source.stem: compiler.compile(source, source.stem) for source in sources}


def _every(areas: Mapping[str, Objects]) -> list[Compiled]:
    return [compiled for objects in areas.values() for compiled in objects.values()]


def _check_stems(firmware: Path, areas: Mapping[str, Objects]) -> None:
    stems = [stem for objects in areas.values() for stem in objects]
    if not stems:
        raise ConfigError(f"{firmware}: no C files in {', '.join(AREAS)}; give --firmware")
    twice = sorted({stem for stem in stems if stems.count(stem) > 1})
    if twice:
        raise ConfigError(f"{firmware}: two files named {twice[0]}.c; rename one")


def _rows(areas: Mapping[str, Objects]) -> dict[str, Row]:
    """Return the table's rows by stem. Chains of frames stay within an area."""
    public = {name for compiled in _every(areas) for name in compiled.symbols}
    elsewhere = CallGraph(dict.fromkeys([*public, *GENERATED_FUNCTIONS], 0), {}, 0)
    rows = {}
    for area, objects in areas.items():
        graph = merge([elsewhere, *(compiled.calls for compiled in objects.values())])
        home = {name: stem for stem, compiled in objects.items() for name in compiled.symbols}
        for stem, compiled in objects.items():
            rows[stem] = {"area": area, **_row(stem, compiled, graph, home)}
    return rows


def _row(stem: str, compiled: Compiled, graph: CallGraph, home: Mapping[str, str]) -> Row:
    called = {name for names in compiled.calls.calls.values() for name in names}
    return {
        "code_bytes": compiled.code_bytes,
        "static_bytes": compiled.static_bytes,
        "stack_bytes": max((graph.deepest(name) for name in compiled.symbols), default=0),
        "symbols": list(compiled.symbols),
        "calls": sorted({home[name] for name in called if name in home} - {stem}),
    }


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m nas.cost.measure_code", description=__doc__)
    parser.add_argument("--core", required=True, choices=sorted(CORES))
    parser.add_argument("--cc", help="compiler, if not the core's usual one")
    parser.add_argument("--firmware", type=Path, default=config.resource_dir("firmware"))
    parser.add_argument("--out", type=Path, help="default: the committed table")
    return parser


if __name__ == "__main__":
    sys.exit(main())
