"""What is known of files from earlier runs: a second run need not look at them again."""

from __future__ import annotations

import json
import logging
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from coffea.processor.executor import FileMeta

WAIT_SECONDS = 2.0
"""How long to wait for another run that writes at the same time."""

_SCHEMA = """
CREATE TABLE IF NOT EXISTS files (
    path TEXT, tree TEXT, size INTEGER, modified INTEGER, inode INTEGER,
    entries INTEGER, uuid BLOB, clusters TEXT,
    PRIMARY KEY (path, tree)
)
"""

_log = logging.getLogger(__name__)

Facts = dict[str, Any]
"""``numentries`` and ``uuid``, and ``clusters`` where they were wanted."""


class KnownFiles:
    """Entries and identities of local files, in a database that all runs share.

    A file is the one that is known when its size, time of modification and inode
    are the same; what changed nevertheless shows when it is opened, by its UUID.
    Files behind URLs have no such identity and are looked at in each run.

    Parameters
    ----------
    path
        The database; made when absent.

    Notes
    -----
    Never raises: without the database files are looked at.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def find(self, metas: Iterable[FileMeta], clusters: bool) -> dict[FileMeta, Facts]:
        """Return what is known of files that are still the same.

        Parameters
        ----------
        metas
            The files.
        clusters
            Whether it must be known where their clusters end.
        """
        found: dict[FileMeta, Facts] = {}
        with self._troubles_logged(), closing(self._open()) as database:
            for meta in metas:
                identity = _identity(meta)
                if identity is None:
                    continue
                row = database.execute(
                    "SELECT entries, uuid, clusters FROM files WHERE path = ? AND tree = ? "
                    "AND size = ? AND modified = ? AND inode = ?",
                    (meta.filename, meta.treename, *identity),
                ).fetchone()
                if row is None or (clusters and row[2] is None):
                    continue
                found[meta] = {"numentries": row[0], "uuid": row[1]}
                if clusters:
                    found[meta]["clusters"] = json.loads(row[2])
        return found

    def add(self, metas: Iterable[FileMeta]) -> None:
        """Remember files that were looked at."""
        rows = [row for meta in metas if (row := _row(meta)) is not None]
        with self._troubles_logged(), closing(self._open()) as database, database:
            database.executemany(
                "INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows
            )

    def forget(self, filename: str) -> None:
        """Forget a file, which turned out to be another one."""
        with self._troubles_logged(), closing(self._open()) as database, database:
            database.execute("DELETE FROM files WHERE path = ?", (filename,))

    def _open(self) -> sqlite3.Connection:
        database = sqlite3.connect(self._path, timeout=WAIT_SECONDS)
        # A power cut may cost what can be looked at again.
        database.execute("PRAGMA synchronous = OFF")
        database.execute(_SCHEMA)
        return database

    @contextmanager
    def _troubles_logged(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, OSError):
            _log.warning("What is known of files cannot be used: %s.", self._path, exc_info=True)


def _row(meta: FileMeta) -> tuple[Any, ...] | None:
    identity = _identity(meta)
    if identity is None:
        return None
    entries, identifier = int(meta.metadata["numentries"]), meta.metadata["uuid"]
    clusters = meta.metadata.get("clusters")
    if clusters is not None:
        clusters = json.dumps([int(entry) for entry in clusters])
    return meta.filename, meta.treename, *identity, entries, identifier, clusters


def _identity(meta: FileMeta) -> tuple[int, int, int] | None:
    """Return what tells a local file from its successors; ``None`` for what is not local."""
    path = Path(meta.filename)
    if not path.is_absolute():
        return None
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_size, found.st_mtime_ns, found.st_ino
