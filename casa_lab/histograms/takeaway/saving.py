"""Puts the files that histograms are taken away in where somebody wants them."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import get_args

from casa_lab.errors import BadInput

from .files import Piece, archive
from .jobs import SUFFIXES, Job
from .models import Format
from .process import make_file_apart

_FORMATS: dict[str, Format] = {SUFFIXES[form]: form for form in get_args(Format)}


_LIKE_A_FILE = re.compile(r"\.[A-Za-z]{2,5}")
"""How names of files end, rather than those of folders."""


def format_of(output: Path | None) -> Format:
    """Return the format that the name of a file asks for: pictures in pixels, where it is none."""
    return "png" if output is None else _FORMATS.get(output.suffix.lower(), "png")


def pieces_apart(job: Job) -> Iterator[Piece]:
    """Yield what :func:`make_pieces` would, made in a process of its own that may take its time."""
    made = make_file_apart(job, seconds=None)
    if not job.is_archive:
        yield job.file_name, made
        return
    with zipfile.ZipFile(io.BytesIO(made)) as read:
        for name in read.namelist():
            yield name, read.read(name)


def save(job: Job, pieces: Iterable[Piece], output: Path | None = None) -> list[Path]:
    """Write files of histograms.

    Parameters
    ----------
    job
        What is written.
    pieces
        The files of that job.
    output
        A name that ends in ``.zip`` gets an archive, one that ends like the format a single
        file, any other is a folder. ``None`` for one file in the working folder or, where there
        are several, for a new folder in it.

    Returns
    -------
    list of Path
        What was written.

    Raises
    ------
    BadInput
        When several histograms are to go into a file of one, the name is that of another kind of
        file, or nothing can be written there.
    """
    if output is None:
        output = Path(job.name if job.is_archive else job.file_name)
    else:
        _check_name(output, job.export.format)
    try:
        if output.suffix.lower() == ".zip":
            return [_write(output, archive(pieces))]
        if output.suffix.lower() == SUFFIXES[job.export.format]:
            if job.is_archive:
                raise BadInput(
                    f"{output.name} holds one histogram, and these are {len(job.parts)}. Name a "
                    "folder or a file that ends in .zip, or choose one of them."
                )
            return [_write(output, contents) for _, contents in pieces]
        output.mkdir(parents=True, exist_ok=True)
        return [_write(output / name, contents) for name, contents in pieces]
    except OSError as error:
        raise BadInput(
            f"{error.filename or output} cannot be written: "
            f"{(error.strerror or str(error)).lower()}."
        ) from None


def _check_name(output: Path, form: Format) -> None:
    """Refuse to make a folder where a file of another kind was meant."""
    others = _FORMATS.keys() - {SUFFIXES[form]}
    is_right = output.suffix.lower() in (SUFFIXES[form], ".zip")
    if not is_right and _LIKE_A_FILE.fullmatch(output.suffix) and not output.is_dir():
        raise BadInput(
            f"{output.name} is no name for this: it is written as {form}, in files that end in "
            f"{SUFFIXES[form]}. There are also {', '.join(sorted(others))}. If it is to be a "
            "folder, make it first."
        )


def _write(path: Path, contents: bytes) -> Path:
    path.write_bytes(contents)
    return path
