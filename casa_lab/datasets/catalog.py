"""The catalog: every dataset that Casa knows, from all sources."""

from __future__ import annotations

import threading
from collections.abc import Hashable, Iterator, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from casa_lab.errors import BadInput, Conflict, NotFound
from casa_lab.folders import data_dir, read_json, write_json

from .discovery import find_filesets, is_fileset_name
from .fileset import coffea_form, read_fileset
from .inspections import Inspections
from .models import Dataset, DatasetList, NewSource, Source
from .sample import is_sample
from .sources import DatasetSource, FilesetSource, FolderSource, Listing, SampleSource

MOST_SUGGESTED = 3


class Catalog:
    """Lists the datasets of filesets found below a folder and of sources that users added.

    All methods may block on files and, the first time that a file is seen, on
    the inspector: call them in a thread.

    Parameters
    ----------
    root
        The folder that the user works in. Filesets in it are found without
        being added; added paths must lie below it.
    allowed
        Further folders in which added paths may lie.
    """

    def __init__(self, root: Path, allowed: Sequence[Path] = ()) -> None:
        self._root = root.resolve()
        self._allowed = [self._root, *(folder.resolve() for folder in allowed)]
        self._inspections = Inspections(data_dir() / "inspections.json")
        self._added = data_dir() / "sources.json"
        self._lock = threading.Lock()
        self._listings: dict[str, tuple[Hashable, Listing]] = {}

    def list(self) -> DatasetList:
        """Return all sources and their datasets.

        A dataset whose name another source has taken already is called by its
        name and the label of its source, as in ``TTbar (2018/fileset.json)``.
        """
        datasets: dict[str, Dataset] = {}
        sources: list[Source] = []
        for source in self._sources():
            listing = self._read(source)
            sources.append(source.describe(listing.problem))
            for dataset in listing.datasets:
                name = dataset.name
                if name in datasets:
                    name = f"{name} ({source.label})"
                datasets[name] = dataset.model_copy(update={"name": name})
        return DatasetList(datasets=list(datasets.values()), sources=sources)

    def stamp(self) -> Hashable:
        """Return a value that changes whenever the list may; cheap, opens no file."""
        return tuple((source.id, source.stamp()) for source in self._sources())

    def add(self, new: NewSource) -> Source:
        """List the datasets of a fileset file, a ROOT file or a folder from now on.

        Raises
        ------
        NotFound
            When there is nothing at the path.
        BadInput
            When it may not be read, or is nothing that lists datasets.
        """
        path = self._resolve(new.path)
        source = self._make(path, removable=True)
        known = next((other for other in self._sources() if other.id == source.id), None)
        if known is not None:
            return known.describe(self._read(known).problem)
        if isinstance(source, FilesetSource):
            read_fileset(path)  # raises what is wrong with it
        listing = self._read(source)
        if isinstance(source, FolderSource) and not listing.datasets:
            raise BadInput(f"{new.path} cannot be added. {listing.problem}")
        with self._lock:
            self._write_added([*self._read_added(), path])
        return source.describe(listing.problem)

    def remove(self, source_id: str) -> None:
        """List a source no longer; no file is touched.

        Raises
        ------
        NotFound
            When there is no such source.
        Conflict
            When Casa found it by itself, and would find it again.
        """
        source = next((known for known in self._sources() if known.id == source_id), None)
        if source is None:
            raise NotFound("There is no such source of datasets; perhaps it was removed already.")
        if not source.removable:
            raise Conflict(
                f"{source.label} is listed because it lies in the folder you work in. "
                "Move or delete the file to have it listed no longer."
            )
        with self._lock:
            self._write_added([path for path in self._read_added() if path != source.path])

    def fileset(self, names: Sequence[str]) -> dict[str, Any]:
        """Return the Coffea fileset of some datasets.

        Raises
        ------
        NotFound
            When there is no dataset of a name; the sentence suggests similar ones.
        """
        known = {dataset.name: dataset for dataset in self.list().datasets}
        fileset = {}
        for name in names:
            if name not in known:
                raise NotFound(_no_such_dataset(name, list(known)))
            dataset = known[name]
            fileset[name] = coffea_form(dataset.files, dataset.metadata)
        return fileset

    def _sources(self) -> Iterator[DatasetSource]:
        """Yield the sources, those found before those added."""
        seen = set()
        found = [(path, False) for path in find_filesets(self._root)]
        added = [(path, True) for path in self._read_added() if self._is_allowed(path)]
        for path, removable in [*found, *added]:
            if path not in seen:
                seen.add(path)
                yield self._make(path, removable)

    def _make(self, path: Path, removable: bool) -> DatasetSource:
        """Choose the kind of source by what is at a path."""
        label = self._label(path)
        if is_sample(path):
            folder = self._label(path.parent)
            label = "Sample data" if path.parent == self._root else f"Sample data in {folder}"
            return SampleSource(path, label, removable, self._inspections)
        if is_fileset_name(path):
            return FilesetSource(path, label, removable, self._inspections)
        return FolderSource(path, label, removable, self._inspections)

    def _read(self, source: DatasetSource) -> Listing:
        stamp = source.stamp()
        known = self._listings.get(source.id)
        if known is not None and known[0] == stamp and stamp is not None and known[1].complete:
            return known[1]
        listing = source.read()
        self._listings[source.id] = stamp, listing
        return listing

    def _label(self, path: Path) -> str:
        return str(path.relative_to(self._root)) if self._is_below_root(path) else str(path)

    def _resolve(self, text: str) -> Path:
        """Turn what the user wrote into an existing path that may be read."""
        try:
            path = (self._root / Path(text).expanduser()).resolve()
        except (OSError, RuntimeError, ValueError):  # a loop of links, a null byte
            raise BadInput(f"{text!r} is not a path.") from None
        # Outside, not even whether something exists is told.
        if not self._is_allowed(path):
            raise BadInput(
                f"{text} lies outside the folders that Casa may read "
                f"({', '.join(map(str, self._allowed))}). Move it there, or have its folder "
                "added to CasaApp.allowed_folders in the server's configuration."
            )
        try:
            exists = path.exists()
        except OSError as error:  # a name too long, a folder that may not be read
            raise BadInput(f"{text} cannot be read: {error.strerror}.") from None
        if not exists:
            raise NotFound(f"There is nothing at {text} in {self._root}. Check the path.")
        if not path.is_dir() and path.suffix != ".root" and not is_fileset_name(path):
            raise BadInput(
                f"{text} lists no datasets. Choose a fileset (.json or .json.gz), "
                "a ROOT file or a folder of ROOT files."
            )
        return path

    def _is_allowed(self, path: Path) -> bool:
        return any(path.is_relative_to(folder) for folder in self._allowed)

    def _is_below_root(self, path: Path) -> bool:
        return path != self._root and path.is_relative_to(self._root)

    def _read_added(self) -> tuple[Path, ...]:
        try:
            stored = read_json(self._added)
        except ValueError:  # damaged: what was added has to be added again
            return ()
        known = stored if isinstance(stored, list) else ()
        return tuple(Path(path) for path in known if isinstance(path, str))

    def _write_added(self, paths: Sequence[Path]) -> None:
        write_json(self._added, [str(path) for path in paths])


def _no_such_dataset(name: str, known: Sequence[str]) -> str:
    close = get_close_matches(name, known, n=MOST_SUGGESTED)
    if close:
        return f"There is no dataset '{name}'. Did you mean {' or '.join(map(repr, close))}?"
    if known:
        return f"There is no dataset '{name}'. There are: {', '.join(known)}."
    return f"There is no dataset '{name}'; none is known yet. Add a fileset or a folder."
