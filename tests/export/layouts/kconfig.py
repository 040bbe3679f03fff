"""Kconfig files read by kconfiglib, which Zephyr uses and ESP-IDF's tool descends from."""

from dataclasses import dataclass

import kconfiglib


@dataclass(frozen=True)
class Symbol:
    str_value: str
    prompt_text: str
    help: str


def parsed(path, *, before=""):
    """Return the defined symbols of a Kconfig file by name; any warning is an error.

    `before`: Kconfig text that defines what the file depends on.
    """
    top = path.parent / ".Kconfig.test"
    top.write_text(f'mainmenu "test"\n{before}\nsource "{path}"\n', encoding="utf-8")
    try:
        found = kconfiglib.Kconfig(str(top), warn_to_stderr=False)
    finally:
        top.unlink()
    assert not found.warnings
    own = [s for s in found.unique_defined_syms if any(n.filename == str(path) for n in s.nodes)]
    return {
        s.name: Symbol(
            s.str_value,
            next((n.prompt[0] for n in s.nodes if n.prompt), ""),
            next((n.help for n in s.nodes if n.help), ""),
        )
        for s in own
    }
