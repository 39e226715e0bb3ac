"""A run as it was: its code, files, versions and settings, read from its folder alone."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from casa_lab.runs.folder import RunFolder, open_run
from casa_lab.runs.usercode.pickles import CELLS, NOTEBOOK

from .identities import read_identities
from .models import DatasetFacts, FileFact, RunDetails, SourceFile

MOST_FILES = 200
"""How many files of a dataset are named."""

MOST_SOURCES = 200
"""How many files of code are shown."""

SOURCE_BYTES = 400_000
"""How much of a file of code is shown."""


def details(run: str) -> RunDetails:
    """Return what a run was made of and with."""
    folder = open_run(run)
    spec = folder.spec()
    identities = read_identities(folder)
    diff, truncated = _text(folder.diff)
    return RunDetails(
        id=folder.id,
        location=spec.processor.location,
        arguments=spec.processor.arguments,
        schema_name=spec.schema_name,
        chunksize=spec.chunksize,
        maxchunks=spec.maxchunks,
        column_bytes=spec.column_bytes,
        fail_fast=spec.fail_fast,
        continues=spec.continues,
        cluster=spec.cluster,
        directory=spec.directory,
        python=spec.python,
        user=spec.user,
        created=spec.created,
        versions=spec.versions,
        git=spec.git,
        diff=diff,
        diff_truncated=truncated,
        sources=sources(folder),
        datasets=[
            _dataset(name, dataset, identities.get(name, {}))
            for name, dataset in spec.fileset.items()
        ],
        size_bytes=_size(folder.path),
    )


def sources(folder: RunFolder) -> list[SourceFile]:
    """Return the code that was kept with a run: the processor's own file first, as far as known."""
    kept = folder.processor
    location, _, _ = folder.spec().processor.location.rpartition(":")
    main = CELLS if location == NOTEBOOK else Path(location).name
    paths = sorted(
        (path for path in kept.rglob("*.py") if path.is_file() and not path.is_symlink()),
        key=lambda path: (str(path.relative_to(kept)) != main, path),
    )
    found = []
    for path in paths[:MOST_SOURCES]:
        text, truncated = _text(path)
        found.append(SourceFile(path=str(path.relative_to(kept)), text=text, truncated=truncated))
    return found


def files_of(dataset: Any) -> dict[str, str]:
    """Return the trees of the files of an entry of a fileset, whichever way it is written."""
    files = dataset.get("files", dataset) if isinstance(dataset, Mapping) else dataset
    if isinstance(files, Mapping):
        return {str(file): _treename(value) for file, value in files.items()}
    return {str(file): "" for file in files} if isinstance(files, list) else {}


def metadata_of(dataset: Any) -> dict[str, Any]:
    """Return the metadata of an entry of a fileset."""
    found = dataset.get("metadata") if isinstance(dataset, Mapping) else None
    return dict(found) if isinstance(found, Mapping) else {}


def _treename(value: Any) -> str:
    tree = value.get("object_path") if isinstance(value, Mapping) else value
    return tree if isinstance(tree, str) else ""


def _dataset(name: str, dataset: Any, identities: Mapping[str, str]) -> DatasetFacts:
    files = files_of(dataset)
    return DatasetFacts(
        dataset=name,
        files=[
            FileFact(file=file, treename=tree, identity=identities.get(file, ""))
            for file, tree in list(files.items())[:MOST_FILES]
        ],
        files_total=len(files),
        metadata=metadata_of(dataset),
    )


def _text(path: Path) -> tuple[str, bool]:
    """Return the beginning of a text file, and whether there is more of it."""
    try:
        with path.open("rb") as stream:
            data = stream.read(SOURCE_BYTES + 1)
    except FileNotFoundError:
        return "", False
    return data[:SOURCE_BYTES].decode(errors="replace"), len(data) > SOURCE_BYTES


def _size(folder: Path) -> int:
    total = 0
    for root, _, files in os.walk(folder):
        for name in files:
            try:
                total += (Path(root) / name).lstat().st_size
            except OSError:  # replaced meanwhile
                continue
    return total
