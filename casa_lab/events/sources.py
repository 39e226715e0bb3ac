"""Noticing that the datasets changed."""

from __future__ import annotations

from pathlib import Path

from casa_lab.datasets.catalog import Catalog


class DatasetStamp:
    """Returns a value that changes whenever a source of datasets does.

    Parameters
    ----------
    catalog
        Lists the sources.
    """

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog

    def __call__(self) -> object:
        """Look at the sources; reads files."""
        return [(source.id, _written(Path(source.path))) for source in self._catalog.list().sources]


def _written(path: Path) -> int | None:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return None
