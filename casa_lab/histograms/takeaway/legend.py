"""Writes the code of a legend: what it says, and in which order."""

from __future__ import annotations

from collections.abc import Iterator

from .labels import drawable, quoted
from .numbers import Numbers
from .roles import percent

STATISTICAL = "Stat. unc."
SYSTEMATIC = "Stat. + syst. unc."


def legend(numbers: Numbers, size: int) -> Iterator[str]:
    """Yield the lines that draw the legend, or a note where there is nothing to name.

    Parameters
    ----------
    numbers
        What is drawn.
    size
        Size of its letters in points.
    """
    note = _note(numbers)
    entries = _entries(numbers)
    if not entries:
        if note:
            yield f"ax.text(0.95, 0.93, {quoted(note)},"
            yield f'    transform=ax.transAxes, ha="right", fontsize={0.8 * size:.3g})'
        return
    columns = ", ncols=2" if len(entries) > 6 else ""
    title = f", title={quoted(note)}, title_fontsize={0.7 * size:.3g}" if note else ""
    letters = size if len(entries) <= 8 else 0.8 * size if len(entries) <= 16 else 0.6 * size
    yield f"order = [{', '.join(map(quoted, entries))}]"
    yield "handles, names = ax.get_legend_handles_labels()"
    yield "handles = dict(zip(names, handles))"
    yield 'ax.legend([handles[name] for name in order], order, loc="upper right",'
    yield f"    fontsize={letters:.3g}{columns}{title})"


def name_in_legend(numbers: Numbers, name: str) -> str:
    """Return what a row is called, with how much of it there is where that is not all."""
    header = numbers.header
    if header.view.runs:
        # Rows are runs then: others, and the one that the picture is of.
        others = (other.fractions for other in header.others if other.name == name)
        shares = list(next(others, header.fractions).values())
    else:
        shares = [header.fractions.get(name, 1.0)]
    if not any(share < 1 for share in shares):
        return drawable(name)
    least, most = percent(min(shares)), percent(max(shares))
    return f"{drawable(name)} ({least if least == most else f'{least} to {most}'})"


def _entries(numbers: Numbers) -> list[str]:
    """Return what the legend says: data, the stack from its top, its uncertainties."""
    if not any(row.name for row in numbers.rows):
        return []
    rows = [
        *numbers.having("data", "line", "points"),
        *reversed(numbers.having("layer")),
    ]
    names = [
        name_in_legend(numbers, row.name) or ("Data" if row.role == "data" else "")
        for row in sorted(rows, key=lambda row: row.role != "data")
    ]
    uncertainties = [
        name
        for name, role in ((STATISTICAL, "total"), (SYSTEMATIC, "band"))
        if any(row.role == role for row in numbers.rows)
    ]
    return [*filter(None, names), *uncertainties]


def _note(numbers: Numbers) -> str:
    """Say what a reader has to know of the numbers: that they are partial or scaled."""
    header = numbers.header
    notes = []
    shares = list(header.fractions.values())
    if any(share < 1 for share in shares):
        least, most = percent(min(shares)), percent(max(shares))
        notes.append(f"{least if least == most else f'{least} to {most}'} of the events")
    if header.scale is not None and header.scale.luminosity is not None:
        notes.append(rf"scaled to {header.scale.luminosity / 1000:.4g} fb$^{{-1}}$")
    return ", ".join(notes)
