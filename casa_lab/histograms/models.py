"""What the browser is told about histograms, and what it asks for.

The websocket ``casa/histograms`` takes :class:`Watch`, :class:`Unwatch` as
JSON text, and answers with binary frames (and :class:`ViewProblem` as text).
A frame is::

    uint32 little-endian   length H of the header in bytes
    H bytes                FrameHeader as UTF-8 JSON, padded with spaces so that
                           4 + H is a multiple of 8
    the arrays             little-endian float64, one after the other, in the
                           order and shapes that the header gives
"""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

AxisKind = Literal["regular", "variable", "integer", "boolean", "category_int", "category_str"]


class Axis(BaseModel):
    """One axis of a histogram."""

    name: str
    label: str
    kind: AxisKind
    bins: int = Field(description="Number of bins without flow bins.")
    categories: list[str] | None = Field(
        None, description="The categories in order, for category and boolean axes."
    )
    underflow: bool
    overflow: bool
    discrete: bool = Field(description="True for category, boolean: no edges on a scale.")


class Histogram(BaseModel):
    """A histogram found in a run's accumulator, without its contents."""

    path: str = Field(description="Keys that lead to it in the accumulator, joined by '/'.")
    label: str
    axes: list[Axis]
    storage: str = Field(description="UHI storage type, e.g. weighted.")
    problem: str | None = Field(None, description="Why it cannot be drawn, or null.")


class HistogramCatalog(BaseModel):
    """The histograms in a run's newest snapshot."""

    sequence: int
    histograms: list[Histogram]


class View(BaseModel):
    """A one-dimensional view of a histogram: what is drawn, summed and selected."""

    model_config = ConfigDict(extra="forbid")

    x: str = Field(description="Name of the axis to draw along.")
    stack: str | None = Field(None, description="Category axis to stack by, or null.")
    select: dict[str, str] = Field(
        default_factory=dict,
        description="Category to keep, by axis name; axes not named are summed over.",
    )


class Watch(BaseModel):
    """Ask for frames of a view, now and whenever a newer snapshot exists."""

    type: Literal["watch"] = "watch"
    watch: str = Field(description="Chosen by the browser; frames carry it back.")
    run: str
    histogram: str
    view: View


class Unwatch(BaseModel):
    """Ask for no more frames of a view."""

    type: Literal["unwatch"] = "unwatch"
    watch: str


class ViewProblem(BaseModel):
    """Says in a sentence why a view cannot be had."""

    type: Literal["problem"] = "problem"
    watch: str
    message: str


class FrameArray(BaseModel):
    """Name and shape of one array in a frame's payload."""

    name: Literal["edges", "values", "variances"]
    shape: list[int]


class FrameHeader(BaseModel):
    """Describes a frame.

    ``values`` and ``variances`` have the shape (categories of the stack, bins
    with flow) or (1, bins with flow); ``edges`` has bins + 1 entries.
    """

    watch: str
    run: str
    histogram: str
    sequence: int
    x: Axis
    stack: list[str] = Field(description="The stack's categories, [''] without a stack.")
    fractions: dict[str, float] = Field(
        description="Fraction of each dataset's events that this snapshot holds, 0 to 1."
    )
    final: bool = Field(description="True when the run has ended: no later frame differs.")
    arrays: list[FrameArray]
