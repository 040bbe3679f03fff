"""Which targets there are, and how a tree gets the chosen ones.

Static files of a target lie in ``firmware/targets/NAME``; what depends on the model is written
beside them by the target's function here. Targets without a function (host, the emulated boards)
are files only; they prove the tree and always stay.
"""

import shutil
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from nas import config
from nas.errors import ConfigError
from nas.export.layouts import arduino, cmake, esp_idf, platformio, st, tflm, zephyr
from nas.export.layouts.ports import write_ports
from nas.export.layouts.tree import Tree

__all__ = ["LAYOUTS", "choose", "write_targets"]

Layout = Callable[[Tree, Path], None]

LAYOUTS: Mapping[str, Layout] = {
    "arduino": arduino.write,
    "cmake": cmake.write,
    "esp-idf": esp_idf.write,
    "platformio": platformio.write,
    "st": st.write,
    "tflm": tflm.write,
    "zephyr": zephyr.write,
}

PROBLEMS: Mapping[str, Callable[[Tree], str | None]] = {"st": st.problem}
"""What keeps a layout from a tree; it is left out, or refused where it was asked for by name.

No layout has a place for a network without a front end: all of them listen.
"""

SHARED = ("emulated",)
"""Folders of `firmware/targets` that are no targets themselves."""


def choose(names: Sequence[str] | None) -> tuple[str, ...]:
    """Return the layouts that `names` ask for, sorted: all of them without names.

    A name of a target that is always there (host, an emulated board) asks for nothing more.

    Raises:
        ConfigError: a name that is no target; the message lists those there are.
    """
    if not names:
        return tuple(LAYOUTS)
    always = _always()
    for name in names:
        if name not in LAYOUTS and name not in always:
            raise ConfigError(
                f"--target {name}: no such target; there are {', '.join(sorted(LAYOUTS))}, "
                f"and always {', '.join(always)}"
            )
    return tuple(sorted(set(names) & set(LAYOUTS)))


def write_targets(tree: Path, names: Sequence[str] | None = None) -> None:
    """Leave the chosen targets in the exported tree at `tree`, and no other layouts.

    A network alone, without a front end, gets nothing.

    Args:
        tree: sources, `model.tflite` and manifest, whole.
        names: as `choose` takes them.

    Raises:
        ConfigError: a name that is no target, or one that cannot be made of this tree; `tree` is
            no exported tree.
    """
    found = Tree(tree)
    chosen = _possible(found, choose(names), named=bool(names))
    if found.manifest["frontend"] is None:
        return
    write_ports(found)
    for name, write in LAYOUTS.items():
        folder = tree / "targets" / name
        if folder.exists():
            shutil.rmtree(folder)
        if name in chosen:
            shutil.copytree(_static() / name, folder)
            write(found, folder)


def _possible(tree: Tree, names: Sequence[str], *, named: bool) -> list[str]:
    """Return those of `names` that can be made of `tree`; raise for one that was asked for."""
    problems = {name: _problem(tree, name) for name in names}
    for name, problem in problems.items():
        if problem and named:
            raise ConfigError(f"--target {name}: {problem}; leave it out")
    return [name for name in names if not problems.get(name)]


def _problem(tree: Tree, name: str) -> str | None:
    if tree.manifest["frontend"] is None:
        return "the tree is a network alone, without a front end; export it with --frontend"
    return PROBLEMS[name](tree) if name in PROBLEMS else None


def _static() -> Path:
    return config.resource_dir("firmware") / "targets"


def _always() -> list[str]:
    names = (path.name for path in _static().iterdir() if path.is_dir())
    return sorted(name for name in names if name not in LAYOUTS and name not in SHARED)
