"""What is asked and told of runs that were made, on disk and on the wire."""

from __future__ import annotations

import time
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from casa_lab.runs.models import Run, RunState, Tag

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
