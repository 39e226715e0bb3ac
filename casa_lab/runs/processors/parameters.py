"""Reads which arguments a processor takes: from its source, without running anything.

Annotations say of what kind they are; where there are none, the docstring and
the defaults give a hint.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from docstring_parser import ParseError
from docstring_parser import parse as parse_docstring

from casa_lab.runs.models import Parameter

from .kinds import UNKNOWN, Kind, kind_of_annotation, kind_of_default, kind_of_text

_NO_FIELDS = frozenset({"ClassVar", "InitVar"})


@dataclass(frozen=True)
class Signature:
    """What a constructor or a function can be called with.

    Attributes
    ----------
    parameters
        In the order of the source.
    open_ended
        Whether it may take other keyword arguments than these.
    """

    parameters: tuple[Parameter, ...] = ()
    open_ended: bool = False


@dataclass(frozen=True)
class _Described:
    """What a docstring says of one argument."""

    text: str = ""
    kind: Kind = UNKNOWN


def read_constants(tree: ast.Module) -> dict[str, Any]:
    """Return the literals that a module gives names to, since defaults may refer to them."""
    constants: dict[str, Any] = {}
    for node in tree.body:
        if isinstance(node, ast.Assign) and len(node.targets) == 1:
            target, value = node.targets[0], node.value
        elif isinstance(node, ast.AnnAssign) and node.value is not None:
            target, value = node.target, node.value
        else:
            continue
        if isinstance(target, ast.Name):
            try:
                constants[target.id] = ast.literal_eval(value)
            except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
                constants.pop(target.id, None)
    return constants


def read_constructor(
    lineage: Sequence[ast.ClassDef], complete: bool, constants: Mapping[str, Any]
) -> Signature:
    """Return what a class is made with.

    Parameters
    ----------
    lineage
        The class, then those that it inherits from, as far as they were read.
    complete
        Whether nothing else that it inherits from could define a constructor.
    constants
        Literals of the module, by name.
    """
    described: dict[str, _Described] = {}
    for node in lineage:
        described = {**_describe(node), **described}
    found: dict[str, Parameter] = {}
    passes_on = False
    for position, node in enumerate(lineage):
        constructor = _constructor(node)
        if constructor is not None:
            described = {**described, **_describe(constructor)}
            own = _read_arguments(constructor.args, described, constants)
        elif _is_dataclass(node):
            own = _read_fields(lineage[position:], described, constants)
        else:
            continue
        for parameter in own:
            # What was passed on may already be given in between.
            required = parameter.required and not passes_on
            found.setdefault(parameter.name, parameter.model_copy(update={"required": required}))
        if constructor is None or constructor.args.kwarg is None:
            return Signature(tuple(found.values()), open_ended=passes_on)
        passes_on = True
    return Signature(tuple(found.values()), open_ended=passes_on or not complete)


def read_function(function: ast.FunctionDef, constants: Mapping[str, Any]) -> Signature:
    """Return what can be bound to a function of the events."""
    parameters = _read_arguments(function.args, _describe(function), constants)
    return Signature(tuple(parameters), open_ended=function.args.kwarg is not None)


def _constructor(node: ast.ClassDef) -> ast.FunctionDef | None:
    for item in node.body:
        if isinstance(item, ast.FunctionDef) and item.name == "__init__":
            return item
    return None


def _read_arguments(
    arguments: ast.arguments,
    described: Mapping[str, _Described],
    constants: Mapping[str, Any],
) -> Iterable[Parameter]:
    """Yield all but the first arguments, of which ``self`` or ``events`` is given otherwise."""
    positional = [*arguments.posonlyargs, *arguments.args]
    missing: list[ast.expr | None] = [None] * (len(positional) - len(arguments.defaults))
    pairs = [
        *zip(positional, [*missing, *arguments.defaults], strict=True),
        *zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True),
    ]
    for argument, default in pairs[1:]:
        yield _parameter(argument.arg, argument.annotation, default, described, constants)


def _read_fields(
    lineage: Sequence[ast.ClassDef],
    described: Mapping[str, _Described],
    constants: Mapping[str, Any],
) -> Iterable[Parameter]:
    """Return the fields of a dataclass, those that it inherits first."""
    fields: dict[str, Parameter] = {}
    for node in reversed(lineage):
        for item in node.body:
            if not (isinstance(item, ast.AnnAssign) and isinstance(item.target, ast.Name)):
                continue
            if _NO_FIELDS.intersection(_names_in(item.annotation)):
                continue
            default, is_argument = _field_default(item.value)
            if is_argument:
                name = item.target.id
                fields[name] = _parameter(name, item.annotation, default, described, constants)
    return fields.values()


def _field_default(value: ast.expr | None) -> tuple[ast.expr | None, bool]:
    """Return the default of a dataclass's field, and whether the constructor takes it."""
    if not (isinstance(value, ast.Call) and "field" in _names_in(value.func)):
        return value, True
    keywords = {keyword.arg: keyword.value for keyword in value.keywords}
    init = keywords.get("init")
    is_argument = not (isinstance(init, ast.Constant) and init.value is False)
    return keywords.get("default", keywords.get("default_factory")), is_argument


def _is_dataclass(node: ast.ClassDef) -> bool:
    return any("dataclass" in _names_in(decorator) for decorator in node.decorator_list)


def _names_in(node: ast.expr) -> set[str]:
    found = set()
    for part in ast.walk(node):
        if isinstance(part, ast.Name):
            found.add(part.id)
        elif isinstance(part, ast.Attribute):
            found.add(part.attr)
    return found


def _parameter(
    name: str,
    annotation: ast.expr | None,
    default: ast.expr | None,
    described: Mapping[str, _Described],
    constants: Mapping[str, Any],
) -> Parameter:
    value, known = _evaluate(default, constants)
    description = described.get(name, _Described())
    kind = kind_of_annotation(annotation) if annotation is not None else UNKNOWN
    promised = kind.kind != "any"
    if kind == UNKNOWN:
        kind = description.kind
    if kind == UNKNOWN and known:
        kind = kind_of_default(value)
    return Parameter(
        name=name,
        kind=kind.kind,
        items=kind.items,
        choices=list(kind.choices),
        optional=kind.optional or (known and value is None),
        promised=promised,
        required=default is None,
        default=value,
        default_source="" if default is None else ast.unparse(default),
        description=description.text,
    )


def _evaluate(default: ast.expr | None, constants: Mapping[str, Any]) -> tuple[Any, bool]:
    """Return a default as JSON can hold it, and whether it is known."""
    if default is None:
        return None, False
    if isinstance(default, ast.Name) and default.id in constants:
        return _as_json(constants[default.id])
    try:
        return _as_json(ast.literal_eval(default))
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return None, False


def _as_json(value: Any) -> tuple[Any, bool]:
    if value is None or isinstance(value, (bool, int, str)):
        return value, True
    if isinstance(value, float):
        return (value, True) if math.isfinite(value) else (None, False)
    if isinstance(value, (list, tuple)):
        items = [_as_json(item) for item in value]
        if all(known for _, known in items):
            return [item for item, _ in items], True
    if isinstance(value, dict) and all(isinstance(key, str) for key in value):
        entries = {key: _as_json(item) for key, item in value.items()}
        if all(known for _, known in entries.values()):
            return {key: item for key, (item, _) in entries.items()}, True
    return None, False


def _describe(node: ast.ClassDef | ast.FunctionDef) -> dict[str, _Described]:
    """Return what the docstring says of the arguments, in whichever style it is written."""
    text = ast.get_docstring(node)
    if not text:
        return {}
    try:
        parameters = parse_docstring(text).params
    except (ParseError, ValueError):
        return {}
    described = {}
    for parameter in parameters:
        sentence = " ".join((parameter.description or "").replace("``", "").split())
        kind = kind_of_text(parameter.type_name or "")
        for name in parameter.arg_name.split(","):
            described[name.strip().lstrip("*")] = _Described(sentence, kind)
    return described
