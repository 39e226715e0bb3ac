"""The source of what was defined in the cells of a notebook."""

from __future__ import annotations

import ast
import inspect
import linecache
import textwrap
from types import FunctionType
from typing import Any

from .imports import own_definitions

_HEAD = "# What the run took from the notebook, as it was when it was launched.\n"


def source_of_cells(*objects: Any) -> str:
    """Return the source of the classes and functions in cells that something is made of.

    Parameters
    ----------
    *objects
        A processor, a schema, or ``None``.

    Returns
    -------
    str
        In the order in which they were executed; empty when there are none, or
        their source is not known, as after ``exec``.
    """
    found: dict[tuple[int, int], str] = {}
    order = {name: position for position, name in enumerate(linecache.cache)}
    for definition in (part for item in objects for part in own_definitions(item)):
        located = _locate(definition)
        if located is not None:
            file, line, source = located
            found[order.get(file, 0), line] = source.rstrip()
    if not found:
        return ""
    return "\n\n\n".join([_HEAD.rstrip(), *(found[place] for place in sorted(found))]) + "\n"


def _locate(definition: type | FunctionType) -> tuple[str, int, str] | None:
    """Return the file, the first line and the source of a definition."""
    if isinstance(definition, FunctionType):
        try:
            lines, start = inspect.getsourcelines(definition)
        except (OSError, TypeError):
            return None
        return definition.__code__.co_filename, start, textwrap.dedent("".join(lines))
    # A cell has no file by which inspect could find a class before Python 3.13.
    for value in vars(definition).values():
        function = getattr(value, "__func__", getattr(value, "fget", value))
        if isinstance(function, FunctionType):
            located = _around(definition.__name__, function)
            if located is not None:
                return located
    return None


def _around(name: str, method: FunctionType) -> tuple[str, int, str] | None:
    """Return where the class of a method is."""
    file, line = method.__code__.co_filename, method.__code__.co_firstlineno
    source = "".join(linecache.getlines(file))
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError):
        return None
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef) and node.name == name:
            start = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
            end = node.end_lineno or start
            if start <= line <= end:
                return file, start, "".join(source.splitlines(keepends=True)[start - 1 : end])
    return None
