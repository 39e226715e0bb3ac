"""Which modules a processor needs where it runs."""

from __future__ import annotations

import dis
import sys
from collections.abc import Collection, Iterator, Mapping
from functools import partial
from types import CodeType, FunctionType, ModuleType
from typing import Any

_MAIN = frozenset({"__main__", "__mp_main__"})


def used_modules(processor: Any, carried: Collection[str]) -> frozenset[str]:
    """Return the top-level modules that a processor's code refers to.

    What its file imports and it does not use (for plots, say) is left out: it
    need not be installed on workers.

    Parameters
    ----------
    processor
        The processor, from a file, an installed module or a notebook.
    carried
        Names of the modules that travel with it.

    Returns
    -------
    frozenset of str
        Without the standard library and what travels with the processor.
    """
    ours = _MAIN.union(carried)
    local = {name.partition(".")[0] for name in ours}
    used = {name.partition(".")[0] for name in _referred_to(processor, ours)}
    return frozenset(used - local - sys.stdlib_module_names)


def imported_when_called(processor: Any, carried: Collection[str]) -> frozenset[str]:
    """Return what functions of a processor import when they are called.

    Parameters
    ----------
    processor
        The processor, from a file, an installed module or a notebook.
    carried
        Names of the modules that travel with it.

    Returns
    -------
    frozenset of str
        Names of modules, and with them, of what is taken from them:
        ``package.module`` for ``from package import module``.
    """
    return frozenset(
        name
        for part in _parts(processor, _MAIN.union(carried))
        if isinstance(part, FunctionType)
        for code in _codes(part.__code__)
        for name in _imported_in(code)
    )


def own_definitions(found: Any) -> list[type | FunctionType]:
    """Return the classes and functions of a notebook's cells that something consists of.

    Parameters
    ----------
    found
        A processor, a class or a function.

    Returns
    -------
    list
        Without methods, which are part of their class.
    """
    parts = _parts(found, _MAIN)
    return [
        part
        for part in parts
        if not isinstance(part, ModuleType)
        and part.__module__ in _MAIN
        and (part.__qualname__ == part.__name__ or part is found)
    ]


def _referred_to(processor: Any, ours: Collection[str]) -> Iterator[str]:
    """Yield the modules of all that a processor consists of."""
    for part in _parts(processor, ours):
        if isinstance(part, ModuleType):
            yield part.__name__
        elif part.__module__ not in ours:
            yield part.__module__
        elif isinstance(part, FunctionType):
            for code in _codes(part.__code__):
                yield from _imported_in(code)


def _parts(processor: Any, ours: Collection[str]) -> Iterator[ModuleType | type | FunctionType]:
    """Yield all that a processor consists of, followed into our own modules."""
    waiting: list[Any] = [processor]
    seen: set[int] = set()
    while waiting:
        found = waiting.pop()
        if id(found) in seen:
            continue
        seen.add(id(found))
        if isinstance(found, partial):
            waiting.extend([found.func, *found.args, *found.keywords.values()])
        elif not isinstance(found, (ModuleType, type, FunctionType)):
            waiting.append(type(found))
            if type(found).__module__ in ours:
                waiting.extend(getattr(found, "__dict__", {}).values())
        else:
            yield found
            if isinstance(found, ModuleType) or found.__module__ not in ours:
                continue
            if isinstance(found, type):
                waiting.extend([*found.__bases__, *_functions_of(found)])
            else:
                for code in _codes(found.__code__):
                    waiting.extend(_named(found.__globals__, set(code.co_names), ours))


def _named(scope: Mapping[str, Any], names: set[str], ours: Collection[str]) -> Iterator[Any]:
    """Yield what names stand for, in our own modules also what they are likely attributes of."""
    for name in names & scope.keys():
        value = scope[name]
        yield value
        if isinstance(value, ModuleType) and value.__name__ in ours:
            yield from _named(vars(value), names - {name}, ours)


def _functions_of(kind: type) -> Iterator[FunctionType]:
    for value in vars(kind).values():
        function = getattr(value, "__func__", getattr(value, "fget", value))
        if isinstance(function, FunctionType):
            yield function


def _codes(code: CodeType) -> Iterator[CodeType]:
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _codes(constant)


def _imported_in(code: CodeType) -> Iterator[str]:
    """Yield what a function imports, other than from its own package."""
    instructions = list(dis.get_instructions(code))
    for level, names, instruction in zip(
        instructions, instructions[1:], instructions[2:], strict=False
    ):
        if instruction.opname == "IMPORT_NAME" and level.argval == 0:
            yield str(instruction.argval)
            yield from (f"{instruction.argval}.{name}" for name in names.argval or ())
