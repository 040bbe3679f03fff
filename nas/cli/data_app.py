"""``nas data``: its sub-commands."""

from typing import Annotated

import typer

from nas.cli.options import AsJson, DataRoot

__all__ = ["data_app"]

data_app = typer.Typer(no_args_is_help=True, help="The data sets: list them, check one.")


@data_app.command("list")
def data_list(as_json: AsJson = False) -> None:
    """List the data sets that have a descriptor."""
    from nas.cli.data import list_data

    list_data(as_json=as_json)


@data_app.command("check")
def data_check(
    name: Annotated[str, typer.Argument(help="Name, descriptor, or folder a class.")],
    data_root: DataRoot = None,
    as_json: AsJson = False,
) -> None:
    """Read a data set through and show clips by class and split, and files left out."""
    from nas.cli.data import check_data

    check_data(name, data_root, as_json=as_json)
