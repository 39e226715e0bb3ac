"""The user's own code: kept with the run, and carried to the workers.

A processor lives in a file, often beside modules that it imports. A copy of
them is kept in the run's folder, so that a run can be resumed as it was begun;
and they are pickled by value, so that workers need not have them. What lives in
a notebook becomes a module when it is kept.
"""

from __future__ import annotations

import ast
import logging
import os
import shutil
import sys
import sysconfig
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from types import ModuleType

import cloudpickle

from casa_lab.errors import NotFound
from casa_lab.folders import runs_dir

from . import ipynb
from .folder import open_run
from .imports import used_modules
from .models import ProcessorReference

_log = logging.getLogger(__name__)

_carried: dict[str, Path] = {}
"""Modules that are pickled by value, by name."""


def keep_source(reference: ProcessorReference, destination: Path) -> None:
    """Copy a processor's file, or what it needs of its notebook, and the modules that it imports.

    Parameters
    ----------
    reference
        The processor; nothing is kept of one that lives in an installed module.
    destination
        The run's ``processor`` directory; made here.

    Raises
    ------
    BadInput
        When a notebook does not hold the processor, with all that it needs.
    """
    destination.mkdir()
    path, notebook = _file(reference), _notebook(reference)
    if path is None and notebook is None:
        return
    if notebook is not None:
        path = destination / f"{ipynb.module_name(notebook)}.py"
        name = reference.location.rpartition(":")[2]
        path.write_text(ipynb.module_source(notebook, name), encoding="utf-8")
    assert path is not None
    folder = path.parent if notebook is None else notebook.parent
    for source in _with_neighbours(path, folder):
        if source.is_relative_to(folder):
            target = destination / source.relative_to(folder)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target)


def as_launched(reference: ProcessorReference, kept: Path) -> ProcessorReference:
    """Return where to import a processor from, so that it is what was launched.

    Its own place as long as the code there is unchanged (it may read files that
    lie beside it), else the copy in the run's folder.
    """
    notebook = _notebook(reference)
    if notebook is not None:
        return _at(reference, kept / f"{ipynb.module_name(notebook)}.py")
    path = _file(reference)
    if path is None:
        return reference
    for copy in kept.rglob("*.py"):
        original = path.parent / copy.relative_to(kept)
        if not original.exists() or original.read_bytes() != copy.read_bytes():
            return _at(reference, kept / path.name)
    return reference


@contextmanager
def importable(reference: ProcessorReference) -> Iterator[ProcessorReference]:
    """Give a processor a place that Python can import it from, without a run to keep it."""
    if _notebook(reference) is None:
        yield reference
        return
    with TemporaryDirectory(prefix="casa-") as folder:
        kept = Path(folder) / "processor"
        keep_source(reference, kept)
        yield as_launched(reference, kept)


def home_of(reference: ProcessorReference) -> Path:
    """Return the folder that a processor works in when nobody says otherwise.

    That of its file or notebook; for the copy of it that a run keeps, the folder
    that this run worked in.
    """
    path = _file(reference) or _notebook(reference)
    if path is None:
        return Path.cwd()
    run = keeper_of(path)
    directory = Path(open_run(run).spec().directory) if run else path.parent
    return directory if directory.is_dir() else path.parent


def keeper_of(path: Path) -> str | None:
    """Return the id of the run that keeps a file as a part of its code, if it is such a file."""
    try:
        run, kind, *_ = path.resolve().relative_to(runs_dir().resolve()).parts
        return open_run(run).id if kind == "processor" else None
    except (NotFound, ValueError):
        return None


def carry_by_value(reference: ProcessorReference) -> None:
    """Make cloudpickle put the processor's file and its neighbours into its pickles."""
    path = _file(reference)
    if path is None:
        return
    _carry(path)


def carry_local(processor: object) -> frozenset[str]:
    """Do the same for what a notebook imported, or made of what it imported.

    What is installed, or defined in the notebook itself, travels well as it is.

    Returns
    -------
    frozenset of str
        Names of the modules that are carried for it.
    """
    inner = processor
    while isinstance(inner, partial):
        inner = inner.func
    own = getattr(inner, "__module__", None) or type(inner).__module__
    # A processor in a cell is in no file, but what it uses may be.
    names = used_modules(processor, ()) if own == "__main__" else [own]
    carried: set[str] = set()
    for name in names:
        file = getattr(sys.modules.get(name), "__file__", None)
        if file is not None and not _is_installed(Path(file)):
            carried |= _carry(Path(file), package=name.partition(".")[0])
    return frozenset(carried)


def carry_kept(modules: Mapping[str, Path]) -> None:
    """Carry modules that were carried when a notebook launched the run.

    Parameters
    ----------
    modules
        Copies of their sources, by name, those that are imported first first.
    """
    _carried.update(modules)


def _carry(path: Path, package: str = "") -> set[str]:
    # Only what it imports from its own folder: an environment may lie below that, too.
    carried = {source.resolve() for source in _with_neighbours(path)}
    names = {source.name for source in carried}
    found = set()
    for name, module in list(sys.modules.items()):
        file = getattr(module, "__file__", None)
        if file is None or not file.endswith(".py") or name == "__main__":
            continue
        # The name first: there are thousands of modules, and resolving takes time.
        local = file.rpartition(os.sep)[2] in names and Path(file).resolve() in carried
        if local or name.partition(".")[0] == package:
            cloudpickle.register_pickle_by_value(module)
            _carried[name] = Path(file)
            found.add(name)
    return found


def carried_sources() -> dict[str, str]:
    """Return the sources of all modules that are carried, those that are imported first first.

    Pickling by value takes classes and functions along, but not what a module
    does when it is imported, such as registering behaviors with awkward.
    """
    order = {name: position for position, name in enumerate(sys.modules)}
    names = sorted(_carried, key=lambda name: order.get(name, 0), reverse=True)
    sources = {}
    for name in names:
        with suppress(OSError, UnicodeDecodeError):  # moved or broken since it was imported
            sources[name] = _carried[name].read_text(encoding="utf-8")
    return sources


def import_again(sources: dict[str, str]) -> None:
    """Do on a worker what carried modules do on import, as far as that is possible there."""
    before = {name: sys.modules.get(name) for name in sources}
    for name, source in sources.items():
        module = ModuleType(name)
        sys.modules[name] = module  # for those that import it
        try:
            exec(compile(source, f"<{name}>", "exec"), vars(module))
        except Exception:  # noqa: BLE001 - its classes may do without
            _log.info("%s could not be imported on this worker.", name, exc_info=True)
    for name, known in before.items():
        sys.modules.pop(name, None)
        if known is not None:
            sys.modules[name] = known


def _is_installed(path: Path) -> bool:
    places = [sysconfig.get_path(name) for name in ("stdlib", "purelib", "platlib")]
    return "casa_lab" in path.parts or any(path.is_relative_to(place) for place in places)


def _file(reference: ProcessorReference) -> Path | None:
    location, _, _ = reference.location.rpartition(":")
    return Path(location).expanduser().absolute() if location.endswith(".py") else None


def _notebook(reference: ProcessorReference) -> Path | None:
    location, _, _ = reference.location.rpartition(":")
    return Path(location).expanduser().absolute() if location.endswith(ipynb.SUFFIX) else None


def _at(reference: ProcessorReference, file: Path) -> ProcessorReference:
    _, _, name = reference.location.rpartition(":")
    return reference.model_copy(update={"location": f"{file}:{name}"})


def _with_neighbours(path: Path, folder: Path | None = None) -> Iterator[Path]:
    """Yield a file and the modules beside it, or in a folder, that it imports, directly or not."""
    folder = folder or path.parent
    waiting, seen = [path], {path}
    while waiting:
        source = waiting.pop()
        yield source
        for name in _imports(source):
            for found in _local_module(folder, name):
                if found not in seen:
                    seen.add(found)
                    waiting.append(found)


def _imports(source: Path) -> Iterator[str]:
    try:
        tree = ast.parse(source.read_bytes())
    except (OSError, SyntaxError, ValueError):
        return  # the driver says so, in better words
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def _local_module(folder: Path, name: str) -> Iterator[Path]:
    top = name.split(".")[0]
    if top == "casa_lab":  # workers have it, also beside a checkout of it
        return
    if (folder / f"{top}.py").is_file():
        yield folder / f"{top}.py"
    elif (folder / top / "__init__.py").is_file():
        yield from (folder / top).rglob("*.py")
