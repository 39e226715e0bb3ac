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
from pathlib import Path

from casa_lab.errors import Conflict

from .files import read_json, write_json

HEARTBEAT_SECONDS = 2.0
"""How often a living owner touches its heartbeat file."""

HEARTBEAT_LIMIT_SECONDS = 30.0
"""How old the heartbeat of an owner on another host may be before it counts as dead."""


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
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._file = (folder / "owner.lock").open("a+b")
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            self._file.close()
            other = read_json(folder / "owner.json") or {}
            raise Conflict(
                f"{folder.name} is already owned by process {other.get('pid', '?')} on "
                f"{other.get('host', 'an unknown host')}. Stop that process first."
            ) from None
        write_json(folder / "owner.json", {"host": socket.gethostname(), "pid": os.getpid()})
        self._released = threading.Event()
        self._thread = threading.Thread(target=self._beat, name="casa-heartbeat", daemon=True)
        self._thread.start()

    def release(self) -> None:
        """Give the folder up; it may then be owned by another process."""
        if not self._released.is_set():
            self._released.set()
            self._thread.join()
            self._file.close()

    def _beat(self) -> None:
        while not self._released.wait(HEARTBEAT_SECONDS):
            try:
                os.utime(self._folder / "owner.json")
            except FileNotFoundError:  # the folder was deleted under us
                return


def is_owned(folder: Path) -> bool:
    """Tell whether a living process owns the folder."""
    owner = read_json(folder / "owner.json")
    if owner is None:
        return False
    if owner["host"] != socket.gethostname():
        age = time.time() - (folder / "owner.json").stat().st_mtime
        return age < HEARTBEAT_LIMIT_SECONDS
    try:
        with (folder / "owner.lock").open("rb") as stream:
            fcntl.flock(stream, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except OSError:
        return True
    return False
