"""An index of the runs: ten thousand folders are listed without opening them.

The folders are the truth. The index is one SQLite file beside them, made
anew when it is missing, damaged or of another version. One ``stat`` per folder
tells what changed: whatever is replaced in a folder changes the folder's own time.
"""

from __future__ import annotations

import json
import logging
import os
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import TypeVar

from casa_lab.errors import BadInput, Damaged, NotFound
from casa_lab.runs.models import Run
from casa_lab.runs.states import ENDED

from .models import RunList, RunQuery, TagCount

VERSION = 2
"""Raised whenever the table or what :class:`Run` holds changes: the index is made anew then."""

WAIT_SECONDS = 30.0
"""How long to wait for another process that brings the index up to date."""

FRESH_SECONDS = 2.0
"""A folder that changed so shortly ago is read again: clocks of file systems are coarse."""

MOST_TAGS = 100
"""How many of the tags in use are told."""

_SCHEMA = (
    """
    CREATE TABLE runs (
        id TEXT PRIMARY KEY, stamp TEXT, created REAL, state TEXT, archived INTEGER,
        text TEXT, tags TEXT, datasets TEXT, body TEXT
    )
    """,
    "CREATE INDEX by_age ON runs (created DESC, id DESC)",
)

_STORE = "INSERT OR REPLACE INTO runs VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"

_log = logging.getLogger(__name__)

Answer = TypeVar("Answer")

Row = tuple[str, str, float, str, bool, str, str, str, str]


class RunIndex:
    """Lists the runs below a directory.

    Parameters
    ----------
    path
        The database; it may be deleted at any time.
    directory
        Holds one folder per run.
    read
        Returns a run by its id; raises ``NotFound``, ``OSError``, ``ValueError`` or
        ``Damaged`` for what is no readable run.
    """

    # Of threads that ask at the same time, one looks at the folders.
    _refreshing = threading.Lock()

    def __init__(self, path: Path, directory: Path, read: Callable[[str], Run]) -> None:
        self._path = path
        self._directory = directory
        self._read = read

    def find(self, query: RunQuery) -> RunList:
        """Return a page of the runs that match, newest first.

        Raises
        ------
        BadInput
            When ``query.before`` is not what an earlier reply gave.
        """
        where, values = _condition(query)
        older, age = _older(query.before)

        def look(database: sqlite3.Connection) -> RunList:
            (total,) = database.execute(f"SELECT COUNT(*) FROM runs {where}", values).fetchone()
            found = database.execute(
                f"SELECT created, id, body FROM runs {where} {older} "
                "ORDER BY created DESC, id DESC LIMIT ?",
                (*values, *age, query.limit + 1),
            ).fetchall()
            tags = database.execute(
                "SELECT value, COUNT(*) AS n FROM runs, json_each(runs.tags) WHERE NOT archived "
                "GROUP BY value ORDER BY n DESC, value LIMIT ?",
                (MOST_TAGS,),
            ).fetchall()
            (archived,) = database.execute("SELECT COUNT(*) FROM runs WHERE archived").fetchone()
            page = found[: query.limit]
            return RunList(
                runs=[Run.model_validate_json(body) for _, _, body in page],
                total=total,
                next=f"{page[-1][0]!r}~{page[-1][1]}" if len(found) > len(page) else None,
                tags=[TagCount(tag=tag, runs=runs) for tag, runs in tags],
                archived=archived,
            )

        return self._ask(look)

    def all(self) -> list[Run]:
        """Return all runs, newest first."""
        return [Run.model_validate_json(body) for body in self._column("body")]

    def ids(self) -> list[str]:
        """Return the ids of all runs, newest first."""
        return self._column("id")

    def _column(self, name: str) -> list[str]:
        """Return one column, newest runs first."""
        question = f"SELECT {name} FROM runs ORDER BY created DESC, id DESC"
        return self._ask(lambda database: [value for (value,) in database.execute(question)])

    def _ask(self, question: Callable[[sqlite3.Connection], Answer]) -> Answer:
        """Ask the index, brought up to date; a new one where it turns out to be damaged."""
        try:
            with self._up_to_date() as database:
                return question(database)
        except sqlite3.OperationalError:
            raise
        except sqlite3.DatabaseError:
            self._drop()
            with self._up_to_date() as database:
                return question(database)

    @contextmanager
    def _up_to_date(self) -> Iterator[sqlite3.Connection]:
        with closing(self._open()) as database:
            try:
                with self._refreshing:
                    self._refresh(database)
            except sqlite3.OperationalError as error:  # read-only, full, or locked for too long
                _log.warning("The index of runs %s cannot be written: %s", self._path, error)
                with closing(sqlite3.connect(":memory:")) as copy:
                    database.backup(copy)
                    self._refresh(copy)
                    yield copy
            else:
                yield database

    def _open(self) -> sqlite3.Connection:
        """Open the index; one in memory where none can be kept, which is slow and right."""
        for _ in range(2):
            try:
                return _connect(str(self._path))
            except sqlite3.OperationalError as error:
                _log.warning("The index of runs %s cannot be used: %s", self._path, error)
                break
            except sqlite3.DatabaseError:
                self._drop()
        return _connect(":memory:")

    def _drop(self) -> None:
        _log.warning("The index of runs %s is damaged; it is made anew.", self._path)
        with suppress(OSError):
            self._path.unlink()

    def _refresh(self, database: sqlite3.Connection) -> None:
        """Read the folders that changed, and those that may change without a trace."""
        known = dict(database.execute("SELECT id, stamp FROM runs"))
        present = dict(_scan(self._directory))
        gone = [(id_,) for id_ in known.keys() - present.keys()]
        changed = [id_ for id_, stamp in present.items() if not stamp or known.get(id_) != stamp]
        rows = []
        for id_ in changed:
            row = self._row(id_, present[id_])
            if row is not None:
                rows.append(row)
            elif id_ in known:
                gone.append((id_,))
        if rows or gone:
            with database:
                database.executemany("DELETE FROM runs WHERE id = ?", gone)
                database.executemany(_STORE, rows)

    def _row(self, id_: str, stamp: str) -> Row | None:
        try:
            run = self._read(id_)
        except NotFound:  # being made, or being deleted
            return None
        except (OSError, ValueError, Damaged) as error:
            _log.warning("%s is not a readable run folder: %s", self._directory / id_, error)
            return None
        settled = run.state in ENDED and run.state != "lost"
        said = (run.name, run.id, run.processor.location, *run.datasets, *run.tags, run.note)
        return (
            run.id,
            stamp if settled else "",
            run.created,
            run.state,
            run.archived,
            "\n".join(said).casefold(),
            json.dumps(run.tags, ensure_ascii=False),
            json.dumps(run.datasets, ensure_ascii=False),
            run.model_dump_json(),
        )


def _connect(path: str) -> sqlite3.Connection:
    database = sqlite3.connect(path, timeout=WAIT_SECONDS)
    try:
        if _version(database) != VERSION:
            with database:
                database.execute("BEGIN IMMEDIATE")
                if _version(database) != VERSION:  # nobody else was faster
                    database.execute("DROP TABLE IF EXISTS runs")
                    for statement in _SCHEMA:
                        database.execute(statement)
                    database.execute(f"PRAGMA user_version = {VERSION}")
        database.execute("SELECT 1 FROM runs LIMIT 1")
    except BaseException:
        database.close()
        raise
    return database


def _version(database: sqlite3.Connection) -> int:
    (version,) = database.execute("PRAGMA user_version").fetchone()
    return int(version)


def _scan(directory: Path) -> Iterator[tuple[str, str]]:
    """Yield the folders with what differs when something in them was replaced.

    It is empty for those that have to be read again the next time.
    """
    now = time.time()
    with os.scandir(directory) as entries:
        for entry in entries:
            if entry.name.startswith("."):
                continue
            try:
                status = entry.stat()
            except OSError:  # deleted meanwhile
                continue
            if not entry.is_dir():
                continue
            fresh = now - status.st_mtime < FRESH_SECONDS
            yield entry.name, "" if fresh else f"{status.st_mtime_ns} {status.st_ino}"


def _condition(query: RunQuery) -> tuple[str, list[str | bool]]:
    """Return the WHERE clause of a query, and its values."""
    clauses: list[str] = ["1"]
    values: list[str | bool] = []
    if query.state is not None:
        clauses.append("state = ?")
        values.append(query.state)
    if query.archived != "both":
        clauses.append("archived = ?")
        values.append(query.archived == "yes")
    for column, item in (("tags", query.tag), ("datasets", query.dataset)):
        if item is not None:
            clauses.append(f"EXISTS (SELECT 1 FROM json_each({column}) WHERE value = ?)")
            values.append(item)
    for word in query.search.casefold().split():
        clauses.append("instr(text, ?)")
        values.append(word)
    return "WHERE " + " AND ".join(clauses), values


def _older(before: str | None) -> tuple[str, Sequence[float | str]]:
    """Return what continues the WHERE clause behind the end of an earlier page."""
    if before is None:
        return "", ()
    age, _, id_ = before.partition("~")
    try:
        return "AND (created, id) < (?, ?)", (float(age), id_)
    except ValueError:
        raise BadInput(
            f"Field 'before': {before!r} is not the 'next' of an earlier reply. Leave it out to "
            "begin with the newest run."
        ) from None
