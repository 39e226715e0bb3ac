"""Sources: the places that list datasets, one module per kind."""

from .base import DatasetSource, Listing, source_id
from .fileset import FilesetSource
from .folder import FolderSource
from .sample import SampleSource

__all__ = [
    "DatasetSource",
    "FilesetSource",
    "FolderSource",
    "Listing",
    "SampleSource",
    "source_id",
]
