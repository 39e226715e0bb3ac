"""How a run ends when it does not end well."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from casa_lab.errors import CasaError
from casa_lab.folders.files import DISK_ERRORS
from casa_lab.wording import name

FOLDER_UNWRITABLE = "cannot be written any more"
"""What messages of this say, so that it is not said twice."""


class RunError(CasaError):
    """The run cannot go on; what is counted is kept."""


class RunStopped(CasaError):
    """Somebody asked the run to stop before it had any result."""


class OutputsDiffer(RunError):
    """The outputs of two chunks cannot be added: Coffea itself would raise here, too.

    Parameters
    ----------
    error
        What adding them raised.
    path
        Where in them it did, if that is known.
    """

    def __init__(self, error: Exception, path: str = "") -> None:
        place = f"{name(path)}: " if path else ""
        super().__init__(
            f"The processor's outputs of two chunks cannot be added: {place}"
            f"{type(error).__name__}: {error}. It must return the same structure for all chunks, "
            "with the same axes in each histogram; give categories growth=True."
        )


class FolderUnwritable(RunError):
    """Nothing more can be written into the run's folder.

    Parameters
    ----------
    folder
        The folder.
    error
        What writing raised.
    """

    def __init__(self, folder: Path, error: OSError) -> None:
        super().__init__(
            f"The run's folder {folder} {FOLDER_UNWRITABLE}: {error.strerror}. What was counted "
            "is safe: make room there, and resume the run."
        )


@contextmanager
def disk_errors_explained(folder: Path) -> Iterator[None]:
    """Turn what a full disk raises in a block into a sentence about the run's folder."""
    try:
        yield
    except OSError as error:
        if error.errno not in DISK_ERRORS:
            raise
        raise FolderUnwritable(folder, error) from error
