"""Makes the files that histograms are taken away in."""

from __future__ import annotations

import base64
import io
import json
import zipfile
from collections.abc import Callable
from typing import Any

from casa_lab.errors import BadInput
from casa_lab.histograms.frames import decode
from casa_lab.histograms.snapshot import read_histogram

from .jobs import SUFFIXES, Job, Part
from .models import PICTURES, Export
from .numbers import Numbers, numbers_of


def make_file(job: Job) -> bytes:
    """Return the contents of a file.

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
    if job.export.format == "root":
        from .rootfile import write_root

        return write_root({part.stem: _uhi(job, part) for part in job.parts})
    make = _maker(job)
    if not job.is_archive:
        return make(job.parts[0])
    stream = io.BytesIO()
    suffix = SUFFIXES[job.export.format]
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for part in job.parts:
            archive.writestr(part.stem + suffix, make(part))
        if job.export.format == "hepdata":
            archive.writestr("submission.yaml", _submission(job))
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
    return _hepdata


def _picture(part: Part, export: Export) -> bytes:
    from .figures import draw_picture

    return draw_picture(_numbers(part), part.histogram, part.choice, export.look, export.format)


def _csv(job: Job, part: Part) -> bytes:
    from .tables import view_csv, whole_csv

    if job.export.whole:
        return whole_csv(read_histogram(job.snapshot, part.histogram.path)).encode()
    return view_csv(_numbers(part)).encode()


def _hepdata(part: Part) -> bytes:
    from .tables import hepdata, write_yaml

    return write_yaml(hepdata(_numbers(part), part.histogram)).encode()


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


def _numbers(part: Part) -> Numbers:
    return numbers_of(*decode(base64.b64decode(part.frame)), part.choice.order)


def check(export: Export) -> None:
    """Refuse what no file can hold.

    Raises
    ------
    BadInput
        With a sentence that says what to choose instead.
    """
    if export.whole and (export.format in PICTURES or export.format == "hepdata"):
        kind = "A table of HEPData" if export.format == "hepdata" else "A picture"
        raise BadInput(
            f"{kind} shows a view, not every axis of a histogram. Leave out 'whole', or choose "
            "UHI, ROOT or CSV."
        )
