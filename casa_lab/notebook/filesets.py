"""What a notebook gives as a fileset: datasets themselves, a file, or names of datasets."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from casa_lab.datasets.discovery import is_fileset_name
from casa_lab.datasets.fileset import check_fileset, load_fileset
from casa_lab.errors import BadInput, NotFound


def resolve_fileset(fileset: Any, treename: str | None = None) -> dict[str, Any]:
    """Return datasets in the form that every Coffea release takes, with absolute paths.

    Parameters
    ----------
    fileset
        A fileset in any form that Coffea takes, the path of one, or names of
        datasets that Casa lists for the working directory.
    treename
        The tree of files for which the fileset names none.

    Raises
    ------
    BadInput
        When it is none of these; the sentence says what is wrong with it.
    """
    fileset = _plain(fileset)
    try:
        if isinstance(fileset, dict):
            datasets = check_fileset(fileset, Path.cwd(), treename)
            return {name: dataset.to_coffea() for name, dataset in datasets.items()}
        if isinstance(fileset, str):
            return _named(fileset, treename)
        if isinstance(fileset, list) and fileset and all(isinstance(each, str) for each in fileset):
            return _from_catalog(fileset)
    except NotFound as error:
        raise BadInput(str(error)) from None
    raise BadInput(
        "This is not a fileset: give {'name of the dataset': {'files': {'file.root': 'Events'}}}, "
        "the path of a fileset.json, or the name of a dataset."
    )


def _named(text: str, treename: str | None) -> dict[str, Any]:
    path = Path(text).expanduser()
    if is_fileset_name(path):
        return load_fileset(path, treename)
    if path.suffix == ".root":
        raise BadInput(
            f"{text} is a file, and a fileset names datasets: write "
            f"{{'name of the dataset': {{'files': {{{text!r}: 'Events'}}}}}}."
        )
    return _from_catalog([text])


def _from_catalog(names: list[str]) -> dict[str, Any]:
    from casa_lab.datasets.catalog import Catalog

    # Whoever runs code in a kernel may read what she likes: the limits are the server's.
    return Catalog(Path.cwd(), [Path("/")]).fileset(names)


def _plain(value: Any) -> Any:
    """Return what JSON can hold: Coffea also takes tuples, paths, and models of its own."""
    if isinstance(value, Mapping):
        return {_key(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_plain(item) for item in value]
    if isinstance(value, os.PathLike):
        return os.fspath(value)
    if hasattr(value, "model_dump"):
        return _plain(value.model_dump(exclude_none=True))
    # A number of numpy's, as metadata that were computed hold it.
    return value.item() if getattr(value, "shape", None) == () else value


def _key(key: Any) -> Any:
    return os.fspath(key) if isinstance(key, os.PathLike) else key
