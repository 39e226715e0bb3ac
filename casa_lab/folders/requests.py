"""How anyone asks something of the process that owns a folder.

A request is a line appended to ``requests.jsonl``; the owner looks for new
lines a few times a second, acts, and the outcome shows in ``state.json``.
A file, rather than a socket, works between hosts that share the folder, needs
no cleaning up after a crash and has the folder's own permissions.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

_NAME = "requests.jsonl"


def send_request(folder: Path, action: str, **arguments: Any) -> None:
    """Ask the owner of ``folder`` to do ``action``."""
    line = json.dumps({"action": action, **arguments}, ensure_ascii=False).encode() + b"\n"
    with (folder / _NAME).open("a+b") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        # Whoever died while it wrote left half a line: ours must not become part of it.
        end = stream.seek(0, os.SEEK_END)
        if end:
            stream.seek(end - 1)
            if stream.read(1) != b"\n":
                line = b"\n" + line
        stream.write(line)


def newest_request(folder: Path) -> str | None:
    """Return what was asked last of the owner of ``folder``, whether or not it was heard yet."""
    try:
        lines = (folder / _NAME).read_bytes()
    except FileNotFoundError:
        return None
    return next((request["action"] for request in reversed([*_requests(lines)])), None)


def forget_requests(folder: Path) -> None:
    """Drop what was asked of an earlier owner; only while nobody owns the folder."""
    (folder / _NAME).unlink(missing_ok=True)


class RequestInbox:
    """The owner's side: yields each request once.

    Parameters
    ----------
    folder
        The owned folder.
    earlier
        Whether requests made before the inbox was opened are delivered. They
        usually were meant for an earlier owner; the first and only owner of a
        folder wants them, since it may be asked to stop while it still starts.
    """

    def __init__(self, folder: Path, *, earlier: bool = False) -> None:
        self._path = folder / _NAME
        self._offset = 0 if earlier else self._size()

    def take(self) -> list[dict[str, Any]]:
        """Return the requests that arrived since the last call, oldest first."""
        if self._size() <= self._offset:
            return []
        with self._path.open("rb") as stream:
            stream.seek(self._offset)
            data = stream.read()
        complete = data[: data.rfind(b"\n") + 1]
        self._offset += len(complete)
        return list(_requests(complete))

    def _size(self) -> int:
        try:
            return self._path.stat().st_size
        except FileNotFoundError:
            return 0


def _requests(lines: bytes) -> Iterator[dict[str, Any]]:
    """Yield what can be read as a request, leaving out torn lines."""
    for line in lines.splitlines():
        try:
            request = json.loads(line)
        except ValueError:
            continue
        if isinstance(request, dict) and isinstance(request.get("action"), str):
            yield request
