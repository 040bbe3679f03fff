"""What an exported tree costs, read from what a compiler made of it.

The same quantities as `nas.cost` estimates: ROM is every object that listening needs, with its
constants and what the compiler's library adds; RAM is the arena, the application's struct and the
deepest chain of stack frames. Start-up code, drivers and the host programs are not counted.
"""

import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nas.cost import macs
from nas.cost.code import table_name
from nas.cost.compiler import CORES, Compiled, Compiler, Core
from nas.cost.stack import merge
from nas.errors import ConfigError
from nas.export.manifest import read_manifest
from nas.graph.planner import peak_activation_bytes
from nas.tflite import read

__all__ = ["built_cost", "check_compiler"]

HOST = Core("gcc", (), (), "gcc")
ENTRY = ("nas_app_init", "nas_app_record", "nas_app_poll")
GENERATED = ("model", "frontend_tables", "labels")
APPLICATION = '#include "nas.h"\nnas_app_t the_application;\n'


@dataclass(frozen=True)
class _Built:
    """Objects of a tree by stem, the folder each comes from, and the compiler's library."""

    objects: Mapping[str, Compiled]
    areas: Mapping[str, str]
    app_bytes: int
    library_bytes: int

    def code(self, *areas: str) -> int:
        return sum(o.code_bytes for stem, o in self.objects.items() if self.areas[stem] in areas)


def built_cost(tree: Path, core: str) -> dict[str, Any]:
    """Return the cost of the tree as built for a board's `core`.

    Without that core's cross compiler the host's is used, and ``compiled_for`` says ``host``:
    its code has another size, its pointers another width.

    Returns:
        rom_bytes, ram_bytes, macs, constant_bytes, arena_bytes, peak_activation_bytes and parts as
        in `nas.budget.Cost`; model_bytes (of the `.tflite`), core, compiled_for, compiler.

    Raises:
        ConfigError: no exported tree, no such core, no compiler. BuildError: it does not compile.
    """
    manifest = read_manifest(tree)
    name, target = _target(core)
    with tempfile.TemporaryDirectory() as folder:
        includes = tuple(tree / place for place in ("include", "generated", "app"))
        compiler = Compiler(target.compiler, target, includes, Path(folder))
        built = _build(compiler, tree)
        parts = _rom_parts(built) | _ram_parts(built, manifest)
        return {
            "rom_bytes": _total(parts, "rom."),
            "ram_bytes": _total(parts, "ram."),
            **_of_model(tree, manifest),
            "parts": parts,
            "core": core,
            "compiled_for": name,
            "compiler": compiler.version(),
        }


def check_compiler(core: str) -> None:
    """Raise ConfigError where `built_cost` could not compile for `core`, nor for the host."""
    _, target = _target(core)
    if not shutil.which(target.compiler):
        raise ConfigError(
            f"{core}: neither its cross compiler nor {target.compiler} is installed, and the "
            f"winner's firmware has to be compiled; install {target.package}"
        )


def _target(core: str) -> tuple[str, Core]:
    name = table_name(core)
    return (name, CORES[name]) if shutil.which(CORES[name].compiler) else ("host", HOST)


def _build(compiler: Compiler, tree: Path) -> _Built:
    sources = {
        path.stem: path
        for area in ("kernels", "frontend", "app")
        for path in sorted((tree / area).glob("*.c"))
    } | {stem: tree / "generated" / f"{stem}.c" for stem in GENERATED}
    compiled = {stem: compiler.compile(path, stem) for stem, path in sources.items()}
    needed = _needed(compiled)
    objects = {stem: item for stem, item in compiled.items() if stem in needed}
    library = 0 if compiler.core is HOST else compiler.library_bytes(list(objects.values()))
    areas = {stem: sources[stem].parent.name for stem in objects}
    return _Built(objects, areas, _app_bytes(compiler), library)


def _needed(compiled: Mapping[str, Compiled]) -> set[str]:
    """Return the stems that the application reaches, as a linker that drops unused files would."""
    home = {name: stem for stem, item in compiled.items() for name in item.symbols}
    found, waiting = set(GENERATED), [home[name] for name in ENTRY]
    waiting += [home["nas_model_run"]]
    seen: set[str] = set()
    while waiting:
        stem = waiting.pop()
        if stem not in seen:
            seen.add(stem)
            called = {name for names in compiled[stem].calls.calls.values() for name in names}
            waiting += [home[name] for name in called if name in home]
    return found | seen


def _app_bytes(compiler: Compiler) -> int:
    source = compiler.folder / "the_application.c"
    source.write_text(APPLICATION, encoding="utf-8")
    return compiler.compile(source, "the_application").static_bytes


def _rom_parts(built: _Built) -> dict[str, int]:
    tables, labels = (built.objects[stem].code_bytes for stem in ("frontend_tables", "labels"))
    return {
        "rom.model": built.code("generated") - tables - labels,
        "rom.kernels": built.code("kernels"),
        "rom.frontend_tables": tables,
        "rom.frontend_code": built.code("frontend"),
        "rom.app": built.code("app"),
        "rom.labels": labels,
        "rom.toolchain": built.library_bytes,
    }


def _ram_parts(built: _Built, manifest: Mapping[str, Any]) -> dict[str, int]:
    arena = int(manifest["model"]["arena_bytes"])
    frames = merge(item.calls for item in built.objects.values())
    return {
        "ram.arena": arena,
        "ram.other_static": sum(o.static_bytes for o in built.objects.values()) - arena,
        "ram.application": built.app_bytes,
        "ram.stack": max(frames.deepest(name) for name in ENTRY),
    }


def _of_model(tree: Path, manifest: Mapping[str, Any]) -> dict[str, int]:
    graph = read(tree / "model.tflite").graph
    return {
        "macs": macs(graph),
        "constant_bytes": manifest["model"]["constant_bytes"],
        "arena_bytes": manifest["model"]["arena_bytes"],
        "model_bytes": manifest["model"]["bytes"],
        "peak_activation_bytes": peak_activation_bytes(graph),
    }


def _total(parts: Mapping[str, int], kind: str) -> int:
    return sum(size for name, size in parts.items() if name.startswith(kind))
