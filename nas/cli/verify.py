"""``nas verify``: its words. Light, as every command's start imports it."""

from pathlib import Path
from typing import Annotated

import typer

from nas.cli.options import AsJson, Results

__all__ = ["verify"]

KNOWN = "host, qemu-cortex-m0 (m3, m4, m7, m55), qemu-riscv, qemu-xtensa, all"


def verify(
    tree: Annotated[
        Path, typer.Argument(help="Exported tree, or a study: its folder or name in results/.")
    ] = Path(),
    target: Annotated[
        list[str] | None,
        typer.Option(help=f"{KNOWN}; default: those whose tools are installed."),
    ] = None,
    results: Results = Path("results"),
    as_json: AsJson = False,
) -> None:
    """Prove a firmware tree, byte for byte, on this computer and on emulated boards."""
    from nas.cli.verify_text import run

    run(tree, target or (), results, as_json=as_json)
