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
    circular: bool = Field(False, description="True where the last bin meets the first.")
    transform: str | None = Field(
        None, description="How bins of equal width look on the axis: log, sqrt, pow; or null."
    )
    nominal: str | None = Field(
        None,
        description="The nominal category, where others are up and down variations; or null.",
    )


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
    """What is drawn of a histogram: which axes, what is summed, selected and compared.

    All numbers that it asks for are computed by the server, so that the browser gets
    what it draws and nothing else.
    """

    model_config = ConfigDict(extra="forbid")

    x: str = Field(description="Name of the axis to draw along.")
    y: str | None = Field(
        None, description="A second axis: a map; with profile, the axis that is averaged."
    )
    profile: bool = Field(False, description="Draw the mean of y in each bin of x.")
    stack: str | None = Field(None, description="Category axis to tell rows apart by, or null.")
    style: Literal["stack", "steps", "points"] = Field(
        "stack", description="Whether rows are stacked, or drawn over each other."
    )
    select: dict[str, str] = Field(
        default_factory=dict,
        description="Category to keep, by axis name; axes not named are summed over.",
    )
    fraction: str | None = Field(
        None,
        description="A selected axis: draw which fraction of all its categories, flow "
        "included, the selected one is. An efficiency.",
    )
    variations: str | None = Field(
        None, description="A selected axis of up and down variations: draw their band."
    )
    rebin: int = Field(1, ge=1, description="Bins of x that are merged into one.")
    rebin_y: int = Field(1, ge=1, description="Bins of y that are merged into one.")
    flow: bool = Field(False, description="Show underflow and overflow as bins.")
    per: Literal["bin", "width", "density"] = Field(
        "bin",
        description="Contents of bins, contents over bin width, or that with unit integral.",
    )
    cumulative: Literal["below", "above"] | None = Field(
        None, description="Draw what lies below each bin's end, or above its start."
    )
    panel: Literal["ratio", "pull"] | None = Field(
        None, description="Compare data with the stack, or other rows with the reference."
    )
    reference: str | None = Field(
        None,
        description="The row that others are compared with, or one of `runs`; null for stack "
        "or first.",
    )
    integrate: tuple[float | None, float | None] | None = Field(
        None, description="Sum the contents of the bins in this range; null for no limit."
    )
    normalise: Literal["processed", "luminosity"] | None = Field(
        None,
        description="Scale each dataset from its processed events to all of its events, or "
        "to the luminosity by its cross-section.",
    )
    luminosity: float | None = Field(None, gt=0, description="In inverse picobarn.")
    runs: list[str] = Field(
        default_factory=list, max_length=8, description="Other runs to draw over this one."
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

    name: Literal[
        "edges",
        "y_edges",
        "values",
        "lower",
        "upper",
        "panel_values",
        "panel_lower",
        "panel_upper",
    ]
    shape: list[int]


Role = Literal["layer", "line", "points", "data", "total", "band"]


class FrameRow(BaseModel):
    """A row of numbers, one for each bin, and what it is drawn as.

    Layers are stacked in any order, lines and points drawn over each other, data drawn as
    black points. The total is the sum of the layers with its statistical uncertainty, the
    band the same with that of variations.
    """

    name: str = Field(description="Category or name of the run; '' where there is one row.")
    role: Role


class FramePanel(BaseModel):
    """The comparison below the plot."""

    kind: Literal["ratio", "pull"]
    reference: str = Field(description="Name of the row compared with; '' for the stack.")
    rows: list[FrameRow] = Field(description="A band is the reference's own uncertainty.")


class Integral(BaseModel):
    """What a row holds in a range."""

    name: str
    role: Role
    value: float | None
    lower: float | None = Field(description="Uncertainty below, or null where unknown.")
    upper: float | None = Field(description="Uncertainty above, or null where unknown.")


class FrameScale(BaseModel):
    """What the contents were multiplied with."""

    luminosity: float | None = Field(description="In inverse picobarn, or null.")
    factors: dict[str, float] = Field(description="By dataset.")
    weighted: bool = Field(description="By sums of weights; else by numbers of events.")


class OtherRun(BaseModel):
    """Another run that is drawn over the one watched."""

    run: str
    name: str = Field(description="Name of its row.")
    fractions: dict[str, float]
    final: bool


class FrameHeader(BaseModel):
    """Describes a frame.

    ``values``, ``lower`` and ``upper`` have the shape (rows, bins); ``lower`` and ``upper``
    are distances, NaN where nothing is known. ``edges`` has bins + 1 entries, infinite at the
    far end of flow bins. For a map there are no rows: ``values``, ``lower`` and ``upper``
    have the shape (bins of x, bins of y), and there are ``y_edges``.
    """

    watch: str
    run: str
    histogram: str
    sequence: int
    view: View = Field(description="The view that this is a frame of.")
    x: Axis = Field(description="As drawn: rebinned, with the flow bins shown.")
    y: Axis | None = None
    rows: list[FrameRow]
    panel: FramePanel | None = None
    integrals: list[Integral] = Field(default_factory=list)
    scale: FrameScale | None = None
    others: list[OtherRun] = Field(default_factory=list)
    remarks: list[str] = Field(
        default_factory=list, description="Sentences on what could not be drawn, and why."
    )
    fractions: dict[str, float] = Field(
        description="Fraction of each dataset's events that this snapshot holds, 0 to 1."
    )
    final: bool = Field(description="True when the run has ended: no later frame differs.")
    arrays: list[FrameArray]
