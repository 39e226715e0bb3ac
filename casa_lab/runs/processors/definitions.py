"""Which processors a source defines: classes, and functions of the events."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .parameters import Signature, read_constants, read_constructor, read_function

BASE = "ProcessorABC"
"""What a processor's class derives from."""

EVENTS = "events"
"""What a function of the events calls its first argument."""


@dataclass(frozen=True)
class Definition:
    """What is read of a processor."""

    name: str
    summary: str
    schema_name: str | None
    signature: Signature


def find_definitions(tree: ast.Module) -> list[Definition]:
    """Return the processors that a module defines, in the order of its source.

    Notes
    -----
    A class counts when it or a base class in the same source names
    ``ProcessorABC`` as its base and one of them defines ``process``. A function
    counts when its first argument is called ``events``, all others have a
    default, it returns something, and nothing else in the source uses it.
    Names with a leading underscore are left out.
    """
    bases = {BASE} | {
        alias.asname
        for node in tree.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
        if alias.name == BASE and alias.asname
    }
    constants = read_constants(tree)
    used = _names_used(tree)
    lineages: dict[str, list[ast.ClassDef]] = {}
    found: list[Definition] = []
    for node in tree.body:
        if isinstance(node, ast.ClassDef):
            names = [_last_name(base) for base in node.bases]
            inherited = [ancestor for name in names for ancestor in lineages.get(name, [])]
            if not inherited and not bases.intersection(names):
                continue
            lineage = lineages[node.name] = [node, *inherited]
            if not node.name.startswith("_") and any(map(_defines_process, lineage)):
                known = bases | set(lineages)
                complete = all(
                    _last_name(base) in known for ancestor in lineage for base in ancestor.bases
                )
                found.append(
                    Definition(
                        node.name,
                        _summary(node),
                        _declared_schema(lineage),
                        read_constructor(lineage, complete, constants),
                    )
                )
        elif isinstance(node, ast.FunctionDef) and _is_processor(node, used, constants):
            signature = read_function(node, constants)
            found.append(Definition(node.name, _summary(node), None, signature))
    return found


def _names_used(tree: ast.Module) -> Counter[str]:
    return Counter(
        node.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
    )


def _is_processor(
    node: ast.FunctionDef, used: Mapping[str, int], constants: Mapping[str, Any]
) -> bool:
    arguments = [*node.args.posonlyargs, *node.args.args]
    if not arguments or arguments[0].arg != EVENTS or node.name.startswith(("_", "test")):
        return False
    # What takes more, or is used by other code, is a part of an analysis.
    if used.get(node.name) or any(
        parameter.required for parameter in read_function(node, constants).parameters
    ):
        return False
    return any(isinstance(part, ast.Return) and part.value is not None for part in ast.walk(node))


def _summary(node: ast.ClassDef | ast.FunctionDef) -> str:
    return (ast.get_docstring(node) or "").partition("\n")[0].strip()


def _last_name(base: ast.expr) -> str:
    if isinstance(base, ast.Attribute):
        return base.attr
    return base.id if isinstance(base, ast.Name) else ""


def _defines_process(node: ast.ClassDef) -> bool:
    return any(isinstance(item, ast.FunctionDef) and item.name == "process" for item in node.body)


def _declared_schema(lineage: Sequence[ast.ClassDef]) -> str | None:
    """Return the literal ``schema_name`` of the first class that declares one."""
    for node in lineage:
        for item in node.body:
            targets: list[ast.expr] = []
            if isinstance(item, ast.Assign):
                targets = item.targets
            elif isinstance(item, ast.AnnAssign):
                targets = [item.target]
            else:
                continue
            if any(isinstance(name, ast.Name) and name.id == "schema_name" for name in targets):
                value = item.value
                if isinstance(value, ast.Constant) and isinstance(value.value, str):
                    return value.value
    return None
