"""A run as one file: a zip archive of its folder, which opens in another Casa.

An archive from somewhere else is not trusted. Nothing is written outside of one
new folder, nothing grows beyond limits, and only JSON of it is read here: the
pickles among its files are for the environment that runs it again.
"""

from __future__ import annotations

import re
import stat
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import IO

from pydantic import ValidationError

from casa_lab.errors import BadInput, Conflict, TooLarge, Unavailable
from casa_lab.folders import runs_dir
from casa_lab.folders.files import DISK_ERRORS
from casa_lab.runs.folder import RunFolder, open_run
from casa_lab.runs.models import RunRecord, RunSpec
from casa_lab.runs.states import ENDED, has_work_left

from .models import Labels

MOST_BYTES = 20 * 2**30
"""Most bytes that an archive may unpack to."""

MOST_FILES = 20_000
"""Most files that it may hold; each group of chunks that is not merged yet is one."""

JSON_BYTES = 200 * 2**20
"""Most bytes of a JSON file that is read to see whether the archive holds a run."""

_OWN = frozenset({"owner.lock", "owner.json", "launch.lock", "requests.jsonl", "selection.json"})
"""Of the process that works on a run here; it means nothing elsewhere."""

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._ -]{0,199}")

_COPY_BYTES = 2**20


def export(run: str, stream: IO[bytes]) -> None:
    """Write a run as a zip archive, without what can be made anew.

    Parameters
    ----------
    run
        Id of the run.
    stream
        A binary file, which need not be seekable.

    Notes
    -----
    The counted groups are needed to go on with a run: they are left out of one
    of which nothing is missing. A run that goes on is exported as it is now.
    """
    folder = open_run(run)
    record = folder.record()
    missing = record.state not in ENDED or has_work_left(
        record.state, record.progress.chunks_failed
    )
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in _kept(folder, with_groups=missing):
            name = f"{folder.id}/{path.relative_to(folder.path).as_posix()}"
            try:
                archive.write(path, name)
            except FileNotFoundError:  # replaced while the run goes on
                continue


def import_run(path: Path) -> str:
    """Take in a run that was exported, and return its id.

    Raises
    ------
    BadInput
        When the file is no archive of a run.
    Conflict
        When there is a run of that id already.
    TooLarge
        When it unpacks to more than is allowed.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            id_, members = _members(archive)
            if (runs_dir() / id_).exists():
                raise Conflict(
                    f"There is a run {id_} here already. Delete it, or rename its folder."
                )
            # A leading dot: nobody takes it for a run while it is being written.
            with tempfile.TemporaryDirectory(dir=runs_dir(), prefix=".import-") as place:
                folder = RunFolder(Path(place) / id_)
                folder.path.mkdir(mode=0o700)
                try:
                    _unpack(archive, members, folder.path)
                except OSError as error:
                    if error.errno in DISK_ERRORS:
                        raise Unavailable(
                            f"The run cannot be written: {error.strerror}."
                        ) from error
                    raise BadInput(f"The archive cannot be unpacked: {error.strerror}.") from error
                _check(folder)
                try:
                    folder.path.rename(runs_dir() / id_)
                except OSError as error:
                    raise Conflict(f"The run {id_} cannot be put in its place: {error}.") from error
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        IndexError,
        RuntimeError,
        ValueError,
    ) as error:
        raise BadInput(f"This is not the archive of a run, or it is damaged: {error}.") from error
    return id_


def _kept(folder: RunFolder, *, with_groups: bool) -> Iterator[Path]:
    for path in sorted(folder.path.rglob("*")):
        inside = path.relative_to(folder.path)
        if (
            path.is_file()
            and not path.is_symlink()
            and not any(part.startswith(".") or part == "__pycache__" for part in inside.parts)
            and str(inside) not in _OWN
            and (with_groups or inside.parts[0] != folder.groups.name)
        ):
            yield path


def _members(
    archive: zipfile.ZipFile,
) -> tuple[str, list[tuple[zipfile.ZipInfo, PurePosixPath]]]:
    """Return the id of the run in an archive, and its files below the run's folder."""
    found: list[tuple[zipfile.ZipInfo, PurePosixPath]] = []
    ids = set()
    size = 0
    for info in archive.infolist():
        if info.is_dir():
            continue
        name = PurePosixPath(info.filename)
        kind = stat.S_IFMT(info.external_attr >> 16)
        if (
            name.is_absolute()
            or len(name.parts) < 2
            or any(part == ".." or "\\" in part or "\0" in part for part in name.parts)
            or kind not in (0, stat.S_IFREG)
            or info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
        ):
            raise BadInput(
                f"The archive holds {info.filename[:200]!r}, which no run has. It was not taken in."
            )
        size += info.file_size
        ids.add(name.parts[0])
        if str(PurePosixPath(*name.parts[1:])) not in _OWN:
            found.append((info, PurePosixPath(*name.parts[1:])))
    if len(found) > MOST_FILES or size > MOST_BYTES:
        raise TooLarge(
            f"The archive unpacks to {len(found):,} files of {size / 1e9:,.1f} GB; at most "
            f"{MOST_FILES:,} and {MOST_BYTES / 1e9:,.0f} GB are taken in. Copy the run's folder "
            "into Casa's folder of runs instead, if you trust it."
        )
    if len(ids) != 1 or not _ID.fullmatch(next(iter(ids))):
        raise BadInput("The archive does not hold one folder of a run. Was it made by Export Run?")
    return ids.pop(), found


def _unpack(
    archive: zipfile.ZipFile,
    members: list[tuple[zipfile.ZipInfo, PurePosixPath]],
    folder: Path,
) -> None:
    left = MOST_BYTES
    for info, name in members:
        target = folder.joinpath(*name.parts)
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # "x": two members of one name must not meet, whatever the file system makes of names.
        with archive.open(info) as source, target.open("xb") as stream:
            while chunk := source.read(_COPY_BYTES):
                left -= len(chunk)
                if left < 0:  # what it says of its sizes is not true
                    raise TooLarge("The archive unpacks to more than it says. It was not taken in.")
                stream.write(chunk)


def _check(folder: RunFolder) -> None:
    """Refuse what would not be shown as a run."""
    for name, model in (
        ("spec.json", RunSpec),
        ("state.json", RunRecord),
        ("labels.json", Labels),
    ):
        path = folder.path / name
        if name == folder.labels.name and not path.exists():
            continue
        if not path.is_file():
            raise BadInput(f"The archive has no {name}: it is not that of a run.")
        if path.stat().st_size > JSON_BYTES:
            raise TooLarge(f"The {name} in the archive is larger than any run has.")
        try:
            model.model_validate_json(path.read_bytes())
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            field = ".".join(map(str, first["loc"]))
            raise BadInput(
                f"The {name} in the archive cannot be read ({field}: {first['msg']}). Was it made "
                "by a newer Casa?"
            ) from error


def exported(run: str) -> Path:
    """Write a run's archive to a temporary file, for the caller to send and delete."""
    with tempfile.NamedTemporaryFile(
        dir=runs_dir(), prefix=".export-", suffix=".zip", delete=False
    ) as stream:
        try:
            export(run, stream)
        except BaseException:
            Path(stream.name).unlink()
            raise
    return Path(stream.name)
