"""Small tables as text and as HTML, whatever is in their cells."""

from __future__ import annotations

import html
import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table as RichTable
from rich.text import Text

_WIDTH = 120

_LONGEST = 200
"""Characters of a cell; the rest is left out."""


_UNBROKEN = 24
"""Characters of a cell that stand in one line in HTML."""


@dataclass(frozen=True)
class Table:
    """A table.

    Attributes
    ----------
    columns
        Their titles.
    rows
        Texts, as they are: whatever is special to HTML is escaped.
    numbers
        The columns that stand to the right.
    whole
        The columns whose texts are not broken into lines.
    more
        How many rows were left out.
    """

    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    numbers: Sequence[str] = ()
    whole: Sequence[str] = ()
    more: int = 0

    def as_text(self) -> str:
        """Return the table as plain text."""
        table = RichTable(box=SIMPLE_HEAD, pad_edge=False)
        for column in self.columns:
            side: Literal["left", "right"] = "right" if column in self.numbers else "left"
            whole = column in self.whole
            table.add_column(column, justify=side, overflow="fold", no_wrap=whole)
        for row in self.rows:
            table.add_row(*(Text(_printable(cell)) for cell in row))
        console = Console(file=io.StringIO(), width=_WIDTH, color_system=None, force_jupyter=False)
        with console.capture() as capture:
            console.print(table)
        lines = [line.rstrip() for line in capture.get().strip("\n").split("\n")]
        return "\n".join([*lines, *([f"… and {self.more:,} more"] if self.more else [])])

    def as_html(self, caption: str, below: str = "") -> str:
        """Return the table as HTML.

        Parameters
        ----------
        caption
            Text above it.
        below
            HTML that follows.
        """
        head = "".join(
            f'<th style="{self._side(column)}; white-space: nowrap">{column}</th>'
            for column in self.columns
        )
        body = "".join(
            f"<tr>{''.join(map(self._cell, self.columns, row))}</tr>" for row in self.rows
        )
        if self.more:
            body += f'<tr><td colspan="{len(self.columns)}">… and {self.more:,} more</td></tr>'
        # Without rows there is nothing that a head could head.
        table = f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
        return f"<div><p>{escaped(caption)}</p>{table if self.rows else ''}{below}</div>"

    def _cell(self, column: str, text: str) -> str:
        is_whole = column in self.whole or len(text) <= _UNBROKEN
        wrap = "white-space: nowrap" if is_whole else "overflow-wrap: anywhere; min-width: 12em"
        return f'<td style="{self._side(column)}; {wrap}">{escaped(text)}</td>'

    def _side(self, column: str) -> str:
        return f"text-align: {'right' if column in self.numbers else 'left'}"


def escaped(text: str) -> str:
    """Return a text for HTML, which neither its tags nor its direction get out of."""
    return f"<bdi>{html.escape(_printable(text))}</bdi>"


def _printable(text: str) -> str:
    """Return a text in one line, of bearable length, without control characters."""
    line = "".join(character if character.isprintable() else " " for character in text)
    line = " ".join(line.split())
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"
