"""An append-only, sequence-numbered history in JSON lines."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any


class Journal:
    """The history of one folder, written by its owner and readable by anyone.

    Parameters
    ----------
    path
        The ``journal.jsonl`` file; made on the first entry.

    Notes
    -----
    A line that was torn by a crash is dropped when the owner opens the journal
    again, and ignored by readers meanwhile: it is never fatal.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._sequence = -1
        for entry in read_journal(path):
            self._sequence = entry["sequence"]
        self._drop_torn_tail()

    def append(self, event: str, **facts: Any) -> dict[str, Any]:
        """Record that something happened and return the entry as written."""
        self._sequence += 1
        entry = {"sequence": self._sequence, "time": time.time(), "event": event, **facts}
        with self._path.open("ab") as stream:
            stream.write(json.dumps(entry, ensure_ascii=False).encode() + b"\n")
        return entry

    def _drop_torn_tail(self) -> None:
        """Cut a last line without its newline, so that the next entry starts clean."""
        try:
            with self._path.open("r+b") as stream:
                data = stream.read()
                keep = data.rfind(b"\n") + 1
                if keep != len(data):
                    stream.truncate(keep)
        except FileNotFoundError:
            return


def read_journal(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the entries of a journal in order, leaving out torn lines."""
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return
    for line in data.splitlines():
        try:
            entry = json.loads(line)
        except ValueError:
            continue
        if isinstance(entry, dict) and isinstance(entry.get("sequence"), int):
            yield entry
