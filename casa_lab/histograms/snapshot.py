"""Snapshots: the histograms of a run in one file, replaced atomically.

A snapshot is a zip file in the format of ``uhi.io.zip`` plus ``index.json``,
which holds the sequence number, the fraction of each dataset's events behind
it, and the histograms' descriptors. Nothing in it is compressed, so that one
histogram is read without touching the others.

The driver writes with boost-histogram loaded; whoever reads needs numpy and
uhi only.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from casa_lab.errors import Damaged, NotFound, suggestion
from casa_lab.folders.files import replace_file

from .descriptors import describe_histogram
from .models import Histogram, HistogramCatalog

if TYPE_CHECKING:
    import boost_histogram

_INDEX = "index.json"


class SnapshotIndex(BaseModel):
    """``index.json`` of a snapshot: everything but the contents."""

    sequence: int
    fractions: dict[str, float]
    """Fraction of each dataset's events that the snapshot holds, 0 to 1."""
    final: bool
    """True when the run has ended."""
    histograms: list[Histogram]
    keys: dict[str, str]
    """Name inside the zip file of each histogram that has contents, by path."""

    def missing(self, name: str) -> str:
        """Return the sentence that says why there is no such histogram to be read."""
        for histogram in self.histograms:
            if histogram.path == name and histogram.problem:
                return histogram.problem
        return f"This run has no histogram '{name}'. {suggestion(name, self.keys)}".rstrip()


def collect(accumulator: Any) -> dict[str, boost_histogram.Histogram[Any]]:
    """Find the histograms in an accumulator.

    Parameters
    ----------
    accumulator
        What a processor returned: nested mappings of anything, or a histogram.

    Returns
    -------
    dict
        Every histogram of boost-histogram or hist, not copied, by the keys
        that lead to it joined by ``/``.
    """
    found: dict[str, boost_histogram.Histogram[Any]] = {}
    for keys, histogram in _walk(accumulator, ()):
        path = "/".join(keys) or "histogram"
        found[_unused(path, found, " ({})")] = histogram
    return found


def write_snapshot(
    path: Path,
    histograms: Mapping[str, boost_histogram.Histogram[Any]],
    sequence: int,
    fractions: Mapping[str, float],
    final: bool,
) -> None:
    """Replace the snapshot at ``path``; readers see the old one or the new one.

    Parameters
    ----------
    path
        The file, ``histograms.zip`` of a run's folder.
    histograms
        The histograms by path, as :func:`collect` finds them.
    sequence
        Number of the snapshot, greater than that of the one before.
    fractions
        Fraction of each dataset's events that the histograms hold, 0 to 1.
    final
        Whether the run has ended.

    Notes
    -----
    A histogram of a kind that UHI cannot express is listed with its problem.
    """
    from uhi.io import zip as uhi_zip

    index = SnapshotIndex(
        sequence=sequence, fractions=dict(fractions), final=final, histograms=[], keys={}
    )
    contents: dict[str, dict[str, Any]] = {}
    for name, histogram in histograms.items():
        try:
            uhi = to_uhi(histogram)
        except TypeError:
            index.histograms.append(_inexpressible(name, histogram))
            continue
        key = file_stem(name, contents)
        contents[key] = uhi
        index.keys[name] = key
        index.histograms.append(describe_histogram(name, uhi))

    def write(stream: Any) -> None:
        with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as archive:
            archive.writestr(_INDEX, index.model_dump_json())
            for key, uhi in contents.items():
                # Typed as a dictionary of fixed keys, which plain ones are not.
                uhi_zip.write(archive, key, uhi)  # type: ignore[arg-type]

    replace_file(path, write)


def read_index(path: Path) -> SnapshotIndex:
    """Return the index of a snapshot.

    Raises
    ------
    NotFound
        When no snapshot has been written yet.
    """
    with _open(path) as archive:
        return SnapshotIndex.model_validate_json(archive.read(_INDEX))


def read_catalog(path: Path) -> HistogramCatalog:
    """Return the descriptors of the histograms in a snapshot.

    Raises
    ------
    NotFound
        When no snapshot has been written yet.
    """
    index = read_index(path)
    return HistogramCatalog(sequence=index.sequence, histograms=index.histograms)


def read_histogram(path: Path, name: str) -> dict[str, Any]:
    """Return one histogram of a snapshot as UHI dictionary with numpy arrays.

    Parameters
    ----------
    path
        The snapshot.
    name
        Path of the histogram in the accumulator.

    Raises
    ------
    NotFound
        When the snapshot has no such histogram.
    """
    return read_with_index(path, name)[1]


def read_with_index(path: Path, name: str) -> tuple[SnapshotIndex, dict[str, Any]]:
    """Return the index of a snapshot and one histogram of that same snapshot.

    Reading the two one after the other could straddle a replacement.
    """
    from uhi.io import zip as uhi_zip

    with _open(path) as archive:
        index = SnapshotIndex.model_validate_json(archive.read(_INDEX))
        key = index.keys.get(name)
        if key is None:
            raise NotFound(index.missing(name))
        return index, uhi_zip.read(archive, key)


def read_all(path: Path) -> dict[str, dict[str, Any]]:
    """Return all histograms of a snapshot that have contents, by path.

    Raises
    ------
    NotFound
        When no snapshot has been written yet.
    """
    from uhi.io import zip as uhi_zip

    with _open(path) as archive:
        index = SnapshotIndex.model_validate_json(archive.read(_INDEX))
        return {name: uhi_zip.read(archive, key) for name, key in index.keys.items()}


def to_uhi(histogram: boost_histogram.Histogram[Any]) -> dict[str, Any]:
    """Return a histogram as UHI dictionary that JSON can hold.

    Raises
    ------
    TypeError
        When UHI has no such storage.
    """
    uhi = histogram._to_uhi_()
    for part in (uhi, *uhi["axes"]):
        if "metadata" in part:
            part["metadata"] = {
                key: value
                for key, value in part["metadata"].items()
                if isinstance(value, str | float | int)
            }
    return uhi


def _walk(
    value: Any, keys: tuple[str, ...]
) -> Iterator[tuple[tuple[str, ...], boost_histogram.Histogram[Any]]]:
    import boost_histogram

    if isinstance(value, boost_histogram.Histogram):
        yield keys, value
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from _walk(item, (*keys, str(key)))


def file_stem(path: str, taken: Mapping[str, object]) -> str:
    """Return a file name, without suffix, for the histogram at ``path`` that is not taken yet.

    It is a plain name on every file system: no separators, no leading dots.
    """
    stem = re.sub(r"[^\w.-]+", "_", path).strip("._") or "histogram"
    return _unused(f"{stem}_" if f"{stem}.json" == _INDEX else stem, taken, "-{}")


def _unused(name: str, taken: Mapping[str, object], suffix: str) -> str:
    candidate, number = name, 2
    while candidate in taken:
        candidate = name + suffix.format(number)
        number += 1
    return candidate


def _inexpressible(path: str, histogram: boost_histogram.Histogram[Any]) -> Histogram:
    storage = histogram.storage_type.__name__
    return Histogram(
        path=path,
        label=path,
        axes=[],
        storage=storage,
        problem=f"Casa cannot show histograms with {storage} storage; "
        "the run's result holds it unchanged.",
    )


@contextmanager
def _open(path: Path) -> Iterator[zipfile.ZipFile]:
    try:
        with zipfile.ZipFile(path) as archive:
            yield archive
    except FileNotFoundError:
        raise NotFound("This run has no histograms yet.") from None
    except (zipfile.BadZipFile, zlib.error, EOFError, LookupError, ValueError) as error:
        raise Damaged(
            f"The histograms of this run cannot be read: {path} is damaged. Run it again, or look "
            "for them in its result."
        ) from error
