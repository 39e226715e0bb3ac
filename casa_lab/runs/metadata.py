"""Looking at the files of a fileset: entries and identity, before chunks can be made."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from coffea.processor import set_accumulator
from coffea.processor.executor import FileMeta, WorkItem
from distributed import Client

from .dispatch import Dispatcher
from .errors import RunStopped
from .failures import Cause
from .models import Failure
from .plan import NO_IDENTITY, FileKey, file_key, is_placeholder
from .session import RunSession
from .tasks import RunTasks, explain_loss
from .worker import MetadataOutcome

FILES_PER_TASK = 4
"""Files that one task looks at: opening a wide file takes most of a second."""


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


class UnreadableFiles:
    """The files that could not be looked at, and how Runner is led past them.

    Runner raises when metadata of a file is missing. So an unreadable file
    gets the metadata of an empty one, which makes one chunk without events;
    the executor knows it again, and lists the file as failed.
    """

    def __init__(self) -> None:
        self._causes: dict[FileKey, tuple[Cause, str]] = {}
        self._placeholders: list[dict[str, Any]] = []

    def add(self, meta: FileMeta, cause: Cause, worker: str) -> FileMeta:
        """Note an unreadable file and return it with a placeholder for its metadata."""
        self._causes[FileKey(meta.dataset, meta.filename, meta.treename)] = (cause, worker)
        placeholder = {**(meta.metadata or {}), **_EMPTY}
        self._placeholders.append(placeholder)
        return FileMeta(meta.dataset, meta.filename, meta.treename, placeholder)

    def failure(self, item: WorkItem) -> Failure | None:
        """Return why the file of a chunk could not be read, ``None`` if it could."""
        if not is_placeholder(item):
            return None
        cause, worker = self._causes.get(file_key(item), (_FORGOTTEN, ""))
        return as_failure(item, cause, worker, whole_file=True)

    def forget(self) -> None:
        """Make the placeholders, which Runner's metadata cache holds, incomplete.

        A later run in the same process then looks at the files again: they may
        have been repaired. What the user says of the dataset stays.
        """
        for placeholder in self._placeholders:
            for key in _EMPTY:
                placeholder.pop(key, None)
        self._placeholders.clear()
        self._causes.clear()


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
    )


def look_at_all(
    client: Client,
    tasks: RunTasks,
    metas: Iterable[FileMeta],
    unreadable: UnreadableFiles,
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
    unreadable
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
    waiting = sorted(metas, key=lambda meta: (meta.dataset, meta.filename))
    groups = [
        tuple(waiting[at : at + FILES_PER_TASK]) for at in range(0, len(waiting), FILES_PER_TASK)
    ][::-1]
    found = set_accumulator()
    dispatcher: Dispatcher[tuple[FileMeta, ...]] = Dispatcher(client, tasks.look_at)
    try:
        while groups or dispatcher.in_flight:
            while groups and dispatcher.has_room():
                dispatcher.send(groups.pop())
            for finished in dispatcher.take():
                if isinstance(finished.value, MetadataOutcome):
                    for file in finished.value.files:
                        meta = file.meta
                        if file.cause is not None:
                            meta = unreadable.add(meta, file.cause, finished.value.worker)
                        found.add(meta)
                elif tasks.may_retry(finished, finished.work):
                    # One file at a time: the others need not be blamed for it.
                    groups.extend((meta,) for meta in finished.work)
                else:
                    cause = explain_loss(finished.error)
                    found.update(unreadable.add(meta, cause, "") for meta in finished.work)
            progress(len(found), len(waiting))
            if session is not None:
                session.poll_requests()
                if session.stop_requested:
                    raise RunStopped("The run was stopped before its files were looked at.")
    finally:
        dispatcher.cancel()
    return found
