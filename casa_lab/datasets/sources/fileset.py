"""A fileset file as a source."""

from __future__ import annotations

from collections.abc import Hashable
from pathlib import Path

from casa_lab.datasets.fileset import FilesetDataset, FilesetFile, read_fileset
from casa_lab.datasets.inspections import Identity, Inspection, Inspections
from casa_lab.datasets.models import Dataset, DatasetFile, SourceKind
from casa_lab.errors import CasaError

from .base import DatasetSource, Listing, make_dataset

MOST_INSPECTED = 100
"""Files of a fileset that are opened to learn their entries and schema."""


class FilesetSource(DatasetSource):
    """Lists the datasets of a fileset file.

    Entries and schemas come from a look into local files, the first file of
    each dataset before the others; of remote files only what the fileset says
    is known.
    """

    kind: SourceKind = "fileset"

    def __init__(self, path: Path, label: str, removable: bool, inspections: Inspections) -> None:
        super().__init__(path, label, removable)
        self._inspections = inspections

    def stamp(self) -> Hashable:
        """Return the identity of the fileset file."""
        try:
            return Identity.of(self.path)
        except OSError:
            return None

    def read(self) -> Listing:
        """List the datasets of the fileset, or say what is wrong with it."""
        try:
            fileset = read_fileset(self.path)
        except CasaError as error:
            return Listing(problem=str(error))
        local = _local_files(fileset)
        asked = _files_to_inspect(fileset, local)
        inspections = self._inspections.look_at(asked)
        datasets = [
            self._dataset(name, dataset, local, inspections) for name, dataset in fileset.items()
        ]
        is_missing = any(path not in local for path in _local_paths(fileset))
        looked_at_all = all(file in inspections for file in asked)
        return Listing(datasets, complete=looked_at_all and not is_missing)

    def _dataset(
        self,
        name: str,
        dataset: FilesetDataset,
        local: dict[str, Identity],
        inspections: dict[Identity, Inspection],
    ) -> Dataset:
        files = []
        schemas = []
        for file in dataset.files:
            identity = local.get(file.path)
            inspection = None if identity is None else inspections.get(identity)
            events = file.events
            for tree in inspection.trees if inspection else ():
                if tree.name == file.treename:
                    events = tree.events
                    schemas.append(tree.schema)
            size = None if identity is None else identity.size
            files.append(
                DatasetFile(
                    path=file.path,
                    treename=file.treename,
                    events=events,
                    bytes=size,
                    replicas=list(file.replicas),
                )
            )
        schema = schemas[0] if schemas else None
        return make_dataset(self, name, files, dataset.metadata, schema)


def _local_paths(fileset: dict[str, FilesetDataset]) -> list[str]:
    files = (file for dataset in fileset.values() for file in dataset.files)
    return [file.path for file in files if "://" not in file.path]


def _local_files(fileset: dict[str, FilesetDataset]) -> dict[str, Identity]:
    """Return the identities of the local files that exist."""
    found = {}
    for path in _local_paths(fileset):
        try:
            found[path] = Identity.of(Path(path))
        except OSError:
            continue
    return found


def _files_to_inspect(
    fileset: dict[str, FilesetDataset], local: dict[str, Identity]
) -> list[Identity]:
    """Choose the files to open, the first of every dataset before any second one."""

    def present(file: FilesetFile) -> bool:
        return file.path in local

    columns = [[file for file in dataset.files if present(file)] for dataset in fileset.values()]
    ranked = sorted(
        (rank, column, file.path)
        for column, files in enumerate(columns)
        for rank, file in enumerate(files[:MOST_INSPECTED])
    )
    return [local[path] for _, _, path in ranked[:MOST_INSPECTED]]
