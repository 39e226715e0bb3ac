"""What is asked for when histograms are taken away."""

from __future__ import annotations

import math
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from casa_lab.histograms.models import View

Format = Literal["png", "svg", "pdf", "uhi", "root", "csv", "hepdata", "code"]
Style = Literal["cms", "atlas", "lhcb", "plain"]

PICTURES: frozenset[Format] = frozenset({"png", "svg", "pdf"})

MOST_HISTOGRAMS = 1000
"""How many histograms one archive can hold."""


class Look(BaseModel):
    """How a picture looks, apart from what is in it."""

    model_config = ConfigDict(extra="forbid")

    style: Style = Field("plain", description="Whose conventions the picture follows.")
    status: str = Field(
        "", max_length=60, description="What stands beside the experiment, such as Preliminary."
    )
    luminosity: float | None = Field(
        None, gt=0, allow_inf_nan=False, description="Integrated luminosity in inverse femtobarn."
    )
    energy: float | None = Field(
        None, gt=0, allow_inf_nan=False, description="Centre-of-mass energy in TeV."
    )


class Choice(BaseModel):
    """One histogram, as it is shown."""

    model_config = ConfigDict(extra="forbid")

    histogram: str = Field(description="Path of the histogram in the accumulator.")
    view: View | None = Field(
        None, description="What is drawn of it; left out, what Casa would show first."
    )
    log: bool = Field(False, description="Logarithmic scale of the contents.")
    log_x: bool | None = Field(
        None, description="Logarithmic horizontal axis; null for what its bins suggest."
    )
    range: tuple[float, float] | None = Field(
        None, description="Which part of the horizontal axis is shown; null for all of it."
    )
    range_y: tuple[float, float] | None = Field(
        None, description="The same of the vertical axis of a map."
    )
    order: list[str] = Field(
        default_factory=list,
        description="Categories of the stack from the bottom up; others follow.",
    )

    @field_validator("range", "range_y")
    @classmethod
    def _not_empty(cls, ends: tuple[float, float] | None) -> tuple[float, float] | None:
        if ends is not None and not -math.inf < ends[0] < ends[1] < math.inf:
            raise ValueError("the range must be of two numbers, the smaller one first")
        return ends


class CodeRequest(BaseModel):
    """Ask for code that draws a histogram."""

    model_config = ConfigDict(extra="forbid")

    choice: Choice
    look: Look = Field(default_factory=Look)


class Code(BaseModel):
    """Python that loads a histogram and draws it."""

    code: str


class Export(BaseModel):
    """Ask for a file with histograms: of several, an archive."""

    model_config = ConfigDict(extra="forbid")

    format: Format
    choices: list[Choice] | None = Field(
        None,
        min_length=1,
        max_length=MOST_HISTOGRAMS,
        description="The histograms; left out, all of the run as Casa would show them.",
    )
    whole: bool = Field(
        False, description="Keep every axis, in place of what the view shows; not for pictures."
    )
    look: Look = Field(default_factory=Look)
