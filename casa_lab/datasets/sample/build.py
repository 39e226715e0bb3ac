"""Making the whole sample in a folder, on all cores, once."""

from __future__ import annotations

import fcntl
import multiprocessing
import os
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from casa_lab.errors import BadInput
from casa_lab.folders import read_json, write_json

if TYPE_CHECKING:
    from .recipe import FileTask
    from .writer import FileFacts

Progress = Callable[[float, str], None]

FILESET = "fileset.json"
MANIFEST = "data/manifest.json"
MOST_PROCESSES = 8


def make_sample(folder: Path, progress: Progress | None = None, scale: float = 1.0) -> Path:
    """Make the sample in ``folder``, or find it there already.

    Parameters
    ----------
    folder
        Where ``fileset.json`` and ``data/*.root`` go; made when missing.
    progress
        Called with the part that is done (0 to 1) and a sentence.
    scale
        Part of the full number of events, and of the luminosity of the data.

    Returns
    -------
    Path
        The ``fileset.json``, in Coffea's format with paths relative to it.

    Raises
    ------
    BadInput
        When the scale is not a positive number.

    Notes
    -----
    Each file appears under its name only when it is complete, and is entered
    into the manifest then: an interrupted run goes on where it stopped, and a
    complete sample of the same version and scale is used at once.
    """
    if not 0 < scale <= 100:
        raise BadInput(f"The scale of the sample must lie between 0 and 100; {scale:g} does not.")
    report = progress or _silent
    (folder / "data").mkdir(parents=True, exist_ok=True)
    with _only_one(folder / "data"):
        manifest = _Manifest(folder, scale)
        _remove_unfinished(folder / "data")
        missing = manifest.missing()
        if missing:
            _write_files(folder, missing, manifest, report)
        fileset = folder / FILESET
        if missing or not fileset.exists():
            write_json(fileset, manifest.fileset())
    report(1.0, "The sample data are ready.")
    return fileset


def is_sample(fileset: Path) -> bool:
    """Tell whether a fileset file is the one of a sample that Casa made."""
    return fileset.name == FILESET and (fileset.parent / MANIFEST).is_file()


def sample_facts(fileset: Path) -> dict[Path, dict[str, Any]]:
    """Return what is in each file of a sample: ``events`` and ``bytes``."""
    files = _read_manifest(fileset.parent / MANIFEST).get("files", {})
    return {fileset.parent / path: facts for path, facts in files.items()}


class _Manifest:
    """Which files of the sample are complete, and what is in them."""

    def __init__(self, folder: Path, scale: float) -> None:
        from .recipe import VERSION, file_tasks

        self._folder = folder
        self._path = folder / MANIFEST
        self._tasks = list(file_tasks(scale))
        self._head = {"version": VERSION, "scale": scale}
        self._files: dict[str, dict[str, Any]] = {}
        stored = _read_manifest(self._path)
        if {key: stored.get(key) for key in self._head} == self._head:
            self._files = stored["files"]

    def missing(self) -> list[FileTask]:
        """Return the files that are still to be made."""
        return [task for task in self._tasks if not self._is_complete(task.path)]

    def enter(self, task: FileTask, facts: FileFacts) -> None:
        """Record that a file is complete."""
        self._files[task.path] = facts.to_json()
        write_json(self._path, {**self._head, "files": self._files})

    def fileset(self) -> dict[str, Any]:
        """Return the Coffea fileset of all files, in the order people expect."""
        from .recipe import DATA_NAME, DATA_TRIGGER, LUMINOSITY, SIMULATIONS
        from .writer import TREE

        def files(name: str) -> dict[str, str]:
            return {task.path: TREE for task in self._tasks if task.dataset == name}

        fileset: dict[str, Any] = {}
        for simulation in SIMULATIONS:
            paths = files(simulation.name)
            fileset[simulation.name] = {
                "files": paths,
                "metadata": {
                    "kind": "mc",
                    "is_data": False,
                    "label": simulation.label,
                    "xsec": simulation.cross_section,
                    "sum_genweight": sum(self._files[path]["sum_genweight"] for path in paths),
                },
            }
        fileset[DATA_NAME] = {
            "files": files(DATA_NAME),
            "metadata": {
                "kind": "data",
                "is_data": True,
                "label": "Data",
                "luminosity": LUMINOSITY * self._head["scale"],
                "trigger": DATA_TRIGGER,
            },
        }
        return fileset

    def _is_complete(self, path: str) -> bool:
        try:
            return bool((self._folder / path).stat().st_size == self._files[path]["bytes"])
        except (KeyError, FileNotFoundError):
            return False


def _read_manifest(path: Path) -> dict[str, Any]:
    try:
        stored = read_json(path)
    except ValueError:  # somebody edited it: make everything anew
        return {}
    return stored if isinstance(stored, dict) else {}


def _write_files(
    folder: Path, tasks: list[FileTask], manifest: _Manifest, report: Progress
) -> None:
    from .writer import write_file

    # Forking a process that may hold threads (a notebook, a server) can deadlock.
    context = multiprocessing.get_context("spawn")
    processes = min(len(tasks), os.cpu_count() or 1, MOST_PROCESSES)
    report(0.0, f"Making the sample data: {len(tasks)} files.")
    with ProcessPoolExecutor(processes, mp_context=context) as pool:
        futures = {pool.submit(write_file, task, folder): task for task in tasks}
        for done, future in enumerate(as_completed(futures), start=1):
            task = futures[future]
            manifest.enter(task, _result(future, pool))
            report(done / len(tasks), f"Made {task.path} ({done} of {len(tasks)}).")


def _result(future: Future[FileFacts], pool: ProcessPoolExecutor) -> FileFacts:
    try:
        return future.result()
    except BaseException:
        # Without this, leaving the pool would first make all the other files.
        pool.shutdown(wait=False, cancel_futures=True)
        raise


def _remove_unfinished(folder: Path) -> None:
    for path in folder.glob("*.part"):
        path.unlink()


@contextmanager
def _only_one(folder: Path) -> Iterator[None]:
    """Let one process at a time make the sample in a folder; others wait and then find it."""
    with (folder / ".lock").open("w") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        yield


def _silent(fraction: float, message: str) -> None:
    """Report nothing."""
