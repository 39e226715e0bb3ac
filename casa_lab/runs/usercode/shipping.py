"""The user's own code, carried to the workers, so that they need not have it.

Classes and functions of local modules are pickled by value. Their sources go
along, for what is imported only where the code is at work.
"""

from __future__ import annotations

import importlib.util
import sys
import sysconfig
from collections.abc import Iterable
from contextlib import suppress
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any

import cloudpickle

from casa_lab.runs.environment import PACKAGES
from casa_lab.runs.models import ProcessorReference

from .imports import imported_when_called, used_modules
from .keeping import file_of
from .neighbours import neighbours_of, root_of
from .own_modules import NOTHING, ModuleSource, OwnModules


def carry_file(reference: ProcessorReference) -> OwnModules:
    """Make cloudpickle put a processor's file and its neighbours into its pickles.

    Parameters
    ----------
    reference
        The processor, which has been imported; nothing is carried of one that
        lives in an installed module.

    Returns
    -------
    OwnModules
        What is carried.
    """
    path = file_of(reference)
    return NOTHING if path is None else _carry(path.stem, path)


def carry_local(processor: Any, schema: type[Any] | None = None) -> OwnModules:
    """Do the same for what a notebook imported, or made of what it imported.

    What is installed, or defined in the notebook itself, travels well as it is.

    Parameters
    ----------
    processor
        A processor, or a function of the events.
    schema
        The schema that it is processed with.

    Returns
    -------
    OwnModules
        What is carried.
    """
    return _together(_carry_part(part) for part in (processor, schema) if part is not None)


def _carry_part(part: Any) -> OwnModules:
    inner = part
    while isinstance(inner, partial):
        inner = inner.func
    own = getattr(inner, "__module__", None) or type(inner).__module__
    if own != "__main__":
        path = _local_file(own)
        return NOTHING if path is None else _carry(own, path)
    # What a cell defines is in no file, but what it uses may be.
    carried = NOTHING
    seen: set[str] = set()
    while fresh := used_modules(part, carried.sources) - seen:
        seen |= fresh
        late = imported_when_called(part, carried.sources)
        carried = _together(
            [carried]
            + [
                _carry(name, path, [each for each in late if each.partition(".")[0] == name])
                for name in sorted(fresh)
                if (path := _local_file(name)) is not None
            ]
        )
    return carried


def _together(parts: Iterable[OwnModules]) -> OwnModules:
    """Return what several parts of a run's code need."""
    sources: dict[str, ModuleSource] = {}
    loaded: list[str] = []
    is_late = False
    for part in parts:
        sources |= part.sources
        loaded += part.loaded
        is_late = is_late or part.is_late
    return OwnModules(sources, tuple(dict.fromkeys(loaded)), is_late)


def _carry(name: str, path: Path, late: Iterable[str] = ()) -> OwnModules:
    """Carry a module, and what it, or a function that somebody calls late, imports beside it."""
    late = tuple(late)
    neighbours = neighbours_of({name: path}, root_of(name, path), late)
    loaded = _loaded_from(neighbours.root, {each.partition(".")[0] for each in neighbours.files})
    for module in loaded.values():
        cloudpickle.register_pickle_by_value(module)
    files = {**neighbours.files, **{each: _file(module) for each, module in loaded.items()}}
    sources = {}
    for each, file in files.items():
        with suppress(OSError, UnicodeDecodeError):  # moved or broken since it was imported
            sources[each] = ModuleSource(str(file), file.read_text(encoding="utf-8"))
    known = tuple(each for each in loaded if each in sources)
    return OwnModules(sources, known, bool(late) or neighbours.is_late)


def _loaded_from(root: Path, tops: set[str]) -> dict[str, ModuleType]:
    """Return modules of some names that were imported from a folder, in that order."""
    return {
        name: module
        for name, module in list(sys.modules.items())
        # The name first: there are thousands of modules, and resolving takes time.
        if name.partition(".")[0] in tops
        and getattr(module, "__file__", None) is not None
        and _file(module).suffix == ".py"
        and _file(module).resolve().is_relative_to(root.resolve())
    }


def _file(module: ModuleType) -> Path:
    return Path(str(module.__file__)).absolute()


def _local_file(name: str) -> Path | None:
    """Return the file of a module that is the user's own: neither installed nor compiled."""
    if name.partition(".")[0] in PACKAGES.values():  # as a developer of them may have it
        return None
    module = sys.modules.get(name)
    if module is not None:
        file = getattr(module, "__file__", None)
    else:
        try:
            spec = importlib.util.find_spec(name)
        except (ImportError, ValueError):
            spec = None
        file = spec.origin if spec is not None and spec.has_location else None
    path = Path(file).absolute() if file else None
    return path if path and path.suffix == ".py" and not _is_installed(path) else None


def _is_installed(path: Path) -> bool:
    if {"site-packages", "dist-packages"}.intersection(path.parts):
        return True
    places = [sysconfig.get_path(name) for name in ("stdlib", "purelib", "platlib")]
    return any(path.is_relative_to(place) for place in places)
