"""Why a chunk or a file did not make it, in words for the user."""

from __future__ import annotations

import traceback
from collections.abc import Iterator
from dataclasses import dataclass

from .models import FailureKind


@dataclass(frozen=True)
class Cause:
    """What an exception means to the user.

    Made on the worker, where the exception object is at hand; plain strings
    travel better than exceptions, which may not unpickle elsewhere.
    """

    kind: FailureKind
    sentence: str
    exception: str
    traceback: str
    retry: bool
    """Whether trying again may help: true of errors of a disk or a network."""


def explain(error: BaseException, filename: str, treename: str) -> Cause:
    """Find out what went wrong from an exception raised while a file was processed.

    Parameters
    ----------
    error
        The exception; the chain of its causes is looked at too, because Coffea
        wraps what it catches.
    filename, treename
        The file and tree that were being read.
    """
    chain = list(_chain(error))
    root = chain[-1]
    kind, sentence, retry = _classify(chain, filename, treename)
    return Cause(
        kind=kind,
        sentence=sentence,
        exception=f"{type(root).__name__}: {root}",
        traceback="".join(traceback.format_exception(root)),
        retry=retry,
    )


def _classify(
    chain: list[BaseException], filename: str, treename: str
) -> tuple[FailureKind, str, bool]:
    root = chain[-1]
    stage = next((str(error) for error in chain if str(error).startswith("Failed ")), "")
    if any(isinstance(error, FileNotFoundError) for error in chain):
        return "file missing", f"There is no file {filename}. Check its path.", False
    missing_tree = [error for error in chain if type(error).__name__ == "UprootMissTreeError"]
    if missing_tree or (
        type(root).__name__ == "KeyInFileError" and not stage.startswith("Failed processing")
    ):
        sentence = (
            f"{filename} has no tree {treename!r}. Correct the tree name in the fileset, "
            "or remove the file from it."
        )
        return "tree missing", sentence, False
    if stage.startswith("Failed processing") and not isinstance(root, OSError):
        if _is_reading(root):
            sentence = (
                f"A part of {filename} cannot be read: it is damaged or was cut off while it was "
                "copied. Copy it again, or remove it from the fileset."
            )
            return "file damaged", sentence, False
        sentence = (
            f"The processor raised {type(root).__name__}: {_first_line(root)} "
            "The traceback shows the line."
        )
        return "processor error", sentence, False
    if isinstance(root, (PermissionError, IsADirectoryError)):
        return "other", f"{filename} cannot be opened: {root.strerror}.", False
    if isinstance(root, (TimeoutError, ConnectionError)):
        return "other", f"The server of {filename} did not answer: {_first_line(root)}", True
    if stage.startswith("Failed processing"):
        return "other", f"Reading {filename} failed: {_first_line(root)}", True
    sentence = (
        f"{filename} cannot be opened as a ROOT file: it is empty, damaged, cut off while it was "
        "copied, or not a ROOT file. Copy it again, or remove it from the fileset."
    )
    return "file damaged", sentence, isinstance(root, OSError)


def _is_reading(error: BaseException) -> bool:
    """Tell whether an exception comes out of reading, not out of the user's code."""
    frames = traceback.extract_tb(error.__traceback__)
    if not frames:
        return False
    last = frames[-1].filename.replace("\\", "/")
    return any(f"/{package}/" in last for package in ("uproot", "cramjam", "lz4", "zstandard"))


def _first_line(error: BaseException) -> str:
    text = str(error).strip() or "(no message)"
    line = text.splitlines()[0]
    return line if line.endswith((".", "!", "?")) else f"{line}."


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
