"""What is asked and told of runs that were made, on disk and on the wire."""

from __future__ import annotations

import time
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from casa_lab.runs.models import NewRun, Processor, Run, RunState, Tag

PAGE = 100
"""How many runs one reply lists when nobody asks for a number."""

MOST = 1_000
"""Most runs in one reply."""

RunName = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]


class Labels(BaseModel):
    """``labels.json``: what people call a run, and say of it; may change at any time."""

    name: str
    tags: list[str] = Field(default_factory=list)
    note: str = ""
    archived: bool = False
    changed: float = Field(0.0, description="When; 0 for what was given at the launch.")


class NewLabels(BaseModel):
    """Ask for other labels of a run; what is left out stays as it is."""

    model_config = ConfigDict(extra="forbid")

    name: RunName | None = None
    tags: list[Tag] | None = Field(None, max_length=50, description="All tags that it is to have.")
    note: str | None = Field(None, max_length=10_000)
    archived: bool | None = Field(
        None, description="True to keep it out of the list, with all that it holds."
    )

    def apply(self, labels: Labels) -> Labels:
        """Return labels with the changes that are asked for."""
        asked = {name: value for name, value in self if value is not None}
        if self.tags is not None:
            asked["tags"] = list(dict.fromkeys(self.tags))
        return labels.model_copy(update={**asked, "changed": time.time()})


class RunQuery(BaseModel):
    """Which runs are to be listed."""

    search: str = Field(
        "",
        max_length=500,
        description="Words that all occur in its name, id, tags, note, datasets or processor.",
    )
    state: RunState | None = None
    tag: str | None = None
    dataset: str | None = Field(None, description="Name of a dataset that it processed.")
    archived: Literal["no", "yes", "both"] = Field(
        "no", description="Whether those that were archived are listed."
    )
    limit: int = Field(PAGE, ge=1, le=MOST)
    before: str | None = Field(
        None, description="The reply's 'next', for the runs that come after that reply."
    )


class TagCount(BaseModel):
    """A tag, and how many runs have it."""

    tag: str
    runs: int


class RunList(BaseModel):
    """Runs, newest first."""

    runs: list[Run]
    total: int = Field(description="How many match, on this page or on others.")
    next: str | None = Field(description="Asks for the older ones as 'before'; null at the end.")
    tags: list[TagCount] = Field(description="The tags in use, the most used first.")
    archived: int = Field(description="How many runs are archived.")


class SourceFile(BaseModel):
    """A file of the processor's code, as it was when the run was launched."""

    path: str = Field(description="Below the folder of the processor.")
    text: str
    truncated: bool = Field(False, description="True when the file is longer.")


class FileFact(BaseModel):
    """A file that a run was to read."""

    file: str
    treename: str = ""
    identity: str = Field("", description="UUID that it had when it was read, where known.")


class DatasetFacts(BaseModel):
    """A dataset of a run's fileset."""

    dataset: str
    files: list[FileFact] = Field(description="The first of them.")
    files_total: int
    metadata: dict[str, Any]


class RunDetails(BaseModel):
    """What a run was made of and with."""

    id: str
    location: str = Field(description="Where the processor was when the run was launched.")
    arguments: dict[str, Any]
    schema_name: str
    chunksize: int
    maxchunks: int | None
    column_bytes: int | None
    fail_fast: bool
    continues: str | None = Field(
        description="Id of the run of which it took over what was counted, or null."
    )
    cluster: str | None
    directory: str
    python: str
    user: str
    created: float
    versions: dict[str, str]
    git: str | None = Field(description="git describe of the processor's folder, or null.")
    diff: str = Field(description="What was not committed there; empty where nothing was.")
    diff_truncated: bool
    sources: list[SourceFile]
    datasets: list[DatasetFacts]
    size_bytes: int = Field(description="Of the run's folder.")


class PastDataset(BaseModel):
    """A dataset of an earlier run, to be processed again."""

    dataset: str
    files: int
    events: int | None = Field(description="Null where they were never counted.")
    is_current: bool = Field(description="True when the catalog has the same files by that name.")


class RunRequest(BaseModel):
    """What a run was launched with, to be changed and launched."""

    run: str
    new: NewRun
    processor: Processor | None = Field(
        description="As its code says that is launched; null where reading does not tell."
    )
    is_current: bool = Field(
        description="False when this code is the run's own copy, since that has changed elsewhere."
    )
    datasets: list[PastDataset]


class Transcript(BaseModel):
    """A run as text that launches the same again."""

    code: str = Field(description="Python for a notebook.")
    command: str = Field(description="A command for a terminal.")


class ChangeQuery(BaseModel):
    """What a run is compared with."""

    since: str = Field(min_length=1, description="Id of the run that it is compared with.")


class Difference(BaseModel):
    """Something with another value."""

    name: str
    before: str | None = Field(description="Null where it was not there.")
    after: str | None


class CodeDifference(BaseModel):
    """A file of code that is another one."""

    path: str
    diff: str = Field(description="Unified; empty where the files are too long to compare.")
    added: int = Field(description="Number of lines.")
    removed: int


class DatasetDifference(BaseModel):
    """A dataset that was added, removed or changed."""

    dataset: str
    kind: Literal["added", "removed", "changed"]
    files_added: list[str] = Field(description="The first of them.")
    files_removed: list[str]
    files_replaced: list[str] = Field(description="Same name, other content.")
    added: int = Field(description="Number of files.")
    removed: int
    replaced: int
    metadata: list[Difference]


class MetricDifference(BaseModel):
    """A number of both runs, equal or not."""

    name: str
    unit: str
    before: float | None
    after: float | None


class RunChanges(BaseModel):
    """What changed from one run to another."""

    run: str
    since: str
    name: str
    since_name: str
    created: float
    since_created: float
    code: list[CodeDifference]
    code_known: bool = Field(description="False when one of them kept no code, as in a notebook.")
    arguments: list[Difference]
    settings: list[Difference]
    versions: list[Difference]
    datasets: list[DatasetDifference]
    metrics: list[MetricDifference]
