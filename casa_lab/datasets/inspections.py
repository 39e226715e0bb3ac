"""What is known of files: asked of the inspector once, remembered until a file changes."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any

from casa_lab.folders import read_json, write_json

FILE_TIME_LIMIT = 30.0
"""Seconds that one file may take to open, the start of Python included."""

TOTAL_TIME_LIMIT = 60.0
"""Seconds that one question may take; what is left over is looked at the next time."""

MOST_REMEMBERED = 20_000
"""Files whose inspections are kept on disk."""


@dataclass(frozen=True)
class Tree:
    """A tree with events in a file."""

    name: str
    events: int
    schema: str


@dataclass(frozen=True)
class Inspection:
    """What the inspector found in a file: trees, the likeliest first, or a problem."""

    trees: tuple[Tree, ...]
    problem: str | None = None
    is_final: bool = True
    """False where a slow moment may be to blame: another server tries the file again."""

    @property
    def main(self) -> Tree | None:
        """The tree that an analysis would read."""
        return self.trees[0] if self.trees else None


@dataclass(frozen=True)
class Identity:
    """A file as it was at one moment; any change gives another identity."""

    path: str
    size: int
    mtime_ns: int

    @classmethod
    def of(cls, path: Path) -> Identity:
        """Look at a file now."""
        status = path.stat()
        return cls(str(path), status.st_size, status.st_mtime_ns)


class Inspections:
    """Remembers what files hold, on disk and in memory.

    Parameters
    ----------
    path
        The JSON file of the memory; rebuilt when missing or damaged.
    file_limit, total_limit
        Time limits in seconds.
    command
        How to start the inspector.
    """

    def __init__(
        self,
        path: Path,
        file_limit: float = FILE_TIME_LIMIT,
        total_limit: float = TOTAL_TIME_LIMIT,
        command: Sequence[str] = (sys.executable, "-m", "casa_lab.datasets.inspector"),
    ) -> None:
        self._path = path
        self._file_limit = file_limit
        self._total_limit = total_limit
        self._command = list(command)
        self._lock = threading.Lock()
        self._known: dict[Identity, Inspection] | None = None

    def known(self, files: Sequence[Identity]) -> dict[Identity, Inspection]:
        """Return what is remembered of these files, without opening any."""
        memory = self._memory()
        return {file: memory[file] for file in files if file in memory}

    def look_at(self, files: Sequence[Identity]) -> dict[Identity, Inspection]:
        """Return what these files hold, asking the inspector for those not known yet.

        A file for which the time did not suffice is missing from the answer.
        """
        with self._lock:
            memory = self._memory()
            unknown = [file for file in dict.fromkeys(files) if file not in memory]
            if unknown:
                memory = {**memory, **self._inspect(unknown)}
                self._known = memory
                self._store(memory)
        return {file: memory[file] for file in files if file in memory}

    def _memory(self) -> dict[Identity, Inspection]:
        if self._known is None:
            self._known = _load(self._path)
        return self._known

    def _store(self, memory: dict[Identity, Inspection]) -> None:
        lasting = [(file, found) for file, found in memory.items() if found.is_final]
        newest = lasting[-MOST_REMEMBERED:]
        write_json(
            self._path,
            [
                [
                    [file.path, file.size, file.mtime_ns],
                    [[tree.name, tree.events, tree.schema] for tree in inspection.trees],
                    inspection.problem,
                ]
                for file, inspection in newest
            ],
        )

    def _inspect(self, files: list[Identity]) -> dict[Identity, Inspection]:
        """Ask inspectors, starting another one after each that had to be given up."""
        deadline = time.monotonic() + self._total_limit
        found: dict[Identity, Inspection] = {}
        rest = files
        while rest and time.monotonic() < deadline:
            answers = list(self._ask(rest, deadline))
            found.update(zip(rest, answers, strict=False))
            rest = rest[len(answers) :]
            if rest and time.monotonic() < deadline:
                problem = (
                    "It could not be opened within "
                    f"{self._file_limit:g} s, or opening it needs too much memory."
                )
                found[rest[0]] = Inspection((), problem, is_final=False)
                rest = rest[1:]
        return found

    def _ask(self, files: list[Identity], deadline: float) -> Iterator[Inspection]:
        """Yield one inspector's answers until it is done, dies or exceeds its time."""
        with self._inspector(files) as lines:
            for _ in files:
                patience = min(self._file_limit, deadline - time.monotonic())
                try:
                    line = lines.get(timeout=max(patience, 0.0))
                except Empty:
                    return
                if not line:
                    return
                yield _from_answer(json.loads(line))

    @contextmanager
    def _inspector(self, files: list[Identity]) -> Iterator[SimpleQueue[bytes]]:
        process = subprocess.Popen(
            self._command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        assert process.stdin is not None
        assert process.stdout is not None
        lines: SimpleQueue[bytes] = SimpleQueue()
        reader = threading.Thread(
            target=_forward, args=(process.stdout, lines), name="casa-inspector", daemon=True
        )
        reader.start()
        try:
            try:
                process.stdin.write(json.dumps([file.path for file in files]).encode())
                process.stdin.close()
            except BrokenPipeError:
                pass  # it died at once: the reader finds the end of its answers
            yield lines
        finally:
            process.kill()
            process.wait()
            reader.join()
            process.stdout.close()


def _forward(stream: Any, lines: SimpleQueue[bytes]) -> None:
    for line in stream:
        lines.put(line)
    lines.put(b"")


def _from_answer(answer: dict[str, Any]) -> Inspection:
    trees = tuple(Tree(**tree) for tree in answer["trees"])
    return Inspection(trees, answer["problem"])


def _load(path: Path) -> dict[Identity, Inspection]:
    try:
        return {
            Identity(*file): Inspection(tuple(Tree(*tree) for tree in trees), problem)
            for file, trees, problem in read_json(path) or []
        }
    except (ValueError, TypeError):  # damaged: everything is looked at again
        return {}
