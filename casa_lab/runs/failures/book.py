"""The failures of a run on disk: those that count against it, and those that were accepted."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from pathlib import Path

from casa_lab.folders.files import read_json, replace_file
from casa_lab.runs.folder import RunFolder
from casa_lab.runs.models import Failure, LeftOut, LeftOutChunk, Progress

from .grouping import sum_left_out
from .scope import WHOLE_FILE, ChunkName, FileName, Range, Scope, name_of, subtract

_log = logging.getLogger(__name__)


def read_failures(folder: RunFolder) -> tuple[list[Failure], list[LeftOutChunk]]:
    """Return the failures that count against a run, and those that were accepted as missing.

    Whoever moves one from one list to the other writes the second list first: a
    crash in between leaves it in both, and then it is accepted.
    """
    left_out = list(folder.read_left_out())
    names = {name_of(failure) for failure in left_out}
    failures = [failure for failure in folder.read_failures() if name_of(failure) not in names]
    return failures, left_out


def write_failures(folder: RunFolder, failures: Iterable[Failure]) -> None:
    """Replace the list of failures."""
    _write(folder.failures, failures)


def write_left_out(folder: RunFolder, left_out: Iterable[LeftOutChunk]) -> None:
    """Replace the list of failures that were accepted."""
    _write(folder.left_out, left_out)


def read_selection(folder: RunFolder) -> set[ChunkName] | None:
    """Return the chunks that a session is to try; ``None`` for all that is missing."""
    selection = read_json(folder.selection)
    if selection is None:
        return None
    return {
        (dataset, file, treename, (start, stop))
        for dataset, file, treename, (start, stop) in selection
    }


def count_failures(
    progress: Progress, failures: Iterable[Failure], left_out: Iterable[Failure]
) -> None:
    """Write into the progress how many chunks failed, and how much is left out."""
    failed: defaultdict[str, int] = defaultdict(int)
    for failure in failures:
        failed[failure.dataset] += 1
    by_dataset = left_out_by_dataset(left_out)
    for name, dataset in progress.datasets.items():
        dataset.chunks_failed = failed[name]
        dataset.left_out = by_dataset.get(name, LeftOut())
    progress.chunks_failed = sum(failed.values())
    progress.left_out = sum_left_out(left_out)


def left_out_by_dataset(left_out: Iterable[Failure]) -> dict[str, LeftOut]:
    """Return how much of each dataset was accepted as missing."""
    by_dataset: defaultdict[str, list[Failure]] = defaultdict(list)
    for failure in left_out:
        by_dataset[failure.dataset].append(failure)
    return {name: sum_left_out(failures) for name, failures in by_dataset.items()}


class FailureBook:
    """The failures of a run while a session works on it.

    Parameters
    ----------
    folder
        The run, owned.

    Attributes
    ----------
    scope
        Which of the missing chunks the session works on.
    """

    def __init__(self, folder: RunFolder) -> None:
        self._folder = folder
        failures, left_out = read_failures(folder)
        self.scope = Scope(failures, left_out, read_selection(folder))
        self._open: defaultdict[FileName, list[Failure]] = defaultdict(list)
        self._settled: defaultdict[FileName, list[Range]] = defaultdict(list)
        self.left_out = sum_left_out(left_out)
        self._left_out_by_dataset = left_out_by_dataset(left_out)

    def begin(self) -> list[Failure]:
        """Take the failures that are tried again off the list: they are to do from now on.

        A session that ends before this leaves the list as it was.

        Returns
        -------
        list of Failure
            Those that stay on the list.
        """
        write_failures(self._folder, self.scope.kept)
        for failure in self.scope.retried:
            self._open[_place_of(failure)[0]].append(failure)
        return self.scope.kept

    def add(self, failures: Iterable[Failure]) -> None:
        """List chunks that failed now."""
        with self._folder.failures.open("a", encoding="utf-8") as stream:
            for failure in failures:
                file, entries = _place_of(failure)
                # It may be a part of what failed before: of a chunk that ended its workers.
                failure.attempts += max(
                    (
                        each.attempts
                        for each in self._open[file]
                        if not subtract([entries], [_place_of(each)[1]])
                    ),
                    default=0,
                )
                self._settled[file].append(entries)
                stream.write(failure.model_dump_json() + "\n")
                _log.warning("%s: %s", failure.file, failure.cause)

    def give_back(self, counted: Callable[[FileName], Iterable[Range]]) -> list[Failure]:
        """List again what was to be tried and was not: the session ends before its time.

        Parameters
        ----------
        counted
            Returns the entry ranges of the counted chunks of a file.

        Returns
        -------
        list of Failure
            What is on the list again.
        """
        missed = []
        for file, failures in self._open.items():
            settled = [*self._settled[file], *counted(file)]
            missed += [part for failure in failures for part in _rest(failure, settled)]
        self._open.clear()
        if missed:
            text = _as_lines(missed)
            with self._folder.failures.open("ab") as stream:
                stream.write(text)
        return missed

    def note_left_out(self, progress: Progress) -> None:
        """Write into the progress how much was accepted as missing."""
        progress.left_out = self.left_out
        for name, left_out in self._left_out_by_dataset.items():
            if name in progress.datasets:
                progress.datasets[name].left_out = left_out


def _place_of(failure: Failure) -> tuple[FileName, Range]:
    dataset, file, treename, entries = name_of(failure)
    return (dataset, file, treename), entries


def _rest(failure: Failure, settled: Collection[Range]) -> list[Failure]:
    """Return what is left to try of a failure; it may have been split meanwhile."""
    _, entries = _place_of(failure)
    # A file that can be read by now is as good as one that nobody has tried.
    if entries == WHOLE_FILE or entries in settled:
        return []
    rest = subtract([entries], settled)
    if rest == [entries]:
        return [failure]
    return [
        failure.model_copy(update={"entry_start": start, "entry_stop": stop})
        for start, stop in rest
    ]


def _write(path: Path, failures: Iterable[Failure]) -> None:
    """Replace a list; without entries there is no file."""
    text = _as_lines(failures)
    if text:
        replace_file(path, lambda stream: stream.write(text))
    else:
        path.unlink(missing_ok=True)


def _as_lines(failures: Iterable[Failure]) -> bytes:
    return "".join(failure.model_dump_json() + "\n" for failure in failures).encode()
