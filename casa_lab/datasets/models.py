"""What a dataset is, on disk and on the wire."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

SourceKind = Literal["sample", "fileset", "folder"]


class DatasetFile(BaseModel):
    """One file of a dataset."""

    path: str = Field(description="Path or URL as uproot opens it.")
    treename: str = Field(description="Name of the tree (TTree or RNTuple) in the file.")
    events: int | None = Field(None, description="Number of entries in the tree, when known.")
    bytes: int | None = Field(None, description="Size of the file in bytes, when known.")
    replicas: list[str] = Field(
        default_factory=list, description="Other places of the file, tried when this one fails."
    )


class Dataset(BaseModel):
    """A named set of files with a tree name and metadata: an entry of a Coffea fileset."""

    name: str
    source: str = Field(description="Id of the source that lists this dataset.")
    files: list[DatasetFile]
    metadata: dict[str, Any] = Field(default_factory=dict)
    schema_name: str | None = Field(
        None, description="Name of the Coffea schema that fits the files, e.g. NanoAODSchema."
    )
    events: int | None = Field(None, description="Entries in all files, when all are known.")
    bytes: int | None = Field(None, description="Size of all files in bytes, when all are known.")


class Source(BaseModel):
    """Something that lists datasets: a fileset file, a folder of ROOT files, the sample."""

    id: str
    kind: SourceKind
    path: str = Field(description="The fileset file or the folder.")
    label: str = Field(description="Short name for people.")
    removable: bool = Field(description="False for sources that Casa finds by itself.")
    problem: str | None = Field(None, description="Why the source could not be read, or null.")


class NewSource(BaseModel):
    """Ask to list the datasets of a fileset file, a ROOT file or a folder of ROOT files."""

    model_config = ConfigDict(extra="forbid")

    path: str = Field(
        min_length=1, description="Path below the server's root directory, or absolute inside it."
    )


class DatasetList(BaseModel):
    """Everything the catalog knows."""

    datasets: list[Dataset]
    sources: list[Source]
