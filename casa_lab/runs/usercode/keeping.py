"""The user's own code, kept with the run.

A processor lives in a file, often beside modules that it imports. A copy of
them is kept in the run's folder, so that a run can be resumed as it was begun.
What lives in a notebook becomes a module when it is kept.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from casa_lab.errors import NotFound
from casa_lab.folders import runs_dir
from casa_lab.runs.folder import open_run
from casa_lab.runs.models import ProcessorReference
from casa_lab.runs.processors import ipynb

from .neighbours import neighbours_of


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
    path, notebook = file_of(reference), _notebook(reference)
    if path is None and notebook is None:
        return
    if notebook is not None:
        path = destination / f"{ipynb.module_name(notebook)}.py"
        name = reference.location.rpartition(":")[2]
        path.write_text(ipynb.module_source(notebook, name), encoding="utf-8")
    assert path is not None
    folder = path.parent if notebook is None else notebook.parent
    for source in neighbours_of({path.stem: path}, folder).with_packages:
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
    path = file_of(reference)
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
    path = file_of(reference) or _notebook(reference)
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


def file_of(reference: ProcessorReference) -> Path | None:
    """Return the Python file that a processor lives in, if it lives in one."""
    location, _, _ = reference.location.rpartition(":")
    return Path(location).expanduser().absolute() if location.endswith(".py") else None


def _notebook(reference: ProcessorReference) -> Path | None:
    location, _, _ = reference.location.rpartition(":")
    return Path(location).expanduser().absolute() if location.endswith(ipynb.SUFFIX) else None


def _at(reference: ProcessorReference, file: Path) -> ProcessorReference:
    _, _, name = reference.location.rpartition(":")
    return reference.model_copy(update={"location": f"{file}:{name}"})
