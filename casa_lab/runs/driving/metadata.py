"""Looking at the files of a fileset: entries and identity, before chunks can be made."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import zip_longest
from typing import Any

from coffea.processor import set_accumulator
from coffea.processor.executor import DEFAULT_METADATA_CACHE, FileMeta, WorkItem
from distributed import Client

from casa_lab.runs.counting.plan import NO_IDENTITY, FileKey, file_key, is_placeholder
from casa_lab.runs.errors import RunStopped
from casa_lab.runs.failures.causes import Cause
from casa_lab.runs.models import Failure
from casa_lab.runs.tasks.dispatch import Dispatcher
from casa_lab.runs.tasks.sending import RunTasks
from casa_lab.runs.tasks.worker import MetadataOutcome

from .closures import Chunking
from .known import KnownFiles
from .session import RunSession

LOOK_SECONDS = 0.5
"""How long a task that looks at files should take."""

LOOK_FILES = 200
"""Most files that one task looks at."""

_EMPTY = {"numentries": 0, "uuid": NO_IDENTITY, "clusters": [0]}
"""Metadata of a file without events."""

_FORGOTTEN = Cause(
    kind="other",
    sentence="This file could not be read when its chunks were made. Make them again.",
    exception="",
    traceback="",
    retry=False,
)
"""Why a chunk that an earlier call made for an unreadable file has no events."""


@dataclass
class _Waiting:
    """A file that Runner believes to be empty, and how its chunks are made once it is known."""

    meta: FileMeta
    placeholder: dict[str, Any]
    chunking: Chunking


class Placeholders:
    """Files of which nothing is known, and how Runner is led past them.

    Runner wants to know all files before it asks for the first chunk, and
    raises when one cannot be read. So a file that is unreadable, or that is
    looked at only while others are processed, gets the metadata of an empty
    one, which makes one chunk without events; the executor knows it again.
    """

    def __init__(self, known: KnownFiles) -> None:
        self._known = known
        self._causes: dict[FileKey, tuple[Cause, str]] = {}
        self._waiting: dict[FileKey, _Waiting] = {}
        self._placeholders: dict[FileKey, dict[str, Any]] = {}
        self._skipped: list[FileMeta] = []

    def add_unreadable(self, meta: FileMeta, cause: Cause, worker: str) -> FileMeta:
        """Note an unreadable file and return it with a placeholder for its metadata."""
        self._causes[_key(meta)] = (cause, worker)
        return self._add(meta)

    def postpone(self, metas: Iterable[FileMeta], chunking: Chunking) -> set_accumulator:
        """Return files of which nothing is known with placeholders, to be looked at later."""
        metas = list(metas)
        known = self._known.find(metas, chunking.align_clusters)
        stand_ins = set_accumulator()
        for meta in metas:
            if meta in known:
                facts = {**_of_the_user(meta), **known[meta]}
                stand_ins.add(
                    FileMeta(meta.dataset, meta.filename, meta.treename, facts, meta.preload)
                )
                continue
            # A copy: Runner gives its own the placeholder's metadata, which must not
            # come back from the look as if they had been found.
            asked = FileMeta(
                meta.dataset, meta.filename, meta.treename, _of_the_user(meta), meta.preload
            )
            stand_ins.add(self._add(meta))
            self._waiting[_key(meta)] = _Waiting(asked, self._placeholders[_key(meta)], chunking)
        return stand_ins

    def remember(self, metas: Iterable[FileMeta]) -> None:
        """Spare later runs the look at files."""
        self._known.add(metas)

    def forget_file(self, item: WorkItem) -> None:
        """Have the file of a chunk looked at anew by later runs: it is not what it was."""
        self._known.forget(item.filename)
        DEFAULT_METADATA_CACHE.pop(FileMeta(item.dataset, item.filename, item.treename), None)

    def postponed(self, item: WorkItem) -> FileMeta | None:
        """Return the file that a chunk stands for, if it is to be looked at later."""
        waiting = self._waiting.get(file_key(item)) if is_placeholder(item) else None
        return None if waiting is None else waiting.meta

    def learn(self, found: FileMeta, item: WorkItem) -> list[WorkItem]:
        """Return the chunks of a file, now that it was looked at.

        Parameters
        ----------
        found
            The file with its metadata, which Runner's cache gets, too.
        item
            The chunk that stood for it.
        """
        waiting = self._waiting.pop(file_key(item))
        del self._placeholders[file_key(item)]
        # What was not looked up must not stay what it is of an empty file.
        for key in _EMPTY:
            waiting.placeholder.pop(key, None)
        waiting.placeholder.update(found.metadata)
        chunks = waiting.chunking.chunks(found)
        # What the user says of the dataset comes with the chunk.
        return [replace(chunk, usermeta=item.usermeta, preload=item.preload) for chunk in chunks]

    def cause(self, item: WorkItem) -> tuple[Cause, str]:
        """Return why the file that a chunk stands for could not be read, and on which worker."""
        return self._causes.get(file_key(item), (_FORGOTTEN, ""))

    def without_unreadable(self, found: Iterable[FileMeta]) -> set_accumulator:
        """Return files as Runner wants them with ``skipbadfiles``: unreadable ones are missing.

        They would count among its ``maxchunks``.
        """
        kept = set_accumulator()
        for meta in found:
            if _key(meta) in self._causes:
                self._skipped.append(meta)
            else:
                kept.add(meta)
        return kept

    def take_skipped(self) -> list[WorkItem]:
        """Return the chunks that stand for files of which Runner was not told, once."""
        chunks = [chunk for meta in self._skipped for chunk in meta.chunks(1, False)]
        self._skipped.clear()
        return chunks

    def forget(self) -> None:
        """Make the placeholders, which Runner's metadata cache holds, incomplete.

        A later run in the same process then looks at the files again: they may
        have been repaired. What the user says of the dataset stays.
        """
        for placeholder in self._placeholders.values():
            for key in _EMPTY:
                placeholder.pop(key, None)
        self._placeholders.clear()
        self._waiting.clear()
        self._causes.clear()
        self._skipped.clear()

    def _add(self, meta: FileMeta) -> FileMeta:
        placeholder = {**(meta.metadata or {}), **_EMPTY}
        self._placeholders[_key(meta)] = placeholder
        return FileMeta(meta.dataset, meta.filename, meta.treename, placeholder, meta.preload)


def _of_the_user(meta: FileMeta) -> dict[str, Any]:
    """Return what the fileset says of a file, without what was found out about it."""
    return {key: value for key, value in (meta.metadata or {}).items() if key not in _EMPTY}


def _key(meta: FileMeta) -> FileKey:
    return FileKey(meta.dataset, meta.filename, meta.treename)


def as_failure(
    item: WorkItem | FileMeta,
    cause: Cause,
    worker: str = "",
    attempts: int = 1,
    whole_file: bool = False,
) -> Failure:
    """Return the failure list's entry for a chunk or a file."""
    return Failure(
        dataset=item.dataset,
        file=item.filename,
        treename=item.treename or "",
        entry_start=None if whole_file else item.entrystart,
        entry_stop=None if whole_file else item.entrystop,
        kind=cause.kind,
        cause=cause.sentence,
        exception=cause.exception,
        traceback=cause.traceback,
        worker=worker or cause.worker,
        host=cause.host,
        attempts=attempts,
        peak_memory_bytes=cause.peak_memory,
        replicas=list(cause.replicas),
    )


class Looks:
    """Files that wait to be looked at, handed out as many at a time as a task is worth.

    Parameters
    ----------
    metas
        The files.
    """

    def __init__(self, metas: Iterable[FileMeta] = ()) -> None:
        self._waiting = deque(metas)
        self._again: deque[tuple[FileMeta, ...]] = deque()
        self._seconds: float | None = None
        self.has_grown = False
        """Whether a task of full size went out: how long a file takes is known by then."""

    def __bool__(self) -> bool:
        return bool(self._again or self._waiting)

    def take(self) -> tuple[FileMeta, ...]:
        """Return the files of the next task: one at first, as nobody knows how long it takes."""
        if self._again:
            return self._again.popleft()
        files = 1
        if self._seconds is not None:
            files = max(1, min(LOOK_FILES, int(LOOK_SECONDS / max(self._seconds, 1e-6))))
            self.has_grown = True
        return tuple(self._waiting.popleft() for _ in range(min(files, len(self._waiting))))

    def learn(self, outcome: MetadataOutcome) -> None:
        """Take in how long a task took."""
        if outcome.files:
            self._seconds = outcome.seconds / len(outcome.files)

    def put_back(self, metas: tuple[FileMeta, ...]) -> None:
        """Hand files out again, one at a time: the others need not be blamed for one."""
        self._again.extend((meta,) for meta in metas)


def interleaved(metas: Iterable[FileMeta]) -> Iterator[FileMeta]:
    """Yield files of all datasets in turn."""
    by_dataset: dict[str, list[FileMeta]] = {}
    for meta in metas:
        by_dataset.setdefault(meta.dataset, []).append(meta)
    for round_of in zip_longest(*by_dataset.values()):
        yield from (meta for meta in round_of if meta is not None)


def look_at_all(
    client: Client,
    tasks: RunTasks,
    metas: Iterable[FileMeta],
    placeholders: Placeholders,
    session: RunSession | None,
    progress: Callable[[int, int], None],
) -> set_accumulator:
    """Get the metadata of files from the workers.

    Parameters
    ----------
    client
        Connected to the cluster.
    tasks
        Sends work for this phase.
    metas
        The files.
    placeholders
        Takes the files that cannot be read.
    session
        Told how far it is, where there is one; its stop request ends the look.
    progress
        Called with the number of files looked at and of all files.

    Returns
    -------
    set_accumulator
        What Runner expects of its metadata phase.
    """
    wanted = sorted(metas, key=lambda meta: (meta.dataset, meta.filename))
    looks = Looks(wanted)
    found = set_accumulator()
    dispatcher: Dispatcher[tuple[FileMeta, ...]] = Dispatcher(client, tasks.look_at)
    try:
        while looks or dispatcher.in_flight:
            while looks and dispatcher.has_room():
                dispatcher.send(looks.take())
            for finished in dispatcher.take():
                if isinstance(finished.value, MetadataOutcome):
                    looks.learn(finished.value)
                    placeholders.remember(finished.value.readable)
                    for file in finished.value.files:
                        meta = file.meta
                        if file.cause is not None:
                            worker = finished.value.worker
                            meta = placeholders.add_unreadable(meta, file.cause, worker)
                        found.add(meta)
                elif tasks.may_retry(finished, finished.work):
                    looks.put_back(finished.work)
                else:
                    cause = tasks.explain(finished.error)
                    found.update(
                        placeholders.add_unreadable(meta, cause, "") for meta in finished.work
                    )
            progress(len(found), len(wanted))
            if session is not None:
                session.poll_requests()
                if session.stop_requested:
                    raise RunStopped("The run was stopped before its files were looked at.")
    finally:
        dispatcher.cancel()
    return found
