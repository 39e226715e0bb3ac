"""``casa_lab.watch``: pictures that are right and live, and never touch what is filled."""

from __future__ import annotations

import base64
import copy
import gc
import pickle
import threading
from collections.abc import Iterator
from typing import Any
from unittest.mock import patch

import boost_histogram as bh
import hist
import numpy as np
import pytest
from histograms.strategies import MEANS, STORAGES, fill_arguments, histograms
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shells import Notebook, Screen, open_notebook

import casa_lab
from casa_lab.histograms.frames import decode
from casa_lab.histograms.models import FrameHeader
from casa_lab.notebook import live
from casa_lab.notebook.shown import MEDIA_TYPE, ShownHistogram, show, still_picture

PLAIN_FILL = bh.Histogram.fill


@pytest.fixture
def notebook() -> Iterator[Notebook]:
    # The real one takes its time.
    with open_notebook() as opened, patch.object(live, "still_picture", fake_picture):
        yield opened
        for picture in list(live._pictures):
            picture._end()
    assert bh.Histogram.fill is PLAIN_FILL


def fake_picture(name: str, histogram: hist.Hist) -> str | None:
    return None if histogram.empty() else f"picture of {name}"


def masses() -> hist.Hist:
    return hist.Hist.new.Reg(4, 0, 4, name="mass", label="Mass [GeV]").Weight()


def numbers(data: dict[str, Any]) -> tuple[FrameHeader, dict[str, Any]]:
    shown = ShownHistogram.model_validate(data[MEDIA_TYPE])
    assert shown.frame is not None
    return decode(base64.b64decode(shown.frame))


def values(screen: Screen) -> list[float]:
    found: list[float] = numbers(screen.last)[1]["values"][0].tolist()
    return found


def test_a_cell_shows_what_it_fills(notebook: Notebook) -> None:
    h, screen = masses(), notebook.screen

    def saw(*contents: float) -> None:
        screen.wait_for(lambda: values(screen) == list(contents))

    notebook.run(
        "casa_lab.watch(h, refresh=0.001)\n"
        "h.fill([0.5, 1.5], weight=2); saw(2, 2, 0, 0)\n"
        "h.fill([3.5]); saw(2, 2, 0, 1)",
        h=h,
        saw=saw,
    )
    header, arrays = numbers(screen.last)
    assert len(screen.outputs) == 1
    assert header.x.label == "Mass [GeV]"
    np.testing.assert_array_equal(arrays["values"][0], h.values())
    np.testing.assert_array_equal(arrays["upper"][0], np.sqrt(h.variances()))


def test_the_end_of_a_cell_shows_the_last_state_and_a_picture(notebook: Notebook) -> None:
    h, screen = masses(), notebook.screen
    notebook.run("watching = casa_lab.watch(h, refresh=1000)", h=h)
    assert "image/png" not in screen.last  # of nothing
    notebook.run("h.fill([0.5, 0.6])")
    assert values(screen) == [2, 0, 0, 0]
    assert screen.last["image/png"] == "picture of mass"
    assert "Hist(" in screen.last["text/plain"]
    notebook.run("h.reset()")
    assert values(screen) == [0, 0, 0, 0]
    assert "image/png" not in screen.last


def test_a_picture_shows_where_casa_is_not() -> None:
    h = masses()
    assert still_picture("mass", h) is None  # of nothing
    h.fill([0.5, 0.6])
    picture = still_picture("mass", h)
    assert picture is not None
    assert base64.b64decode(picture).startswith(b"\x89PNG")


def test_a_notebook_does_not_wait_for_pictures(
    notebook: Notebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on = threading.Event()

    def slow(*_: object) -> str:
        assert go_on.wait(30)
        return "late"

    monkeypatch.setattr(live, "still_picture", slow)
    h, screen = masses(), notebook.screen
    notebook.run("casa_lab.watch(h); h.fill(0.5)", cell="a", h=h)
    assert values(screen) == [1, 0, 0, 0]
    go_on.set()
    screen.wait_for(lambda: screen.last.get("image/png") == "late")


def test_cells_that_change_nothing_cost_no_picture(notebook: Notebook) -> None:
    notebook.run("casa_lab.watch(h); h.fill(1)", h=masses())
    updates = notebook.screen.updates
    notebook.run("1 + 1")
    assert notebook.screen.updates == updates


def test_what_a_function_fills_and_drops_shows(notebook: Notebook) -> None:
    notebook.run(
        "def analyse():\n"
        "    h = masses()\n"
        "    casa_lab.watch(h, refresh=1000)\n"
        "    h.fill(2.5)\n"
        "    h.fill(2.5)\n"
        "analyse()",
        masses=masses,
    )
    assert values(notebook.screen) == [0, 0, 2, 0]
    gc.collect()
    assert not live._pictures


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    h=histograms([*STORAGES, *MEANS]),
    seed=st.integers(0, 2**32 - 1),
    threads=st.sampled_from([None, 2]),
)
def test_watching_never_changes_what_is_filled(
    notebook: Notebook, h: hist.Hist, seed: int, threads: int | None
) -> None:
    if h.storage_type in MEANS:
        threads = None  # refused by boost-histogram
    other = copy.deepcopy(h)
    random = np.random.default_rng(seed)
    fills = [fill_arguments(h, random, size) for size in (1, 50, 3, 200)]
    watching = casa_lab.watch(h, refresh=1e-6)
    try:
        for arrays, extra in fills:
            h.fill(*arrays, **extra, threads=threads)
    finally:
        watching.stop()
    for arrays, extra in fills:
        other.fill(*arrays, **extra, threads=threads)
    assert other == h
    assert other.view(flow=True).tobytes() == h.view(flow=True).tobytes()
    shown = show(watching.name, other).model_dump(mode="json")
    assert notebook.screen.last[MEDIA_TYPE] == shown


def test_copies_are_histograms_of_their_own(notebook: Notebook) -> None:
    h = masses()
    casa_lab.watch(h)
    for twin in (h.copy(), copy.deepcopy(h), pickle.loads(pickle.dumps(h)), h + 0 * h, h[:]):
        twin.fill(1)
        assert twin.sum().value == 1
        assert h.sum().value == 0


def test_no_copy_is_made_while_anything_fills(notebook: Notebook) -> None:
    begun, go_on = threading.Event(), threading.Event()

    class Slow:
        """Holds a fill up, as a large one does."""

        def __array__(self, dtype: object = None, copy: object = None) -> Any:
            begun.set()
            assert go_on.wait(30)
            return np.array([0.5])

    h, screen = masses(), notebook.screen
    notebook.run("casa_lab.watch(h, refresh=1e-6)", h=h)
    thread = threading.Thread(target=lambda: h.fill(Slow()))
    thread.start()
    assert begun.wait(30)
    updates = screen.updates
    notebook.run("h.fill(3.5)")
    assert screen.updates == updates
    go_on.set()
    thread.join()
    screen.wait_for(lambda: values(screen) == [1, 0, 0, 1])


def test_threads_that_fill_count_everything(notebook: Notebook) -> None:
    h = bh.Histogram(bh.axis.Regular(4, 0, 4), storage=bh.storage.AtomicInt64())
    notebook.run("casa_lab.watch(h, refresh=1e-6)", h=h)

    def fill() -> None:
        for _ in range(50):
            h.fill(np.full(1000, 2.5))

    threads = [threading.Thread(target=fill) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert h[2] == 200_000
    notebook.screen.wait_for(lambda: values(notebook.screen) == [0, 0, 200_000, 0])


def test_a_watch_stops(notebook: Notebook) -> None:
    h, screen = masses(), notebook.screen
    notebook.run("watching = casa_lab.watch(h, name='Z')", h=h)
    watching = notebook.shell.user_ns["watching"]
    assert repr(watching) == "<casa_lab.Watch of 'Z', live>"
    notebook.run("h.fill(0.5); watching.stop(); watching.stop()")
    assert repr(watching) == "<casa_lab.Watch of 'Z', stopped>"
    notebook.run("h.fill(0.5)")
    assert values(screen) == [1, 0, 0, 0]
    assert "image/png" in screen.last


def test_a_histogram_is_live_in_one_cell(notebook: Notebook) -> None:
    h, screen = masses(), notebook.screen
    notebook.run("casa_lab.watch(h)", h=h)
    notebook.run("casa_lab.watch(h)")
    notebook.run("h.fill(0.5)")
    first, second = (numbers(data)[1]["values"][0][0] for data in screen.outputs.values())
    assert (first, second) == (0, 1)


def test_a_cell_that_runs_again_replaces_its_watches(notebook: Notebook) -> None:
    # boost-histogram's own objects have no weak references, so nobody tells that they are gone.
    code = "h = bh.Histogram(bh.axis.Regular(4, 0, 4)); g = h.copy()\n"
    code += "casa_lab.watch(h); casa_lab.watch(g)"
    for _ in range(3):
        notebook.run(code, cell="a", bh=bh)
    assert len(live._pictures) == 2
    notebook.run(code, cell="b", bh=bh)
    assert len(live._pictures) == 4


def test_the_cell_ends_without_another_output(notebook: Notebook) -> None:
    notebook.run("casa_lab.watch(h)", h=masses())
    assert len(notebook.screen.outputs) == 1


def test_a_picture_that_fails_does_not_end_the_analysis(
    notebook: Notebook, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    h = masses()
    casa_lab.watch(h)

    def broken(*_: object) -> None:
        raise RuntimeError("no colours left")

    monkeypatch.setattr(live, "show", broken)
    notebook.run("h.fill(0.5)", h=h)
    notebook.run("h.fill(0.5)", h=h)
    assert h.sum().value == 2
    # Said once, and not again at each update.
    assert caplog.text.count("RuntimeError: no colours left") == 1


def test_large_histograms_are_drawn_with_fewer_bins(notebook: Notebook) -> None:
    h = hist.Hist.new.Reg(1000, 0, 1, name="x").Reg(997, 0, 1, name="y").Int64()
    h.fill([0.5, 0.5], [0.25, 0.25])
    casa_lab.watch(h)
    header, arrays = numbers(notebook.screen.last)
    assert arrays["values"].size <= 20_000
    assert arrays["values"].sum() == 2
    assert header.remarks == [
        "8 bins of x are drawn as one: there are 1000.",
        "8 bins of y are drawn as one: there are 997.",
    ]


@pytest.mark.parametrize(
    ("histogram", "problem"),
    [
        (bh.Histogram(), "This histogram has no axis to draw along."),
        (
            bh.Histogram(bh.axis.Regular(2, 0, 1), storage=bh.storage.MultiCell(2)),
            "Casa cannot show histograms with MultiCell storage.",
        ),
    ],
)
def test_what_cannot_be_drawn_is_said(
    notebook: Notebook, histogram: bh.Histogram[Any], problem: str
) -> None:
    casa_lab.watch(histogram)
    shown = ShownHistogram.model_validate(notebook.screen.last[MEDIA_TYPE])
    assert shown.histogram.problem == problem
    assert shown.frame is None


@pytest.mark.parametrize("wrong", [42, None, np.zeros(3), (np.zeros(3), np.zeros(4))])
def test_only_histograms_are_watched(wrong: object) -> None:
    with pytest.raises(TypeError, match="shows histograms of hist and boost-histogram"):
        casa_lab.watch(wrong)


@pytest.mark.parametrize("refresh", [0, -1, float("nan"), float("inf"), "1"])
def test_refresh_is_a_number_of_seconds(refresh: Any) -> None:
    with pytest.raises(ValueError, match="refresh is a number of seconds above 0"):
        casa_lab.watch(masses(), refresh=refresh)


def test_scripts_watch_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    h = masses()
    watching = casa_lab.watch(h)
    h.fill(1)
    watching.stop()
    assert bh.Histogram.fill is PLAIN_FILL
    assert capsys.readouterr().out == ""
