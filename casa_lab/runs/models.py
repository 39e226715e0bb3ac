"""What a run is, on disk and on the wire."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

AUTOMATIC_CHUNKSIZE = 200_000
"""Most events in a chunk where nobody asked for a number."""

LONGEST_TAG = 100
"""Most characters of a tag."""

RunState = Literal[
    "queued", "preparing", "running", "paused", "finishing", "done", "stopped", "failed", "lost"
]

Door = Literal["sidebar", "notebook", "command line"]

FailureKind = Literal[
    "file missing",
    "file damaged",
    "file changed",
    "tree missing",
    "processor error",
    "worker lost",
    "other",
]


class ProcessorReference(BaseModel):
    """Names a processor: a class or a callable in a file, a notebook or an installed module."""

    model_config = ConfigDict(extra="forbid")

    location: str = Field(
        description="path/to/file.py:Name, notebook.ipynb:Name or package.module:Name.",
        pattern=r"^.+:[A-Za-z_]\w*$",
    )
    arguments: dict[str, Any] = Field(
        default_factory=dict, description="Keyword arguments of the constructor."
    )


ItemKind = Literal["bool", "int", "float", "str", "any"]

ParameterKind = Literal["bool", "int", "float", "str", "choice", "list", "any"]


class Parameter(BaseModel):
    """An argument of a processor's constructor, as its source tells."""

    name: str
    kind: ParameterKind = Field(description="What it takes; any: whatever JSON can say.")
    items: ItemKind = Field("any", description="What the items of a list are.")
    choices: list[bool | int | str] = Field(
        default_factory=list, description="Values to choose from."
    )
    optional: bool = Field(False, description="True when it may be None.")
    promised: bool = Field(
        False, description="False when the kind was guessed, not taken from an annotation."
    )
    required: bool = Field(description="True when it has no default.")
    default: Any = Field(None, description="Null also when only running the code would tell.")
    default_source: str = Field("", description="The default as the source writes it.")
    description: str = Field("", description="From the docstring, may be empty.")


class Processor(BaseModel):
    """A processor that was found by reading source, for the user to choose from."""

    location: str
    name: str
    file: str
    summary: str = Field(description="First line of its docstring, may be empty.")
    schema_name: str | None = Field(None, description="Schema that it declares, or null.")
    parameters: list[Parameter] = Field(default_factory=list)
    open_ended: bool = Field(False, description="True when it may take other arguments, too.")


class ProcessorQuery(BaseModel):
    """Whose processors are to be listed: all files' when neither is given."""

    file: str | None = Field(None, description="Path of a Python file or a notebook.")
    module: str | None = Field(None, description="An installed module: package.module.")


class ProcessorList(BaseModel):
    """The processors found, by file and name."""

    processors: list[Processor]


Tag = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST_TAG)]


class Origin(BaseModel):
    """The run that a new one is a variation of."""

    model_config = ConfigDict(extra="forbid")

    run: str = Field(description="Its id.")
    datasets: list[str] = Field(
        default_factory=list,
        description="Those of its datasets that are processed with the files they had.",
    )


class NewRun(BaseModel):
    """Ask for a run."""

    model_config = ConfigDict(extra="forbid")

    processor: ProcessorReference
    datasets: list[str] = Field(
        min_length=1, description="Names of datasets in the catalog, or of the origin's."
    )
    origin: Origin | None = Field(
        None, description="Where datasets come from that are not taken from the catalog."
    )
    cluster: str | None = Field(
        None, description="Id of a running cluster; null to use (or start) one of the profile."
    )
    profile: str = Field("local", description="Profile to start from when cluster is null.")
    schema_name: str | None = Field(
        None, description="Coffea schema; null for what the processor or the datasets declare."
    )
    chunksize: int | None = Field(
        None, ge=1, description="Most events in a chunk; null to leave that to Casa."
    )
    maxchunks: int | None = Field(
        None, ge=1, description="Most chunks of a dataset, for a quick look; null for all."
    )
    column_bytes: int | None = Field(
        None,
        ge=1,
        description="Memory of each worker for the columns that are read, from which the next run "
        "over the same files takes them; at most half of what it has. Null to keep none.",
    )
    fail_fast: bool = Field(False, description="Stop at the first failure.")
    continues: str | None = Field(
        None,
        description="Id of a run that has ended: what it counted is taken over, and only the "
        "rest is processed.",
    )
    name: str | None = Field(None, max_length=500)
    tags: list[Tag] = Field(default_factory=list, max_length=50)
    note: str = Field("", max_length=10_000)


class RunSpec(BaseModel):
    """``spec.json``: what was asked; enough to run it again."""

    id: str
    name: str
    door: Door
    processor: ProcessorReference
    fileset: dict[str, Any] = Field(description="Coffea fileset of the chosen datasets.")
    schema_name: str
    cluster: str | None = Field(description="Cluster id, or null where the client was given.")
    chunksize: int
    maxchunks: int | None = None
    column_bytes: int | None = None
    fail_fast: bool = False
    directory: str = Field(description="Working directory of the driver.")
    python: str = Field(description="Interpreter of the driver.")
    created: float
    user: str
    versions: dict[str, str] = Field(default_factory=dict)
    git: str | None = Field(None, description="git describe of the processor's folder, or null.")
    tags: list[str] = Field(default_factory=list, description="As given at the launch.")
    note: str = Field("", description="As given at the launch.")
    continues: str | None = Field(
        None, description="Id of the run of which it took over what was counted, or null."
    )


class LeftOut(BaseModel):
    """How much of a run was accepted as missing, so that it counts as complete without it."""

    chunks: int = Field(0, description="A file that was never read counts as one.")
    events: int = Field(0, description="Without those of files that were never read.")
    files: int = Field(0, description="Files of which anything is missing.")
    unread_files: int = Field(0, description="Those of them whose events nobody knows.")


class DatasetProgress(BaseModel):
    """How far one dataset is."""

    events_done: int = 0
    events_total: int | None = Field(None, description="Null until its files were looked at.")
    chunks_done: int = 0
    chunks_failed: int = 0
    chunks_total: int | None = None
    files_total: int = 0
    left_out: LeftOut = Field(default_factory=LeftOut)


class Progress(BaseModel):
    """How far a run is; its size does not grow with the number of chunks."""

    datasets: dict[str, DatasetProgress] = Field(default_factory=dict)
    events_done: int = 0
    events_total: int | None = None
    chunks_done: int = 0
    chunks_failed: int = 0
    chunks_total: int | None = None
    bytes_read: int = 0
    events_per_second: float = Field(
        0.0, description="Over the last seconds while running, of all sessions at the end."
    )
    bytes_per_second: float = 0.0
    seconds_left: float | None = Field(None, description="From the pace of the last minute.")
    seconds_left_error: float | None = Field(
        None, description="One standard deviation; null where the past is too short to tell."
    )
    seconds_elapsed: float = Field(
        0.0, description="Processing time of all sessions, pauses left out."
    )
    workers: int = 0
    left_out: LeftOut = Field(default_factory=LeftOut, description="What was accepted as missing.")


class RunRecord(BaseModel):
    """``state.json``: how the run is, as its driver last wrote it."""

    state: RunState
    message: str = Field(description="One sentence on what is going on or went wrong.")
    progress: Progress = Field(default_factory=Progress)
    cluster: str | None = Field(
        None, description="Id of the cluster in use, or null where the client was given."
    )
    histograms_sequence: int = Field(0, description="Number of the newest snapshot; 0 for none.")
    reports_sequence: int = Field(
        0, description="Number of the newest metrics, series and states of files; 0 for none."
    )
    result_chunks: int = Field(0, description="Chunks behind the saved result; 0 without one.")
    updated: float
    finished: float | None = None


class Run(RunRecord):
    """A run as the API shows it: the record, with what the spec says."""

    id: str
    name: str
    door: Door
    processor: ProcessorReference
    schema_name: str
    datasets: list[str]
    chunksize: int
    created: float
    resumable: bool = Field(description="True when what is missing can be processed now.")
    code_kept: bool = Field(
        True,
        description="False when only the notebook that drove it has its processor, so that it "
        "can be neither resumed nor run again from here.",
    )
    tags: list[str] = Field(default_factory=list, description="As they are by now.")
    note: str = ""
    archived: bool = Field(False, description="True when it was taken out of the list.")


class Failure(BaseModel):
    """A chunk (or a whole file) that did not make it, with cause."""

    dataset: str
    file: str
    treename: str
    entry_start: int | None = Field(description="Null when the whole file failed.")
    entry_stop: int | None
    kind: FailureKind
    cause: str = Field(description="One sentence: what is wrong and what to do.")
    exception: str = Field(description="Type and message of the exception.")
    traceback: str
    worker: str = Field("", description="Address of the worker it failed on, where known.")
    host: str = Field("", description="Name of the machine it failed on, where known.")
    attempts: int = 1
    peak_memory_bytes: int | None = Field(
        None, description="Most memory that the worker had in use, where known."
    )
    replicas: list[str] = Field(
        default_factory=list, description="Other places of the file that were tried in vain."
    )

    @property
    def events(self) -> int:
        """Number of events, as far as it is known."""
        return (self.entry_stop or 0) - (self.entry_start or 0)


class LeftOutChunk(Failure):
    """A failure that was accepted: nobody tries it again unless asked to."""

    accepted: float = Field(description="When.")


class FailurePlace(BaseModel):
    """The chunks of a group that failed in one file on one host."""

    dataset: str
    file: str
    host: str
    chunks: int
    events: int
    entry_start: int | None = Field(description="Of the first of them; null for a whole file.")
    entry_stop: int | None = Field(description="Of the last of them; null for a whole file.")


class FailureExample(BaseModel):
    """One failure of a group, to look into."""

    failure: Failure
    trimmed: str = Field(description="The traceback with the user's own frames only.")
    code: str = Field(description="Python for a notebook that runs into the same exception.")


class FailureGroup(BaseModel):
    """Failures that have one cause."""

    id: str = Field(description="The same for the same cause, also after a retry.")
    kind: FailureKind
    cause: str = Field(description='With "…" for files and numbers that differ between them.')
    chunks: int
    events: int = Field(description="Without those of files that were never read.")
    unread_files: int = Field(description="Files that failed as a whole.")
    datasets: list[str]
    files: list[str] = Field(description="The first of them.")
    files_total: int
    hosts: list[str]
    places: list[FailurePlace] = Field(description="Dataset x file x host, the largest first.")
    places_total: int = Field(description="May exceed those listed.")
    attempts: int = Field(description="Most attempts that one of its chunks had.")
    peak_memory_bytes: int | None
    example: FailureExample


class FailureList(BaseModel):
    """The failures of a run, grouped by cause, the largest group first."""

    groups: list[FailureGroup]
    total: int = Field(description="Number of failed chunks in all groups.")
    accepted: list[FailureGroup] = Field(description="Failures that were accepted as missing.")


class Retry(BaseModel):
    """Ask that failures are tried again."""

    model_config = ConfigDict(extra="forbid")

    groups: list[str] | None = Field(
        None, min_length=1, description="Ids of groups; null for all of them."
    )
    accepted: bool = Field(
        False, description="True for those that were accepted as missing, in place of the others."
    )


class Acceptance(BaseModel):
    """Accept that failed chunks are missing."""

    model_config = ConfigDict(extra="forbid")

    groups: list[str] | None = Field(
        None, min_length=1, description="Ids of groups; null for all of them."
    )
    chunks: int | None = Field(
        None, description="How many chunks the user was told of; others are not accepted."
    )


class RunLog(BaseModel):
    """The end of a run's log."""

    text: str
    truncated: bool
