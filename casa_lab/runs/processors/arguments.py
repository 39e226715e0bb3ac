"""Holds the arguments of a processor against what its source says it takes."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any

from casa_lab.errors import BadInput, suggestion
from casa_lab.runs.models import ItemKind, Parameter, ParameterKind, Processor

MOST_SHOWN = 60
"""How much of a value a sentence repeats."""

_KINDS: Mapping[ParameterKind, str] = {
    "bool": "true or false",
    "int": "a whole number",
    "float": "a number",
    "str": "a text",
}

_ITEMS: Mapping[ItemKind, str] = {
    "bool": "a list of true and false",
    "int": "a list of whole numbers",
    "float": "a list of numbers",
    "str": "a list of texts",
    "any": "a list",
}


def check_arguments(processor: Processor, arguments: Mapping[str, Any]) -> None:
    """Check that a processor takes these arguments, before anything is started.

    Raises
    ------
    BadInput
        With a sentence that names the argument: one that the processor does not
        take, one that is missing, or one of another kind than its annotation says.
    """
    known = {parameter.name: parameter for parameter in processor.parameters}
    for name, value in arguments.items():
        if name in known:
            _check(processor, known[name], value)
        elif not processor.open_ended:
            raise BadInput(_unknown(processor, name, list(known)))
    for parameter in processor.parameters:
        if parameter.required and parameter.name not in arguments:
            raise BadInput(f"{processor.name} needs a value for the argument '{parameter.name}'.")


def read_argument(processor: Processor | None, name: str, text: str) -> Any:
    """Return a value that was typed: JSON where it is that, else text.

    What the processor takes decides between the two: the text ``2018`` for an
    argument that is a text stays one.
    """
    parameters = processor.parameters if processor else []
    parameter = next((each for each in parameters if each.name == name), None)
    try:
        value = json.loads(text)
    except ValueError:
        return text
    if parameter and parameter.promised and not _fits(parameter, value) and _fits(parameter, text):
        return text
    return value


def _check(processor: Processor, parameter: Parameter, value: Any) -> None:
    # A kind that was only guessed binds nobody.
    if parameter.promised and not _fits(parameter, value):
        raise BadInput(
            f"The argument '{parameter.name}' of {processor.name} must be "
            f"{_describe(parameter)}, not {_show(value)}."
        )


def _unknown(processor: Processor, name: str, known: list[str]) -> str:
    takes = f"It takes {', '.join(known)}." if known else "It takes none."
    hint = suggestion(name, known) or takes
    return f"{processor.name} has no argument '{name}'. {hint}"


def _fits(parameter: Parameter, value: Any) -> bool:
    if value is None:
        return parameter.optional
    if parameter.kind == "choice":
        return any(type(choice) is type(value) and choice == value for choice in parameter.choices)
    if parameter.kind == "list":
        return isinstance(value, list) and all(_is_a(parameter.items, item) for item in value)
    return _is_a(parameter.kind, value)


def _is_a(kind: ParameterKind, value: Any) -> bool:
    if kind == "bool":
        return isinstance(value, bool)
    if kind == "int":
        return isinstance(value, int) and not isinstance(value, bool)
    if kind == "float":
        is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
        return is_number and math.isfinite(value)
    return isinstance(value, str) if kind == "str" else True


def _describe(parameter: Parameter) -> str:
    if parameter.kind == "choice":
        wanted = f"one of {', '.join(json.dumps(choice) for choice in parameter.choices)}"
    elif parameter.kind == "list":
        wanted = _ITEMS[parameter.items]
    else:
        wanted = _KINDS[parameter.kind]
    return f"{wanted}, or null for None" if parameter.optional else wanted


def _show(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= MOST_SHOWN else f"{text[: MOST_SHOWN - 1]}…"
