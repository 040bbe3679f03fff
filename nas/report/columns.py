"""Tables for a terminal of 80 columns: figures are never cut, long names are folded."""

from collections.abc import Sequence

from rich import box
from rich.table import Table

__all__ = ["table"]


def table(title: str, headings: Sequence[str], *, text: Sequence[int] = (), gap: int = 2) -> Table:
    """Return an empty table.

    Args:
        title: above it.
        headings: one a column; a newline in one breaks it there.
        text: indices of columns of words, which are folded where the terminal is too narrow;
            all others hold figures and keep their width.
        gap: spaces between two columns.
    """
    made = Table(
        title=title,
        title_justify="left",
        header_style="bold",
        box=box.SIMPLE_HEAD,
        padding=(0, gap - 1, 0, 0),
        pad_edge=False,
        show_edge=False,
    )
    for index, heading in enumerate(headings):
        words = index in text
        made.add_column(
            heading,
            justify="left" if words else "right",
            no_wrap=not words,
            overflow="fold",
            vertical="bottom" if not words else "top",
        )
    return made
