"""Plain values written as Python source, for code that people read and run."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

WIDTH = 80
"""Columns that a value may take before its items get a line each."""


def literal(value: Any, indent: int = 0) -> str:
    """Write what JSON can hold as Python: an item a line where it is long.

    Parameters
    ----------
    value
        Numbers, texts, lists and dictionaries.
    indent
        Columns that the line it begins on is indented by.

    Examples
    --------
    >>> print(literal({"pt": [25, None, True]}))
    {"pt": [25, None, True]}
    """
    if isinstance(value, float) and not math.isfinite(value):
        return f'float("{value}")'
    if not isinstance(value, (Mapping, list, tuple)):
        return _quoted(value) if isinstance(value, str) else repr(value)
    is_mapping = isinstance(value, Mapping)
    start, end = "{}" if is_mapping else "[]"
    flat = start + ", ".join(_items(value, 0)) + end
    if len(flat) + indent <= WIDTH and "\n" not in flat:
        return flat
    margin = " " * indent
    lines = "".join(f"{margin}    {item},\n" for item in _items(value, indent + 4))
    return f"{start}\n{lines}{margin}{end}"


def _items(value: Any, indent: int) -> list[str]:
    if isinstance(value, Mapping):
        return [f"{literal(key)}: {literal(item, indent)}" for key, item in value.items()]
    return [literal(item, indent) for item in value]


def _quoted(text: str) -> str:
    """Write a text in double quotes, as formatters do, where that takes no more escapes."""
    source = repr(text)
    if source.startswith("'") and '"' not in text:
        return f'"{source[1:-1]}"'
    return source
