"""What is told of a run over time and file by file, on disk and on the wire."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field

from casa_lab.runs.models import FailureKind

FileState = Literal["waiting", "running", "done", "slow", "failed", "left out"]

FILE_STATES: tuple[FileState, ...] = ("waiting", "running", "done", "slow", "failed", "left out")
"""The order in which states of files are counted."""

MOST_LISTED = 200
"""Most files in one reply."""


class RunSeries(BaseModel):
    """``series.json``: a run over time, in intervals of equal length; pauses are left out.

    Its size is bounded: a run that goes on gets longer intervals, never more of them.
    """

    interval: float = Field(1.0, description="Length of each interval, in seconds; the last grows.")
    seconds: list[float] = Field(default_factory=list, description="How much of each has passed.")
    events: list[int] = Field(default_factory=list, description="Events that arrived in each.")
    bytes_read: list[int] = Field(default_factory=list)
    worker_seconds: list[float] = Field(
        default_factory=list, description="Workers, integrated over the interval."
    )
    thread_seconds: list[float] = Field(default_factory=list, description="Their threads.")
    busy_seconds: list[float] = Field(default_factory=list, description="Threads that had work.")
    peak_memory_bytes: list[int] = Field(
        default_factory=list, description="Most memory of a worker process in batches that arrived."
    )
    sessions: list[float] = Field(
        default_factory=list, description="When each session began, in seconds of the series."
    )


class FileFailure(BaseModel):
    """Why chunks of a file failed: the group that the newest of them belongs to."""

    group: str = Field(description="Id of the group in the list of failures.")
    kind: FailureKind
    cause: str = Field(description='With "…" for what differs between failures of the group.')


class RunFile(BaseModel):
    """How one file of a run is."""

    dataset: str
    file: str
    state: FileState
    chunks_total: int | None = Field(description="Null until the file was looked at.")
    chunks_failed: int
    events_done: int
    events_total: int | None = Field(description="Null until the file was looked at.")
    seconds: float = Field(description="Time of worker threads that it took.")
    worker: str = Field(description="The worker that had it last; empty before.")
    host: str = ""
    failure: FileFailure | None = None


class RunFileList(BaseModel):
    """Some of the files of a run."""

    files: list[RunFile]
    total: int = Field(description="Number of files that were asked for, all pages together.")


class FileQuery(BaseModel):
    """Which files of a run are to be listed."""

    dataset: str | None = Field(None, description="Of this dataset; of all when absent.")
    state: FileState | None = Field(None, description="In this state; in any when absent.")
    first: int = Field(0, ge=0, description="Number of the first file, among those of the dataset.")
    last: int | None = Field(None, ge=0, description="Number of the last one, which is included.")
    offset: int = Field(0, ge=0, description="Files to leave out at the beginning.")
    limit: int = Field(50, ge=1, le=MOST_LISTED, description="Most files in the reply.")


class DatasetTiles(BaseModel):
    """The files of one dataset, put together in tiles."""

    dataset: str
    files: int
    counts: list[int] = Field(description="How many files are in each state.")
    tiles: list[list[int]] = Field(description="For each tile, its files in each state.")
    done: list[float] = Field(description="For each tile, the part of its events that is done.")


class FileTiles(BaseModel):
    """All files of a run at a glance: its size does not grow with their number."""

    sequence: int = Field(description="Of the newest file states; 0 before there are any.")
    states: list[FileState] = Field(description="What the counts are of, in order.")
    files_per_tile: int = Field(description="The last tile of a dataset may have fewer.")
    datasets: list[DatasetTiles]
