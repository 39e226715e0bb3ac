"""Tables for terminals, and the same without frames and cuts for everything else."""

from __future__ import annotations

from collections.abc import Sequence

from rich.box import SIMPLE_HEAD
from rich.console import Console, JustifyMethod
from rich.table import Table
from rich.text import Text

_UNCUT = 1_000
"""Width when not on a terminal: scripts read ids and names, which must not be folded."""


def print_table(
    columns: Sequence[str],
    rows: Sequence[Sequence[str | Text]],
    numbers: Sequence[str] = (),
    total: Sequence[str | Text] | None = None,
) -> None:
    """Print a table on standard output.

    Parameters
    ----------
    columns
        Their titles.
    rows
        The cells, row by row.
    numbers
        Titles of the columns that hold numbers.
    total
        Cells of a last row, set apart.
    """
    console = Console()
    terminal = console.is_terminal
    if not terminal:
        console = Console(width=_UNCUT)
    table = Table(box=SIMPLE_HEAD if terminal else None, pad_edge=False)
    for column in columns:
        justify: JustifyMethod = "right" if column in numbers else "left"
        table.add_column(column, overflow="fold", justify=justify)
    for row in rows:
        table.add_row(*map(_cell, row))
    if total is not None:
        table.add_section()
        table.add_row(*map(_cell, total))
    console.print(table)


def _cell(content: str | Text) -> Text:
    # A name is text, whatever brackets it has.
    return content if isinstance(content, Text) else Text(content)
