"""The sample that Casa makes, as a source."""

from __future__ import annotations

from pathlib import Path

from casa_lab.datasets.fileset import read_fileset
from casa_lab.datasets.models import DatasetFile, SourceKind
from casa_lab.datasets.sample import sample_facts
from casa_lab.errors import CasaError

from .base import Listing, make_dataset
from .fileset import FilesetSource

SCHEMA = "NanoAODSchema"


class SampleSource(FilesetSource):
    """Lists the sample; what is in its files is known from its manifest."""

    kind: SourceKind = "sample"

    def read(self) -> Listing:
        """List the datasets of the sample."""
        try:
            fileset = read_fileset(self.path)
        except CasaError as error:
            return Listing(problem=str(error))
        facts = sample_facts(self.path)
        datasets = []
        for name, dataset in fileset.items():
            files = []
            for file in dataset.files:
                known = facts.get(Path(file.path), {})
                files.append(
                    DatasetFile(
                        path=file.path,
                        treename=file.treename,
                        events=known.get("events"),
                        bytes=known.get("bytes"),
                    )
                )
            datasets.append(make_dataset(self, name, files, dataset.metadata, SCHEMA))
        return Listing(datasets)
