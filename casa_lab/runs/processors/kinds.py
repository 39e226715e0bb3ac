"""Of what kind an argument is, as far as a form needs to know."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from casa_lab.runs.models import ItemKind, ParameterKind

_SCALARS: dict[str, ItemKind] = {
    "bool": "bool",
    "int": "int",
    "float": "float",
    "Real": "float",
    "str": "str",
    "string": "str",
    "Path": "str",
    "PathLike": "str",
}

_LISTS = frozenset(
    {"list", "List", "tuple", "Tuple", "Sequence", "Iterable", "Collection", "MutableSequence"}
)


@dataclass(frozen=True)
class Kind:
    """What values an argument takes.

    Attributes
    ----------
    kind
        Which widget it needs; ``any`` for whatever JSON can say.
    items
        Of what kind the items of a list are.
    choices
        The values to choose from.
    optional
        Whether it may be None.
    """

    kind: ParameterKind = "any"
    items: ItemKind = "any"
    choices: tuple[Any, ...] = ()
    optional: bool = False


UNKNOWN = Kind()


def kind_of_annotation(annotation: ast.expr) -> Kind:
    """Read an annotation."""
    if isinstance(annotation, ast.Constant):
        if annotation.value is None:
            return Kind(optional=True)
        return kind_of_text(annotation.value) if isinstance(annotation.value, str) else UNKNOWN
    if isinstance(annotation, ast.BinOp) and isinstance(annotation.op, ast.BitOr):
        return _union([kind_of_annotation(annotation.left), kind_of_annotation(annotation.right)])
    if isinstance(annotation, ast.Subscript):
        return _kind_of_subscript(_last_name(annotation.value), _elements(annotation.slice))
    if isinstance(annotation, ast.Set):  # numpydoc writes {'a', 'b'}
        return _choice(annotation.elts)
    return _kind_of_name(_last_name(annotation))


def kind_of_text(text: str) -> Kind:
    """Read an annotation in quotes, or the type that a docstring gives."""
    text = re.sub(r",?\s*(optional|default\b.*)$", "", text.strip(), flags=re.IGNORECASE)
    text = re.sub(r"\s+or\s+", " | ", text)
    text = re.sub(r"^(?:list|sequence)s? of (\w+?)s?$", r"list[\1]", text)
    try:
        return kind_of_annotation(ast.parse(text, mode="eval").body)
    except (SyntaxError, ValueError, RecursionError):
        return UNKNOWN


def kind_of_default(value: Any) -> Kind:
    """Guess from a default; a whole number may stand for any."""
    if isinstance(value, bool):
        return Kind("bool")
    if isinstance(value, (int, float)):
        return Kind("float")
    if isinstance(value, str):
        return Kind("str")
    if isinstance(value, list):
        kinds = {kind_of_default(item).kind for item in value}
        return Kind("list", items=_item(kinds.pop()) if len(kinds) == 1 else "any")
    return UNKNOWN


def _kind_of_name(name: str) -> Kind:
    if name in _SCALARS:
        return Kind(_SCALARS[name])
    return Kind("list") if name in _LISTS else UNKNOWN


def _kind_of_subscript(name: str, elements: Sequence[ast.expr]) -> Kind:
    if name == "Literal":
        return _choice(elements)
    if name == "Union":
        return _union([kind_of_annotation(element) for element in elements])
    if name == "Optional":
        return replace(kind_of_annotation(elements[0]), optional=True)
    if name in ("Annotated", "Final"):
        return kind_of_annotation(elements[0])
    if name not in _LISTS:
        return UNKNOWN
    kinds = {
        kind_of_annotation(element).kind
        for element in elements
        if not (isinstance(element, ast.Constant) and element.value is Ellipsis)
    }
    return Kind("list", items=_item(kinds.pop()) if len(kinds) == 1 else "any")


def _choice(elements: Sequence[ast.expr]) -> Kind:
    values = [element.value for element in elements if isinstance(element, ast.Constant)]
    if len(values) < len(elements) or not all(
        value is None or isinstance(value, (bool, int, str)) for value in values
    ):
        return UNKNOWN
    choices = tuple(value for value in values if value is not None)
    return Kind("choice", choices=choices, optional=None in values)


def _union(kinds: Iterable[Kind]) -> Kind:
    """Return what takes any of several kinds; None among them is not one of its own."""
    found = list(kinds)
    optional = any(kind.optional for kind in found)
    rest = {replace(kind, optional=False) for kind in found if kind != Kind(optional=True)}
    if len(rest) == 1:
        return replace(rest.pop(), optional=optional)
    if rest == {Kind("int"), Kind("float")}:
        return Kind("float", optional=optional)
    if rest and all(kind.kind == "choice" for kind in rest):
        choices = tuple(choice for kind in found for choice in kind.choices)
        return Kind("choice", choices=choices, optional=optional)
    return Kind(optional=optional)


def _item(kind: ParameterKind) -> ItemKind:
    return kind if kind in ("bool", "int", "float", "str") else "any"


def _elements(node: ast.expr) -> list[ast.expr]:
    return list(node.elts) if isinstance(node, ast.Tuple) else [node]


def _last_name(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""
