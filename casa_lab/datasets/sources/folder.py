"""A folder of ROOT files, or a single ROOT file, as a source."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from pathlib import Path

from casa_lab.datasets.inspections import Identity, Inspection, Inspections, Tree
from casa_lab.datasets.models import Dataset, DatasetFile, SourceKind
from casa_lab.validation import is_unicode

from .base import DatasetSource, Listing, make_dataset

MAX_DEPTH = 4
"""How many folders deep ROOT files are looked for."""

MAX_ENTRIES = 50_000
"""How many directory entries are looked at, so that a huge folder costs little."""

MOST_INSPECTED = 200
"""Files that are opened; further files of a folder are taken to be like its first ones."""

MOST_NAMED = 3
"""Bad files that the problem of a source names."""


@dataclass(frozen=True)
class _Scan:
    """The ROOT files below a folder, by the folder that holds them."""

    folders: dict[Path, list[Identity]]
    truncated: bool


class FolderSource(DatasetSource):
    """Lists ROOT files: a dataset for each folder that holds some.

    Where the files of one folder differ in their tree or schema, each is a
    dataset of its own.
    """

    kind: SourceKind = "folder"

    def __init__(self, path: Path, label: str, removable: bool, inspections: Inspections) -> None:
        super().__init__(path, label, removable)
        self._inspections = inspections

    def stamp(self) -> Hashable:
        """Return the identities of all ROOT files below the folder."""
        try:
            scan = _scan(self.path)
        except OSError:
            return None
        return tuple((folder, *files) for folder, files in scan.folders.items())

    def read(self) -> Listing:
        """List the datasets below the folder, and the files that cannot be read."""
        try:
            scan = _scan(self.path)
        except FileNotFoundError:
            return Listing(
                problem=f"{self.path} is gone. Bring it back, or remove it from the list."
            )
        except OSError as error:
            return Listing(problem=f"{self.path} cannot be read: {error.strerror}.")
        asked = _first_ones(scan)
        inspections = self._inspections.look_at(asked)
        found = [
            dataset
            for folder, files in scan.folders.items()
            for dataset in self._group(folder, files, inspections)
        ]
        return Listing(
            _with_distinct_names(found, self.path.parent),
            self._problem(scan, inspections),
            complete=all(file in inspections for file in asked),
        )

    def _group(
        self, folder: Path, files: list[Identity], inspections: dict[Identity, Inspection]
    ) -> list[tuple[Path, Dataset]]:
        """Make the datasets of the files that lie directly in one folder.

        Each comes with the path that it stands for.
        """
        main = {
            file: inspection.main
            for file in files
            if (inspection := inspections.get(file)) is not None and inspection.main is not None
        }
        kinds = {(tree.name, tree.schema) for tree in main.values()}
        if not kinds:
            return []
        if len(kinds) > 1:
            return [
                (Path(file.path), self._dataset(Path(file.path).stem, {file: tree.events}, tree))
                for file, tree in main.items()
            ]
        # Files that cannot be read stay in: a run lists them as failures, and
        # nobody mistakes the dataset for complete without them.
        first = next(iter(main.values()))
        events = {file: main[file].events if file in main else None for file in files}
        name = folder.stem if folder.suffix == ".root" else folder.name
        return [(folder, self._dataset(name, events, first))]

    def _dataset(self, name: str, events: dict[Identity, int | None], tree: Tree) -> Dataset:
        files = [
            DatasetFile(path=file.path, treename=tree.name, events=number, bytes=file.size)
            for file, number in events.items()
        ]
        return make_dataset(self, name, files, schema_name=tree.schema)

    def _problem(self, scan: _Scan, inspections: dict[Identity, Inspection]) -> str | None:
        sentences = []
        if not scan.folders:
            sentences.append("There are no ROOT files here.")
        bad = [
            (file.path, inspection.problem)
            for file, inspection in inspections.items()
            if inspection.problem
        ]
        for path, problem in bad[:MOST_NAMED]:
            sentences.append(f"{os.path.relpath(path, _folder_of(self.path))}: {problem}")
        if len(bad) > MOST_NAMED:
            sentences.append(f"{len(bad) - MOST_NAMED} more files cannot be read.")
        if scan.truncated:
            sentences.append(
                f"Only the first {MAX_ENTRIES:,} entries were looked at: add a smaller folder."
            )
        return " ".join(sentences) or None


def _folder_of(path: Path) -> Path:
    return path.parent if path.suffix == ".root" else path


def _scan(top: Path) -> _Scan:
    """Find ROOT files; a single file counts as a folder of its own."""
    if not top.is_dir():
        return _Scan({top: [Identity.of(top)]}, truncated=False)
    folders: dict[Path, list[Identity]] = {}
    left = MAX_ENTRIES
    waiting = deque([(top, 0)])
    seen = set()
    while waiting:
        folder, depth = waiting.popleft()
        try:
            status = folder.stat()
            entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
        except OSError:
            if folder == top:
                raise
            continue
        if (status.st_dev, status.st_ino) in seen:  # a link back
            continue
        seen.add((status.st_dev, status.st_ino))
        left -= len(entries)
        if left < 0:
            return _Scan(folders, truncated=True)
        visible = [
            entry for entry in entries if not entry.name.startswith(".") and is_unicode(entry.name)
        ]
        if depth < MAX_DEPTH:
            waiting.extend((Path(entry.path), depth + 1) for entry in visible if _is_folder(entry))
        files = _identities(Path(entry.path) for entry in visible if entry.name.endswith(".root"))
        if files:
            folders[folder] = files
    return _Scan(folders, truncated=False)


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # where a link leads may not be ours to see
        return False


def _identities(paths: Iterable[Path]) -> list[Identity]:
    """Look at files, leaving out folders and what vanished meanwhile."""
    found = []
    for path in paths:
        try:
            if path.is_file():
                found.append(Identity.of(path))
        except OSError:
            continue
    return found


def _first_ones(scan: _Scan) -> list[Identity]:
    """Choose the files to open, the first of every folder before any second one."""
    ranked = sorted(
        (rank, column, file.path)
        for column, files in enumerate(scan.folders.values())
        for rank, file in enumerate(files[:MOST_INSPECTED])
    )
    by_path = {file.path: file for files in scan.folders.values() for file in files}
    return [by_path[path] for _, _, path in ranked[:MOST_INSPECTED]]


def _with_distinct_names(found: list[tuple[Path, Dataset]], top: Path) -> list[Dataset]:
    """Call datasets of the same name by their path instead."""
    names = [dataset.name for _, dataset in found]
    return [
        dataset.model_copy(update={"name": str(path.relative_to(top))})
        if names.count(dataset.name) > 1
        else dataset
        for path, dataset in found
    ]
