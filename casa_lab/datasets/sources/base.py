"""What every source of datasets has in common."""

from __future__ import annotations

import hashlib
from abc import ABC, abstractmethod
from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from casa_lab.datasets.models import Dataset, DatasetFile, Source, SourceKind


@dataclass(frozen=True)
class Listing:
    """The datasets of a source, and what is wrong with it."""

    datasets: list[Dataset] = field(default_factory=list)
    problem: str | None = None
    complete: bool = True
    """False when another look may find more, although nothing changed."""


class DatasetSource(ABC):
    """Lists datasets.

    Parameters
    ----------
    path
        The file or folder that it reads.
    label
        Short name for people.
    removable
        False for sources that Casa finds by itself.
    """

    kind: SourceKind

    def __init__(self, path: Path, label: str, removable: bool = True) -> None:
        self.path = path
        self.label = label
        self.removable = removable
        self.id = source_id(path)

    @abstractmethod
    def stamp(self) -> Hashable:
        """Return a value that changes whenever the listing may; cheap, opens nothing."""

    @abstractmethod
    def read(self) -> Listing:
        """List the datasets; problems are part of the listing, never raised."""

    def describe(self, problem: str | None) -> Source:
        """Return the source as the API shows it."""
        return Source(
            id=self.id,
            kind=self.kind,
            path=str(self.path),
            label=self.label,
            removable=self.removable,
            problem=problem,
        )


def source_id(path: Path) -> str:
    """Return the identity of the source that reads a path."""
    return hashlib.sha256(str(path).encode()).hexdigest()[:12]


def sum_known(values: Iterable[int | None]) -> int | None:
    """Add up what every file has, or return ``None`` when that is not known of all."""
    total = 0
    for value in values:
        if value is None:
            return None
        total += value
    return total


def make_dataset(
    source: DatasetSource,
    name: str,
    files: list[DatasetFile],
    metadata: dict[str, object] | None = None,
    schema_name: str | None = None,
) -> Dataset:
    """Put a dataset together, with the totals of its files."""
    return Dataset(
        name=name,
        source=source.id,
        files=files,
        metadata=metadata or {},
        schema_name=schema_name,
        events=sum_known(file.events for file in files),
        bytes=sum_known(file.bytes for file in files),
    )
