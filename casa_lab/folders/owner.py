"""Who owns a folder, and whether that process is still alive.

The owner holds an exclusive lock on ``owner.lock`` for as long as it lives
(the kernel drops it with the process, however it dies), and touches
``owner.json`` (host, pid) every few seconds. On the same host the lock alone
decides; a folder on a shared file system that is owned from another host is
judged by the age of the heartbeat.
"""

from __future__ import annotations

import fcntl
import os
import socket
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

from casa_lab.errors import Conflict, Unavailable

from .files import read_json, write_json

HEARTBEAT_SECONDS = 2.0
"""How often a living owner touches its heartbeat file."""

HEARTBEAT_LIMIT_SECONDS = 30.0
"""How old the heartbeat of an owner on another host may be before it counts as dead."""

PROBE_SECONDS = 1.0
"""How long a refused lock is asked for again: whoever only looks holds it for a moment."""


class Owner:
    """Exclusive ownership of a folder, held until :meth:`release` or process death.

    Parameters
    ----------
    folder
        The folder to own.

    Raises
    ------
    Conflict
        When another living process owns the folder.
    Unavailable
        When the file system cannot lock.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        if _lives_elsewhere(_read_owner(folder), folder):
            raise _owned(folder)
        self._file = (folder / "owner.lock").open("a+b")
        try:
            _lock(self._file, folder)
            self._note(released=False)
        except BaseException:
            self._file.close()
            raise
        self._released = threading.Event()
        self._thread = threading.Thread(target=self._beat, name="casa-heartbeat", daemon=True)
        self._thread.start()

    def release(self) -> None:
        """Give the folder up; it may then be owned by another process."""
        if not self._released.is_set():
            self._released.set()
            self._thread.join()
            with self._file, suppress(OSError):  # else other hosts learn it from the heartbeat
                self._note(released=True)

    def _note(self, released: bool) -> None:
        owner = {"host": socket.gethostname(), "pid": os.getpid(), "released": released}
        write_json(self._folder / "owner.json", owner)

    def _beat(self) -> None:
        while not self._released.wait(HEARTBEAT_SECONDS):
            try:
                os.utime(self._folder / "owner.json")
            except FileNotFoundError:  # the folder was deleted under us
                return
            except OSError:
                continue  # a shared file system may be away for a while


def is_owned(folder: Path) -> bool:
    """Tell whether a living process owns the folder."""
    owner = _read_owner(folder)
    if owner is None:
        return False
    if owner["host"] != socket.gethostname():
        return _lives_elsewhere(owner, folder)
    try:
        with (folder / "owner.lock").open("rb") as stream:
            fcntl.flock(stream, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except OSError:
        return True
    return False


def is_silent(folder: Path) -> bool:
    """Tell whether the heart of a folder's owner has not beaten for long, dead or alive."""
    try:
        age = time.time() - (folder / "owner.json").stat().st_mtime
    except FileNotFoundError:
        return False
    return age > HEARTBEAT_LIMIT_SECONDS


def _read_owner(folder: Path) -> dict[str, Any] | None:
    """Return what the last owner said of itself, ``None`` if there never was one."""
    try:
        owner = read_json(folder / "owner.json")
    except ValueError:
        owner = {}
    if owner is None or (isinstance(owner, dict) and isinstance(owner.get("host"), str)):
        return owner
    return {"host": socket.gethostname()}  # damaged: here, the lock alone decides


def _lives_elsewhere(owner: dict[str, Any] | None, folder: Path) -> bool:
    """Tell whether the owner is a process of another host whose heart beats."""
    if owner is None or owner["host"] == socket.gethostname() or owner.get("released"):
        return False
    return (folder / "owner.json").exists() and not is_silent(folder)


def _lock(stream: IO[bytes], folder: Path) -> None:
    deadline = time.monotonic() + PROBE_SECONDS
    while True:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            # is_owned() takes the lock, shared, for an instant: that is no owner.
            if time.monotonic() > deadline:
                raise _owned(folder) from None
            time.sleep(PROBE_SECONDS / 50)
        except OSError as error:
            raise Unavailable(
                f"The file system of {folder} cannot lock files ({error.strerror}). Set "
                "CASA_DATA_DIR to a folder on another one."
            ) from error


def _owned(folder: Path) -> Conflict:
    other = _read_owner(folder) or {}
    return Conflict(
        f"{folder.name} is already owned by process {other.get('pid', '?')} on "
        f"{other.get('host', 'an unknown host')}. Stop that process first."
    )
