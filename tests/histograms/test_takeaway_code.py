"""Code that draws a histogram computes what the view shows, and draws that."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import hist
import hist.intervals
import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from matplotlib.mathtext import MathTextParser

from casa_lab.errors import CasaError
from casa_lab.histograms.descriptors import describe_histogram
from casa_lab.histograms.drawing import Source, draw
from casa_lab.histograms.frames import decode, make_frame
from casa_lab.histograms.models import OtherRun, View, Watch
from casa_lab.histograms.snapshot import SnapshotIndex, read_with_index, to_uhi, write_snapshot
from casa_lab.histograms.takeaway.code import write_code
from casa_lab.histograms.takeaway.labels import drawable, quoted
from casa_lab.histograms.takeaway.legend import legend
from casa_lab.histograms.takeaway.models import Choice, Look, Style
from casa_lab.histograms.takeaway.numbers import Numbers, Shown, numbers_of
from casa_lab.histograms.takeaway.plotting import plotting
from casa_lab.histograms.takeaway.recipe import recipe
from casa_lab.histograms.takeaway.roles import palette
from casa_lab.histograms.takeaway.variables import literals, variables

from .strategies import MEANS, STORAGES, histograms, labels

mpl.use("agg")

# What shows nothing says so when it is asked to show.
pytestmark = pytest.mark.filterwarnings("ignore:FigureCanvasAgg is non-interactive")

STYLES: list[Style] = ["cms", "atlas", "lhcb", "plain"]
HOSTILE = [
    '"); import os  #',
    "<script>alert(1)</script>",
    "x" * 500,
    "مرحبا \u202e",
    "😀",
    "$\\input{x}$",
    "$x_",
    "a\nb",
    "\\",
    "'\"",
    "_hidden",
    "{name}",
]


def numbers_for(
    uhi: dict[str, Any],
    view: View,
    fractions: dict[str, float] | None = None,
    order: list[str] | None = None,
) -> Numbers:
    """Return what the browser gets of a view."""
    index = SnapshotIndex(sequence=1, fractions=fractions or {}, final=True, histograms=[], keys={})
    watch = Watch(watch="w", run="r", histogram="h", view=view)
    frame = make_frame(watch, index, draw(Source("run", uhi), view))
    return numbers_of(*decode(frame), order or [])


def assert_same(made: Any, expected: Any, where: str = "") -> None:
    if isinstance(expected, dict):
        assert list(made) == list(expected), where
        for name in expected:
            assert_same(made[name], expected[name], f"{where}.{name}")
    elif isinstance(expected, tuple):
        for one, other in zip(made, expected, strict=True):
            assert_same(one, other, where)
    else:
        np.testing.assert_allclose(made, expected, rtol=1e-9, atol=1e-9, err_msg=where)


@st.composite
def choices(draw_: st.DrawFn, histogram: hist.Hist) -> View:
    names = list(draw_(st.permutations([axis.name for axis in histogram.axes])))
    categories = {axis.name: labels(axis) for axis in histogram.axes}
    x = names.pop()
    discrete = [name for name in names if histogram.axes[name].traits.discrete]
    discrete = [name for name in discrete if categories[name]]
    numeric = [name for name in names if not histogram.axes[name].traits.discrete]
    y = draw_(st.sampled_from([None, None, *numeric]))
    stack = None if y else draw_(st.sampled_from([None, *discrete]))
    select = {
        name: draw_(st.sampled_from([*categories[name], "other"]))
        for name in discrete
        if name != stack and draw_(st.booleans())
    }
    flow = draw_(st.booleans())
    return View(
        x=x,
        y=y,
        stack=stack,
        select=select,
        style=draw_(st.sampled_from(["stack", "steps", "points"])),
        rebin=draw_(st.sampled_from([1, 1, 2])),
        flow=flow,
        per="bin" if flow else draw_(st.sampled_from(["bin", "width", "density"])),
        cumulative=None if y else draw_(st.sampled_from([None, None, "below", "above"])),
        panel=None if y else draw_(st.sampled_from([None, "ratio", "pull"])),
    )


@settings(max_examples=200, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_the_code_computes_what_the_view_shows(data: st.DataObject) -> None:
    histogram = data.draw(histograms(STORAGES + MEANS))
    view = data.draw(choices(histogram))
    uhi = to_uhi(histogram)
    try:
        numbers = numbers_for(uhi, view)
    except CasaError:
        assume(False)
    namespace = {"h": hist.Hist(uhi), "hist": hist, "np": np}
    with np.errstate(all="ignore"):
        exec("\n".join(recipe(uhi, numbers)), namespace)
    for name, expected in variables(numbers).items():
        assert_same(namespace[name], expected, name)


def sample() -> hist.Hist:
    histogram = hist.Hist(
        hist.axis.StrCategory([], growth=True, name="dataset"),
        hist.axis.StrCategory(["nominal", "jesUp", "jesDown"], name="variation"),
        hist.axis.Regular(20, 60, 120, name="mass", label=r"$m_{\mu\mu}$ [GeV]"),
        storage=hist.storage.Weight(),
        label="Events",
    )
    random = np.random.default_rng(1)
    for dataset, size, weight in (("DY", 4000, 0.5), ("TTbar", 900, 0.4), ("Data", 2300, 1.0)):
        mass = np.where(
            random.random(size) < 0.7, random.normal(91, 4, size), 60 * random.random(size) + 60
        )
        for variation, shift in (("nominal", 0.0), ("jesUp", 0.6), ("jesDown", -0.6)):
            histogram.fill(dataset=dataset, variation=variation, mass=mass + shift, weight=weight)
    # Data where no simulation is: there is no ratio to draw.
    histogram.fill(dataset="Data", variation="nominal", mass=0)
    return histogram


NOMINAL = {"variation": "nominal"}
VIEWS = {
    "stack": View(x="mass", stack="dataset", select=NOMINAL),
    "ratio": View(x="mass", stack="dataset", select=NOMINAL, panel="ratio", flow=True),
    "pull": View(x="mass", stack="dataset", select=NOMINAL, panel="pull"),
    "band": View(x="mass", stack="dataset", select=NOMINAL, panel="ratio", variations="variation"),
    "shapes": View(x="mass", stack="dataset", select=NOMINAL, style="steps", per="density"),
    "efficiency": View(x="mass", select={"variation": "jesUp"}, fraction="variation"),
    "single": View(x="mass", rebin=2, cumulative="above"),
    "categories": View(x="dataset", select=NOMINAL),
    "profile": View(x="dataset", y="mass", profile=True, select=NOMINAL),
    "map": View(x="mass", y="dataset", select=NOMINAL),
}


@pytest.mark.parametrize(
    ("name", "log"), [*((name, False) for name in VIEWS), ("ratio", True), ("map", True)]
)
def test_the_code_draws_what_the_view_shows(tmp_path: Path, name: str, log: bool) -> None:
    snapshot = tmp_path / 'run "1"' / "histograms.zip"
    snapshot.parent.mkdir()
    write_snapshot(snapshot, {"muons/mass": sample()}, 1, {"DY": 0.5}, final=False)
    index, uhi = read_with_index(snapshot, "muons/mass")
    choice = Choice(histogram="muons/mass", view=VIEWS[name], log=log, order=["TTbar", "DY"])
    if name == "map":
        choice.range, choice.range_y = (70.0, 100.0), (0.0, 2.0)
    numbers = numbers_for(uhi, VIEWS[name], index.fractions, choice.order)
    (histogram,) = index.histograms
    look = Look(style="cms", status="Preliminary", luminosity=59.8, energy=13.6)
    code = write_code(
        snapshot, index.keys["muons/mass"], uhi, Shown(numbers, histogram, choice), look
    )
    assert ("These numbers are Casa's" in code) == (name in ("efficiency", "profile"))
    namespace: dict[str, Any] = {}
    exec(code, namespace)
    for variable, expected in variables(numbers).items():
        if not (log and name == "map"):  # what is not positive is left out of the picture
            assert_same(namespace[variable], expected, variable)
    figure = namespace["fig"]
    figure.canvas.draw()
    if choice.range_y is not None:
        limits = (figure.axes[0].get_xlim(), figure.axes[0].get_ylim())
        assert limits == (choice.range, choice.range_y)
    drawn = [line.get_ydata() for axes in figure.axes for line in axes.lines]
    for row in (*numbers.having("data", "points"), *(r for r in numbers.panel if r.role != "band")):
        points = np.where(np.isfinite(row.values), row.values, np.nan)
        assert any(
            len(line) == len(points) and np.allclose(line, points, equal_nan=True)
            for line in map(np.asarray, drawn)
        ), f"{row.name} is not in the picture"
    stairs = [patch.get_data() for patch in figure.axes[0].patches if hasattr(patch, "get_data")]
    below: Any = 0.0
    for row in numbers.having("layer"):
        if numbers.y_edges is not None or not row.name:
            continue
        below = below + row.values
        assert any(
            len(step.values) == len(below) and np.allclose(step.values, below) for step in stairs
        ), f"{row.name} is not in the picture"
    plt.close(figure)


@pytest.mark.parametrize(
    ("low", "shown", "scale", "ends"),
    [
        (0, None, "log", (2, 40)),
        (-4, None, "log", (2, 36)),
        (0, (-1, 10), "log", (2, 10)),
        (0, (0, 1), "log", (0.1, 1)),
        (-4, (-4, -1), "linear", (-4, -1)),
    ],
)
@pytest.mark.parametrize("y", [None, "eta"])
def test_a_logarithmic_axis_shows_what_the_browser_does(
    tmp_path: Path,
    low: float,
    shown: tuple[float, float] | None,
    scale: str,
    ends: tuple[float, float],
    y: str | None,
) -> None:
    histogram = hist.Hist.new.Reg(20, low, low + 40, name="pt").Reg(2, -2, 2, name="eta").Weight()
    histogram.fill(pt=[1, 3, 9, 27], eta=[-1, 0, 1, 1])
    snapshot = tmp_path / "histograms.zip"
    write_snapshot(snapshot, {"h": histogram}, 1, {}, final=True)
    index, uhi = read_with_index(snapshot, "h")
    view = View(x="pt", y=y)
    choice = Choice(histogram="h", view=view, log_x=True, range=shown)
    drawn = Shown(numbers_for(uhi, view), index.histograms[0], choice)
    namespace: dict[str, Any] = {}
    exec(write_code(snapshot, index.keys["h"], uhi, drawn, Look()), namespace)
    axes = namespace["fig"].axes[0]
    assert axes.get_xscale() == scale
    assert axes.get_xlim() == pytest.approx(ends)
    namespace["fig"].canvas.draw()
    plt.close(namespace["fig"])


@pytest.mark.filterwarnings("ignore:Glyph")
@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("along", ["x", "dataset"])
def test_names_do_no_harm(tmp_path: Path, along: str, style: Style) -> None:
    label = HOSTILE[2 * STYLES.index(style) + (along == "x")]
    histogram = hist.Hist(
        hist.axis.StrCategory(HOSTILE, name="dataset", label=label),
        hist.axis.Regular(3, 0, 3, name="x", label=label),
        label=label,
    ).fill(HOSTILE, [0.5] * len(HOSTILE))
    snapshot = tmp_path / "histograms.zip"
    write_snapshot(snapshot, {label: histogram}, 1, {}, final=True)
    index, uhi = read_with_index(snapshot, label)
    view = View(x=along, stack="dataset" if along == "x" else None)
    choice = Choice(histogram=label, view=view)
    shown = Shown(numbers_for(uhi, view), describe_histogram(label, uhi), choice)
    look = Look(style=style, status=label[:60])
    code = write_code(snapshot, index.keys[label], uhi, shown, look)
    namespace: dict[str, Any] = {}
    exec(code, namespace)
    namespace["fig"].canvas.draw()
    plt.close(namespace["fig"])
    assert "os" not in namespace


def test_numbers_that_are_none_are_written_as_python_reads_them() -> None:
    numbers = numbers_for(to_uhi(sample()), VIEWS["stack"])
    odd = replace(numbers.rows[0], values=np.array([np.inf, -np.inf, np.nan, 1e300]))
    namespace: dict[str, Any] = {"np": np}
    exec("\n".join(literals(replace(numbers, rows=[odd]))), namespace)
    np.testing.assert_array_equal(namespace["layers"][odd.name], odd.values)


def test_a_legend_says_of_each_run_how_much_of_it_is_drawn() -> None:
    uhi, view = to_uhi(sample()), View(x="mass", runs=["other"])
    part = {"DY": 0.5, "TTbar": 1.0}
    index = SnapshotIndex(sequence=1, fractions=part, final=True, histograms=[], keys={})
    drawing = draw(Source("first", uhi), view, [Source("second", uhi)])
    other = OtherRun(run="other", name="second", fractions={"DY": 0.25}, final=True)
    watch = Watch(watch="w", run="r", histogram="h", view=view)
    frame = make_frame(watch, index, drawing, others=[other])
    code = "\n".join(legend(numbers_of(*decode(frame), []), 10))
    assert 'order = ["first (50% to 100%)", "second (25%)"]' in code


def test_runs_are_lines_of_one_colour_each_and_points_in_the_panel(tmp_path: Path) -> None:
    uhi = to_uhi(sample())
    view = View(x="mass", runs=["other"], panel="ratio", reference="first")
    part = {"DY": 0.5, "TTbar": 1.0}
    index = SnapshotIndex(sequence=1, fractions=part, final=True, histograms=[], keys={})
    drawing = draw(Source("first", uhi), view, [Source("second", uhi)])
    watch = Watch(watch="w", run="r", histogram="h", view=view)
    order = ["DY", "TTbar", "first", "second"]
    numbers = numbers_of(*decode(make_frame(watch, index, drawing)), order)
    choice = Choice(histogram="h", view=view, order=order)
    code = "\n".join(plotting(Shown(numbers, describe_histogram("h", uhi), choice), Look()))
    first, second = palette(2)
    assert re.findall(r'color="(#\w+)"', code) == [first, second, second]
    assert re.findall(r'histtype="(\w+)"', code) == ["step", "step", "errorbar"]


@pytest.mark.parametrize(
    ("name", "label"), [("DY", "Ratio to DY"), ("a run with a long name", "Ratio")]
)
def test_a_panel_is_labelled_with_what_fits_beside_it(name: str, label: str) -> None:
    uhi = to_uhi(sample())
    view = View(x="mass", runs=["other"], panel="ratio", reference=name)
    drawing = draw(Source("first", uhi), view, [Source(name, uhi)])
    index = SnapshotIndex(sequence=1, fractions={}, final=True, histograms=[], keys={})
    watch = Watch(watch="w", run="r", histogram="h", view=view)
    numbers = numbers_of(*decode(make_frame(watch, index, drawing)), [])
    drawn = Shown(numbers, describe_histogram("h", uhi), Choice(histogram="h", view=view))
    assert f'set_ylabel("{label}"' in "\n".join(plotting(drawn, Look()))


_TEX = [r"\mu", r"\mathrm", r"\sqrt", r"\bar", "{", "}", "^", "_", "a", "1", " ", "(", "[", "|"]
_TEX += [r"\,", r"\%", r"\#", ".", "-", "<", r"\sum", r"\langle", "*", "$", r"\text", r"\\"]


@settings(max_examples=300)
@given(st.lists(st.sampled_from(_TEX), max_size=8).map("".join))
def test_matplotlib_draws_every_label(label: str) -> None:
    text = drawable(f"${label}$")
    MathTextParser("path").parse(text)


@given(st.text())
def test_what_is_quoted_is_the_same_text(text: str) -> None:
    assert eval(quoted(text)) == text


@pytest.mark.parametrize(
    ("label", "drawn"),
    [
        (r"$p_T$ [GeV]", r"$p_T$ [GeV]"),
        (r"$m_{\mu\mu}$", r"$m_{\mu\mu}$"),
        ("5 $", r"5 \$"),
        ("$x_$", r"\$x_\$"),
        ("a\n b", "a b"),
        ("y" * 99, "y" * 59 + "…"),
    ],
)
def test_labels(label: str, drawn: str) -> None:
    assert drawable(label) == drawn
