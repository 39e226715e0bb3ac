"""Processors that are written in notebooks: what one needs of the cells, as a module.

Nothing is run here, and outputs are not looked at. Of the code cells, in the
order of the notebook, a module gets the statements that give a value to a name
that the processor uses, directly or through others of them: imports,
definitions, assignments, and loops or ``with`` blocks that assign. All else,
plots and calls for their effect, stays in the notebook; so do magics.
"""

from __future__ import annotations

import ast
import builtins
import json
import re
import stat
import symtable
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from casa_lab.errors import BadInput

SUFFIX = ".ipynb"
"""How the names of notebooks end."""

MAX_BYTES = 100_000_000
"""Notebooks larger than this, with their outputs, are not read."""

_PYTHON_MAGICS = frozenset({"capture", "prun", "time", "timeit"})
"""Cell magics under which there is Python."""

_GIVEN = frozenset({*dir(builtins), "__file__", "__name__"})
"""Names that every module has."""


@dataclass(frozen=True)
class Cell:
    """A code cell.

    Attributes
    ----------
    number
        Which code cell it is, from 1.
    source
        Its Python, magics replaced by what IPython makes of them.
    body
        Its statements; ``None`` when it is not valid Python (yet).
    """

    number: int
    source: str
    body: tuple[ast.stmt, ...] | None


@dataclass(frozen=True)
class _Statement:
    """A statement of a cell, with the names that it gives values to, and that it needs."""

    cell: int
    source: str
    binds: frozenset[str]
    needs: frozenset[str]
    always: bool


def read_cells(path: Path) -> list[Cell]:
    """Return the code cells of a notebook.

    Raises
    ------
    BadInput
        When it cannot be read, or is no notebook for Python.
    """
    try:
        facts = path.stat()
        if not stat.S_ISREG(facts.st_mode):  # a pipe would wait for whoever writes into it
            raise BadInput(f"{path} is not a file. Check the path of the notebook.")
        if facts.st_size > MAX_BYTES:
            raise BadInput(f"{path.name} is too large to be read. Clear its outputs.")
        found = json.loads(path.read_bytes())
    except OSError as error:
        raise BadInput(
            f"{path} cannot be read: {(error.strerror or str(error)).lower()}. "
            "Check the path of the notebook."
        ) from None
    except (ValueError, RecursionError):
        raise BadInput(f"{path.name} is not a notebook.") from None
    sources = list(_code(found))
    language = _language(found)
    if language not in ("", "python"):
        raise BadInput(f"{path.name} is a notebook for {language}; a processor is Python.")
    return [_read(number, source) for number, source in enumerate(sources, 1)]


def definitions(cells: Sequence[Cell]) -> ast.Module:
    """Return what the cells define, without what only uses it: to look for processors."""
    body: list[ast.stmt] = []
    for cell in cells:
        body += [
            node
            for node in cell.body or ()
            if isinstance(
                node,
                ast.Import
                | ast.ImportFrom
                | ast.ClassDef
                | ast.FunctionDef
                | ast.Assign
                | ast.AnnAssign,
            )
            and not any(isinstance(part, ast.Call) for part in _own_nodes(node))
        ]
    return ast.Module(body, type_ignores=[])


def module_source(path: Path, name: str) -> str:
    """Return the source of a module with what a name of a notebook needs.

    Parameters
    ----------
    path
        The notebook.
    name
        What is to be defined: a class or a function.

    Raises
    ------
    BadInput
        When it is not defined, or needs something of a cell that is not valid Python.
    """
    cells = read_cells(path)
    statements = [found for cell in cells for found in _statements(cell)]
    needed, taken = {name}, set[int]()
    size = -1
    while size < len(taken):
        size = len(taken)
        for position, statement in enumerate(statements):
            if position not in taken and (statement.always or needed & statement.binds):
                taken.add(position)
                needed |= statement.needs
    chosen = [statements[position] for position in sorted(taken)]
    lacking = needed.difference(_GIVEN, *(statement.binds for statement in chosen))
    for cell in cells:
        if cell.body is None and any(re.search(rf"\b{each}\b", cell.source) for each in lacking):
            raise BadInput(f"Code cell {cell.number} of {path.name} is not valid Python.")
    if name in lacking:
        raise BadInput(f"{path.name} has no '{name}'.")
    return _write(path, name, chosen)


def module_name(path: Path) -> str:
    """Return what the module of a notebook is called: a notebook's name may be anything."""
    return f"notebook_{re.sub(r'[^0-9A-Za-z_]', '_', path.stem)[:60]}"


def _write(path: Path, name: str, statements: Sequence[_Statement]) -> str:
    # What a module begins with, and no cell but the first of a module may.
    future = [each for each in statements if each.source.startswith("from __future__")]
    rest = [each for each in statements if each not in future]
    lines = [f"# What {name} needs of {path.name!a}, as it was at the launch."]
    lines += dict.fromkeys(each.source for each in future)
    cell = 0
    for statement in rest:
        if statement.cell != cell:
            cell = statement.cell
            lines += ["", f"# Code cell {cell}"]
        lines.append(statement.source)
    return "\n".join(lines) + "\n"


def _code(notebook: Any) -> Iterator[str]:
    """Yield the sources of the code cells of what may be a notebook."""
    cells = notebook.get("cells") if isinstance(notebook, dict) else None
    for cell in cells if isinstance(cells, list) else ():
        if isinstance(cell, dict) and cell.get("cell_type") == "code":
            source = cell.get("source", "")
            yield source if isinstance(source, str) else "".join(map(str, source))


def _language(notebook: Any) -> str:
    metadata = notebook.get("metadata") if isinstance(notebook, dict) else None
    for key, name in (("language_info", "name"), ("kernelspec", "language")):
        info = metadata.get(key) if isinstance(metadata, dict) else None
        if isinstance(info, dict) and isinstance(info.get(name), str):
            return str(info[name]).lower()
    return ""


def _read(number: int, source: str) -> Cell:
    # IPython takes a moment to import, and the server does without until now.
    from IPython.core.inputtransformer2 import TransformerManager

    magic = re.match(r"\s*%%(\w*)[^\n]*\n?", source)
    if magic:
        source = source[magic.end() :] if magic[1] in _PYTHON_MAGICS else ""
    try:
        manager: Any = TransformerManager  # which has no types
        python = manager().transform_cell(source)
        return Cell(number, python, tuple(ast.parse(python).body))
    except (SyntaxError, ValueError, RecursionError):
        return Cell(number, source, None)


def _statements(cell: Cell) -> Iterator[_Statement]:
    for node in cell.body or ():
        source = _source_of(node, cell.source)
        try:
            table = symtable.symtable(source, "<cell>", "exec")
        except (SyntaxError, ValueError, RecursionError):  # such as an await outside a function
            continue
        own = {symbol.get_name() for symbol in table.get_symbols() if _gets_a_value(symbol)}
        changed = {root for part in _own_nodes(node) if (root := _root_of_target(part))}
        is_future = isinstance(node, ast.ImportFrom) and node.module == "__future__"
        yield _Statement(
            cell=cell.number,
            source=source,
            binds=frozenset(own | changed),
            needs=frozenset(_names_needed(table)) - _made_by(node) | changed,
            always=is_future or "import *" in source,
        )


def _source_of(node: ast.stmt, source: str) -> str:
    decorators = getattr(node, "decorator_list", None)
    if not decorators:
        return ast.get_source_segment(source, node) or ""
    first = min(decorator.lineno for decorator in decorators)
    return "\n".join(source.splitlines()[first - 1 : node.end_lineno])


def _gets_a_value(symbol: symtable.Symbol) -> bool:
    return symbol.is_assigned() or symbol.is_imported() or symbol.is_namespace()


def _names_needed(table: symtable.SymbolTable) -> Iterator[str]:
    """Yield the names that a statement takes from the module: not those local to a function."""
    is_module = table.get_type() == "module"
    for symbol in table.get_symbols():
        if symbol.is_referenced() and (is_module or symbol.is_global()):
            yield symbol.get_name()
    for child in table.get_children():
        yield from _names_needed(child)


def _own_nodes(node: ast.AST) -> Iterator[ast.AST]:
    """Walk through a statement without what only runs when somebody calls it."""
    yield node
    if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef):
        for child in ast.iter_child_nodes(node):
            yield from _own_nodes(child)


def _made_by(node: ast.stmt) -> frozenset[str]:
    """Return the names that loops and ``with`` blocks give values to, for use inside them."""
    targets = [part.target for part in _own_nodes(node) if isinstance(part, ast.For)]
    targets += [
        part.optional_vars
        for part in _own_nodes(node)
        if isinstance(part, ast.withitem) and part.optional_vars
    ]
    names = (part for target in targets for part in ast.walk(target))
    return frozenset(name.id for name in names if isinstance(name, ast.Name))


def _root_of_target(node: ast.AST) -> str | None:
    """Return the ``a`` of ``a[0] = ...`` and of ``a.b = ...``."""
    if not isinstance(node, ast.Attribute | ast.Subscript) or isinstance(node.ctx, ast.Load):
        return None
    root: ast.expr = node
    while isinstance(root, ast.Attribute | ast.Subscript):
        root = root.value
    return root.id if isinstance(root, ast.Name) else None
