"""Makes the files that histograms are taken away in."""

from __future__ import annotations

import base64
import io
import json
import zipfile
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from casa_lab.errors import BadInput
from casa_lab.histograms.frames import decode
from casa_lab.histograms.snapshot import read_histogram, read_with_index

from .jobs import SUFFIXES, Job, Part
from .models import PICTURES, Export
from .numbers import Numbers, Shown, numbers_of

Piece = tuple[str, bytes]
"""Name and contents of a file."""


def make_file(job: Job) -> bytes:
    """Return the contents of a file, an archive if need be.

    Parameters
    ----------
    job
        What is to be in it.

    Raises
    ------
    BadInput
        When the format cannot hold what was chosen.
    Unavailable
        When this environment lacks a package.
    """
    pieces = make_pieces(job)
    if job.is_sheet:
        from .sheet import on_one_sheet

        return on_one_sheet([contents for _, contents in pieces])
    return archive(pieces) if job.is_archive else next(pieces)[1]


def make_pieces(job: Job) -> Iterator[Piece]:
    """Yield the files of a job, each when it is made: one for each histogram but for ROOT.

    Parameters
    ----------
    job
        What is to be in them.

    Raises
    ------
    BadInput
        When the format cannot hold what was chosen.
    Unavailable
        When this environment lacks a package.
    """
    suffix = SUFFIXES[job.export.format]
    if job.export.format == "root":
        from .rootfile import write_root

        yield job.name + suffix, write_root({part.stem: _uhi(job, part) for part in job.parts})
        return
    make = _maker(job)
    for part in job.parts:
        yield part.stem + suffix, make(part)
    if job.export.format == "hepdata" and job.is_archive:
        yield "submission.yaml", _submission(job)


def archive(pieces: Iterable[Piece]) -> bytes:
    """Return a ZIP file."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, contents in pieces:
            archive.writestr(name, contents)
    return stream.getvalue()


def _maker(job: Job) -> Callable[[Part], bytes]:
    """Return what makes the file of one histogram."""
    export = job.export
    if export.format in PICTURES:
        return lambda part: _picture(part, export)
    if export.format == "uhi":
        return lambda part: _json(_uhi(job, part))
    if export.format == "csv":
        return lambda part: _csv(job, part)
    if export.format == "code":
        return lambda part: _code(job, part)
    return _hepdata


def _picture(part: Part, export: Export) -> bytes:
    from .figures import draw_picture

    return draw_picture(_shown(part), export.look, export.format)


def _code(job: Job, part: Part) -> bytes:
    from .code import write_code

    index, uhi = read_with_index(job.snapshot, part.histogram.path)
    key = index.keys[part.histogram.path]
    return write_code(job.snapshot, key, uhi, _shown(part), job.export.look).encode()


def _csv(job: Job, part: Part) -> bytes:
    from .tables import view_csv, whole_csv

    if job.export.whole:
        return whole_csv(read_histogram(job.snapshot, part.histogram.path)).encode()
    return view_csv(_numbers(part)).encode()


def _hepdata(part: Part) -> bytes:
    from .tables import hepdata, write_yaml

    return write_yaml(hepdata(_shown(part))).encode()


def _submission(job: Job) -> bytes:
    from .tables import submission, write_yaml

    suffix = SUFFIXES[job.export.format]
    tables = [(part.histogram.path, part.stem + suffix, part.histogram) for part in job.parts]
    return write_yaml(*submission(tables)).encode()


def _uhi(job: Job, part: Part) -> dict[str, Any]:
    from .uhi import view_uhi

    if job.export.whole:
        return read_histogram(job.snapshot, part.histogram.path)
    return view_uhi(_numbers(part))


def _json(uhi: dict[str, Any]) -> bytes:
    from uhi.io.json import default

    return json.dumps(uhi, default=default).encode()


def _shown(part: Part) -> Shown:
    return Shown(_numbers(part), part.histogram, part.choice)


def _numbers(part: Part) -> Numbers:
    return numbers_of(*decode(base64.b64decode(part.frame)), part.choice.order)


def check(export: Export) -> None:
    """Refuse what no file can hold.

    Raises
    ------
    BadInput
        With a sentence that says what to choose instead.
    """
    if not export.whole or export.format in ("uhi", "root", "csv"):
        return
    kind = {"hepdata": "A table of HEPData", "code": "Code"}.get(export.format, "A picture")
    raise BadInput(
        f"{kind} shows a view, not every axis of a histogram. Leave out 'whole', or choose "
        "UHI, ROOT or CSV."
    )
