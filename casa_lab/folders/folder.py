"""One folder of truth: the files every run and every cluster has."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from casa_lab.errors import Unavailable

from .files import read_json, write_json
from .owner import is_owned, is_silent


class Folder:
    """Names the files of a run's or a cluster's folder and reads them.

    Parameters
    ----------
    path
        The folder, which may not exist yet.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    @property
    def id(self) -> str:
        """The folder's name, which is the identity of the run or cluster."""
        return self.path.name

    @property
    def log(self) -> Path:
        """What the owning process printed."""
        return self.path / "log.txt"

    @property
    def journal(self) -> Path:
        """The append-only history."""
        return self.path / "journal.jsonl"

    def create(self, spec: dict[str, Any], state: dict[str, Any]) -> None:
        """Make the folder, private to the user, with its spec and first state."""
        self.path.mkdir(mode=0o700, parents=True)
        with self._or_nothing():
            # The state goes first: a folder counts as existing once it has a spec.
            write_json(self.path / "state.json", state)
            write_json(self.path / "spec.json", spec)

    @contextmanager
    def begun(self, spec: dict[str, Any], state: dict[str, Any], what: str) -> Iterator[None]:
        """Make the folder, and fill it in a block of code; when that fails, nothing is left.

        Parameters
        ----------
        spec, state
            As for :meth:`create`.
        what
            Names it in the error, such as ``The run``.

        Raises
        ------
        Unavailable
            When the disk is full, or a process cannot be started.
        """
        try:
            self.create(spec, state)
            with self._or_nothing():
                yield
        except OSError as error:
            raise Unavailable(f"{what} cannot be started: {error}.") from error

    def exists(self) -> bool:
        """Tell whether the folder has been completely created."""
        return (self.path / "spec.json").exists()

    def read_spec(self) -> dict[str, Any] | None:
        """Return what was asked, or ``None`` when there is no such folder."""
        return read_json(self.path / "spec.json")

    def read_state(self) -> dict[str, Any] | None:
        """Return the state as its owner last wrote it."""
        return read_json(self.path / "state.json")

    def write_state(self, state: dict[str, Any]) -> None:
        """Replace the state atomically (the owner only)."""
        write_json(self.path / "state.json", state)

    def delete(self) -> None:
        """Delete the folder with all that it holds."""
        shutil.rmtree(self.hide())

    def hide(self) -> Path:
        """Give the folder a name that nobody reads, not even half deleted, and return it."""
        return self.path.rename(self.path.with_name(f".{self.path.name}"))

    @contextmanager
    def _or_nothing(self) -> Iterator[None]:
        try:
            yield
        except BaseException:
            shutil.rmtree(self.path, ignore_errors=True)
            raise

    def is_owned(self) -> bool:
        """Tell whether a living process owns the folder."""
        return is_owned(self.path)

    def is_silent(self) -> bool:
        """Tell whether its owner has given no sign of life for long, dead or alive."""
        return is_silent(self.path)
