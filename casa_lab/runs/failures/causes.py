"""Why a chunk or a file did not make it, in words for the user."""

from __future__ import annotations

import re
import socket
import traceback
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

from coffea.processor.executor import FileMeta, WorkItem

from casa_lab.reading.chunks import FileChanged
from casa_lab.reading.measures import peak_memory_bytes
from casa_lab.reading.patience import Stalled
from casa_lab.runs.models import FailureKind
from casa_lab.runs.tasks.packing import pack, unpack
from casa_lab.wording import visible

PACKED_CHAIN_BYTES = 10_000
"""Above this, exceptions stay where they were raised: some hold arrays."""


_COMPILED = re.compile(r" \(in compiled code: \S+\)")
"""What awkward says for its own developers, in the midst of its sentences."""


_XROOTD = re.compile(
    r"\[(?:ERROR|FATAL)\] (?:Server responded with an error: \[(?P<code>\d+)\] )?(?P<text>.*)"
)
"""What XRootD's client says in an ``OSError``: of its own, or with the code that a server gave."""

_XROOTD_NO_PERMISSION, _XROOTD_NOT_FOUND = "3010", "3011"


_TROUBLES: Mapping[FailureKind, str] = {
    "file missing": "is not there",
    "file damaged": "is damaged",
    "file changed": "is another file",
    "tree missing": "has no such tree",
}
"""What is wrong with a replica, in few words."""


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
    worker: str = ""
    """Address of the worker, where no worker was left to tell it."""
    host: str = ""
    """Name of the worker's machine."""
    peak_memory: int | None = None
    """Most bytes that the worker had in use meanwhile."""
    packed_chain: bytes = b""
    """The exception and its causes, for those who handle its type, where they can travel."""
    reading: bool = False
    """Whether the file could not be read, which a replica may mend."""
    replicas: tuple[str, ...] = ()
    """Other places of the file that were tried in vain."""

    def is_of_the_place(self, is_replica: bool) -> bool:
        """Tell whether another place of the file is worth a try.

        A file that is another one than its chunks were made for is an error of its
        own, unless it is only a replica that is.
        """
        return self.reading or (is_replica and self.kind in ("file changed", "tree missing"))

    def error(self) -> BaseException | None:
        """Return the exception as it was raised, ``None`` where this process cannot have it."""
        try:
            chain = unpack(self.packed_chain) if self.packed_chain else []
            for error, cause in pairwise(chain):
                error.__cause__ = cause
        except Exception:  # noqa: BLE001 - a class of the user's own may raise anything
            return None
        return chain[0] if chain else None


def explain_file(meta: FileMeta, place: str, error: BaseException) -> Cause:
    """Find out why the number of entries of a file cannot be had, at a place of it."""
    chain = list(_chain(error))
    kind, sentence, retry = _classify_opening(chain, place, meta.treename)
    return _cause(kind, sentence, chain, retry, reading=kind != "tree missing")


def explain_chunk(item: WorkItem, place: str, error: BaseException) -> Cause:
    """Find out why a chunk failed: the chain of causes tells, because Coffea wraps them.

    Parameters
    ----------
    item
        The chunk.
    place
        Where its file was read.
    error
        What came of it.
    """
    chain = list(_chain(error))
    root = chain[-1]
    if isinstance(root, FileChanged):
        sentence = (
            f"{place} was replaced while the run was at it. Run again: its chunks were "
            "made for the file that it was before."
        )
        return _cause("file changed", sentence, chain, retry=False)
    stage = next((str(error) for error in chain if str(error).startswith("Failed ")), "")
    is_opening = stage.startswith("Failed to open")
    if is_opening:
        kind, sentence, retry = _classify_opening(chain, place, item.treename)
    elif stage.startswith("Failed creating"):
        kind, sentence, retry = _classify_creating(chain, place, item.treename)
    else:
        kind, sentence, retry = _classify_processing(root, place)
    reading = kind != "tree missing" and (is_opening or _is_reading(root))
    return _cause(kind, sentence, chain, retry, reading=reading)


def explain_places(file: str, causes: Mapping[str, Cause]) -> Cause:
    """Say why a file could be read at none of its places.

    Parameters
    ----------
    file
        Its first place, of which the cause tells the most.
    causes
        Why it could not be read, by place.
    """
    first = causes[file]
    replicas = tuple(place for place in causes if place != file)
    if not replicas:
        return first
    told = "; ".join(
        f"{place} {_TROUBLES.get(causes[place].kind, 'cannot be read')}" for place in replicas
    )
    noun = "replicas do" if len(replicas) > 1 else "replica does"
    texts = [first.traceback, *(f"At {place}:\n{causes[place].traceback}" for place in replicas)]
    return replace(
        first,
        sentence=_printable(f"{first.sentence} Its {noun} not help: {told}."),
        traceback="\n".join(texts),
        replicas=tuple(map(_printable, replicas)),
    )


def explain_output(error: BaseException) -> Cause:
    """Say that what the processor returned cannot be added up or sent."""
    sentence = (
        f"The processor's outputs cannot be added or sent: {_describe(error)} Return "
        "histograms, numbers, sets and dictionaries of these, alike for all chunks."
    )
    return _cause("processor error", sentence, [error], retry=False)


def _cause(
    kind: FailureKind,
    sentence: str,
    chain: Sequence[BaseException],
    retry: bool,
    *,
    reading: bool = False,
) -> Cause:
    root = chain[-1]
    return Cause(
        kind=kind,
        sentence=_printable(sentence),
        exception=_printable(f"{type(root).__name__}: {root}"),
        traceback=_printable("".join(traceback.format_exception(root))),
        retry=retry,
        host=socket.gethostname(),
        peak_memory=peak_memory_bytes(),
        packed_chain=_packed(chain),
        reading=reading,
    )


def _packed(chain: Sequence[BaseException]) -> bytes:
    try:
        packed = pack(list(chain))
    except Exception:  # noqa: BLE001 - they may hold what cannot be pickled
        return b""
    return packed if len(packed) <= PACKED_CHAIN_BYTES else b""


def _printable(text: str) -> str:
    """Return text that JSON can hold: file names may have bytes that are no characters."""
    return text.encode(errors="backslashreplace").decode()


def _classify_opening(
    chain: list[BaseException], filename: str, treename: str
) -> tuple[FailureKind, str, bool]:
    root = chain[-1]
    if any(isinstance(error, FileNotFoundError) for error in chain):
        return _missing(filename)
    # UprootMissTreeError is Coffea's kind of KeyInFileError.
    if any(type(error).__name__ in ("UprootMissTreeError", "KeyInFileError") for error in chain):
        sentence = (
            f"{filename} has no tree {treename!r}. Correct the tree name in the fileset, "
            "or remove the file from it."
        )
        return "tree missing", sentence, False
    if isinstance(root, (PermissionError, IsADirectoryError)):
        return "other", f"{filename} cannot be opened: {root.strerror}.", False
    if isinstance(root, Stalled):
        sentence = (
            f"Opening {filename} hangs: {_first_line(root)} Its file system or server does not "
            "answer. Try again when it does, or remove the file from the fileset."
        )
        return "other", sentence, False
    if isinstance(root, (TimeoutError, ConnectionError)):
        return "other", f"The server of {filename} did not answer: {_first_line(root)}", True
    if isinstance(root, OSError) and (told := _XROOTD.search(str(root))):
        return _classify_xrootd(told, filename)
    form = "Parquet" if filename.endswith((".parquet", ".parq")) else "ROOT"
    sentence = (
        f"{filename} cannot be opened as a {form} file: it is empty, damaged, cut off while it "
        f"was copied, or not a {form} file. Copy it again, or remove it from the fileset."
    )
    return "file damaged", sentence, isinstance(root, OSError)


def _classify_xrootd(told: re.Match[str], filename: str) -> tuple[FailureKind, str, bool]:
    code, text = told["code"], visible(told["text"].strip().rstrip("."))
    if code == _XROOTD_NOT_FOUND:
        return _missing(filename)
    if code is None:
        return "other", f"The server of {filename} did not answer: {text}.", True
    sentence = f"The server of {filename} refuses it: {text}."
    return "other", sentence, code != _XROOTD_NO_PERMISSION


def _missing(filename: str) -> tuple[FailureKind, str, bool]:
    if "://" in filename or Path(filename).is_absolute():
        return "file missing", f"There is no file {filename}. Check its path.", False
    sentence = (
        f"There is no file {filename} in {Path.cwd()}, where the worker runs. "
        "Give its whole path in the fileset."
    )
    return "file missing", sentence, False


def _classify_creating(
    chain: list[BaseException], filename: str, treename: str
) -> tuple[FailureKind, str, bool]:
    root = chain[-1]
    if _is_reading(root) or type(root).__name__ == "KeyInFileError":
        return _classify_opening(chain, filename, treename)
    sentence = (
        f"The schema cannot make events of {filename}: {_describe(root)} "
        "Choose the schema that these files are written for."
    )
    return "other", sentence, False


def _classify_processing(root: BaseException, filename: str) -> tuple[FailureKind, str, bool]:
    """Tell errors of the processor from those of the columns that it reads on the way."""
    if not _is_reading(root):
        sentence = f"The processor raised {_describe(root)} The traceback shows the line."
        return "processor error", sentence, False
    # Uproot says so, as an OSError, of a file that is shorter than its index.
    ends_early = str(root).startswith("expected Chunk of length")
    if isinstance(root, OSError) and not ends_early:
        return "other", f"Reading {filename} failed: {_first_line(root)}", True
    sentence = (
        f"A part of {filename} cannot be read: it is damaged or was cut off while it was "
        "copied. Copy it again, or remove it from the fileset."
    )
    return "file damaged", sentence, False


def _is_reading(error: BaseException) -> bool:
    """Tell whether an exception comes out of reading, not out of the user's code."""
    frames = [
        frame.filename.replace("\\", "/") for frame in traceback.extract_tb(error.__traceback__)
    ]
    if not frames or type(error).__name__ == "KeyInFileError":
        return False  # a key that is missing is one that somebody asked for
    if isinstance(error, OSError):  # raised below uproot, by whatever fetches the bytes
        return any("/uproot/" in frame for frame in frames)
    readers = ("uproot", "cramjam", "lz4", "zstandard")
    return any(f"/{package}/" in frames[-1] for package in readers)


def _describe(error: BaseException) -> str:
    return f"{type(error).__name__}: {_first_line(error)}"


def _first_line(error: BaseException) -> str:
    text = str(error).strip() or "(no message)"
    line = visible(_COMPILED.sub("", text.splitlines()[0]))
    return line if line.endswith((".", "!", "?")) else f"{line}."


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
