"""The websocket that histograms travel over."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import hist
import numpy as np
import pytest
from jupyter_server.auth import Authorizer
from tornado.httpclient import HTTPClientError

from casa_lab.histograms.snapshot import write_snapshot
from casa_lab.routes import stream
from casa_lab.routes.histograms import MAX_MESSAGE_BYTES
from casa_lab.runs.history.labels import write_labels
from casa_lab.runs.history.models import NewLabels


def mass(entries: int) -> hist.Hist:
    histogram = (
        hist.Hist.new.StrCat(["dy", "tt"], name="dataset").Reg(4, 0, 4, name="mass").Double()
    )
    histogram.fill(dataset="dy", mass=np.full(entries, 1.5))
    histogram.fill(dataset="tt", mass=np.full(2 * entries, 2.5))
    return histogram


def snapshot(folder: Any, sequence: int, final: bool = False) -> None:
    """Write a snapshot in which ``dy`` has as many entries as its number says."""
    write_snapshot(folder.histograms, {"mass": mass(sequence)}, sequence, {"dy": 0.5}, final)


async def test_an_ended_run_gives_one_final_frame(connect, put_run) -> None:
    browser = await connect()
    folder = put_run("done", histograms_sequence=3)
    snapshot(folder, 3, final=True)
    await browser.watch(folder.id)
    header, arrays = await browser.frame()
    assert (header.watch, header.run, header.histogram) == ("w", folder.id, "mass")
    assert (header.sequence, header.final, header.fractions) == (3, True, {"dy": 0.5})
    assert [row.name for row in header.rows] == ["dy", "tt", ""]
    assert arrays["values"].tolist() == [[0, 3, 0, 0], [0, 0, 6, 0], [0, 3, 6, 0]]
    assert arrays["edges"].tolist() == [0, 1, 2, 3, 4]


async def test_frames_follow_a_run_until_its_last(connect, put_run, owners) -> None:
    browser = await connect()
    folder = put_run("running")
    owner = owners(folder)
    await browser.watch(folder.id)  # nothing to see yet, which is no problem
    snapshot(folder, 1)
    put_run("running", histograms_sequence=1)
    header, _ = await browser.frame()
    assert (header.sequence, header.final) == (1, False)
    snapshot(folder, 2)
    put_run("running", histograms_sequence=2)
    header, arrays = await browser.frame()
    assert header.sequence == 2
    assert arrays["values"][0].sum() == 2
    put_run("running", histograms_sequence=2, message="Nothing new to see.")
    snapshot(folder, 3, final=True)
    put_run("done", histograms_sequence=3)
    owner.release()
    header, _ = await browser.frame()
    assert (header.sequence, header.final) == (3, True)


async def test_a_run_whose_driver_died_ends_with_a_final_frame(connect, put_run, owners) -> None:
    browser = await connect()
    folder = put_run("running", histograms_sequence=1)
    owner = owners(folder)
    snapshot(folder, 1)
    await browser.watch(folder.id)
    assert not (await browser.frame())[0].final
    owner.release()
    header, _ = await browser.frame()
    assert (header.sequence, header.final) == (1, True)


async def test_a_watch_can_be_changed_and_ended(connect, put_run) -> None:
    browser = await connect()
    folder = put_run("done", histograms_sequence=1)
    snapshot(folder, 1, final=True)
    await browser.watch(folder.id, "first")
    assert len((await browser.frame())[0].rows) == 3
    await browser.watch(folder.id, "first", view={"x": "mass", "select": {"dataset": "tt"}})
    header, arrays = await browser.frame()
    assert [(row.name, row.role) for row in header.rows] == [("", "layer"), ("", "total")]
    assert arrays["values"].tolist() == [[0, 0, 2, 0], [0, 0, 2, 0]]
    await browser.send({"type": "unwatch", "watch": "first"})
    put_run("done", histograms_sequence=2)
    snapshot(folder, 2, final=True)
    await browser.watch(folder.id, "second")
    assert (await browser.frame())[0].watch == "second"


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"run": "none"}, "There is no run 'none'"),
        ({"run": "../clusters"}, "There is no run"),
        ({"histogram": "maas"}, "Did you mean 'mass'?"),
        ({"view": {"x": "pt"}}, "no axis 'pt'"),
        ({"view": {"x": "mass", "select": {"dataset": "qcd"}}}, "no category 'qcd'"),
        ({"view": {}}, "Field 'watch.view.x'"),
        ({"view": {"x": "mass", "z": "pt"}}, "Field 'watch.view.z'"),
        ({"type": "look"}, "type"),
    ],
)
async def test_what_cannot_be_seen_is_told_in_a_sentence(
    connect, put_run, changes, sentence
) -> None:
    browser = await connect()
    folder = put_run("done", histograms_sequence=1)
    snapshot(folder, 1, final=True)
    await browser.watch(**{"run": folder.id, **changes})
    problem = await browser.problem()
    assert problem.watch == "w"
    assert sentence in problem.message
    await browser.watch(folder.id, "fine")  # the connection goes on
    assert (await browser.frame())[0].watch == "fine"


@pytest.mark.parametrize("message", ["", "{", "[]", "null", b"\xff\x00", '{"watch": 1}'])
async def test_what_is_no_message_is_told_too(connect, message) -> None:
    browser = await connect()
    await browser.send(message)
    problem = await browser.problem()
    assert problem.watch == ""
    assert problem.message


async def test_a_run_that_ended_without_histograms(connect, put_run) -> None:
    browser = await connect()
    folder = put_run("failed")
    await browser.watch(folder.id)
    assert "before it had any histograms" in (await browser.problem()).message


async def test_a_deleted_run_is_told(connect, put_run) -> None:
    browser = await connect()
    folder = put_run("done", histograms_sequence=1)
    snapshot(folder, 1, final=True)
    await browser.watch(folder.id)
    await browser.frame()
    snapshot(folder, 2, final=True)
    put_run("done", histograms_sequence=2)
    await browser.frame()  # so that the watcher knows the run
    shutil.rmtree(folder.path)
    assert "There is no run" in (await browser.problem()).message


async def test_a_damaged_snapshot_is_told(connect, put_run) -> None:
    browser = await connect()
    folder = put_run("done", histograms_sequence=1)
    folder.histograms.write_bytes(b"nothing of the kind")
    await browser.watch(folder.id)
    assert "cannot be read" in (await browser.problem()).message


async def test_the_number_of_watches_is_limited(connect, put_run, monkeypatch) -> None:
    browser = await connect()
    monkeypatch.setattr(stream, "MAX_WATCHES", 2)
    folder = put_run("done", histograms_sequence=1)
    snapshot(folder, 1, final=True)
    for watch in ("one", "two", "two"):
        await browser.watch(folder.id, watch)
        await browser.frame()
    await browser.watch(folder.id, "three")
    problem = await browser.problem()
    assert problem.watch == "three"
    assert "2 histograms at once" in problem.message


async def test_a_message_that_is_too_large_ends_the_connection(connect) -> None:
    browser = await connect()
    await browser.send("x" * (MAX_MESSAGE_BYTES + 1))
    assert await browser.receive() is None
    assert browser.socket.close_code == 1009


async def test_one_histogram_is_read_once_for_all_views(
    connect, put_run, jp_serverapp, monkeypatch
) -> None:
    browser = await connect()
    from casa_lab.histograms import snapshot as module

    read: list[Path] = []
    original = module.read_with_index

    def counted(path: Path, name: str) -> Any:
        read.append(path)
        return original(path, name)

    monkeypatch.setattr(module, "read_with_index", counted)
    folder = put_run("done", histograms_sequence=1)
    snapshot(folder, 1, final=True)
    for number in range(5):
        await browser.watch(folder.id, str(number))
        await browser.frame()
    assert read == [folder.histograms]


@pytest.mark.parametrize("strict", [True, False])
async def test_nobody_gets_in_without_a_token(jp_ws_fetch) -> None:
    with pytest.raises(HTTPClientError) as refused:
        await jp_ws_fetch("casa", "histograms", headers={"Authorization": ""})
    assert refused.value.code == 403


async def test_no_other_site_gets_in(jp_fetch, jp_ws_fetch, jp_http_port) -> None:
    # The name of the cookie holds the host; websockets of tests go to localhost.
    host = {"Host": f"localhost:{jp_http_port}"}
    page = await jp_fetch("some-page", raise_error=False, headers=host)
    cookies = "; ".join(header.split(";")[0] for header in page.headers.get_list("Set-Cookie"))
    logged_in = {"Authorization": "", "Cookie": cookies}
    (await jp_ws_fetch("casa", "histograms", headers=dict(logged_in))).close()
    logged_in["Origin"] = "https://elsewhere.example"
    with pytest.raises(HTTPClientError) as refused:
        await jp_ws_fetch("casa", "histograms", headers=logged_in)
    assert refused.value.code == 403


class NoExecution(Authorizer):
    """Lets nobody open the websocket."""

    def is_authorized(self, handler: Any, user: Any, action: str, resource: str) -> bool:
        return (action, resource) != ("execute", "casa_lab")


async def test_an_authorizer_is_asked(jp_ws_fetch, jp_serverapp, monkeypatch) -> None:
    monkeypatch.setitem(jp_serverapp.web_app.settings, "authorizer", NoExecution())
    with pytest.raises(HTTPClientError) as refused:
        await jp_ws_fetch("casa", "histograms")
    assert refused.value.code == 403


async def test_another_run_is_drawn_over_this_one_and_followed(connect, put_run) -> None:
    browser = await connect()
    folder = put_run("done", histograms_sequence=3)
    snapshot(folder, 3, final=True)
    view = {"x": "mass", "runs": [folder.id, "none"], "panel": "ratio"}
    await browser.watch(folder.id, view=view)
    header, arrays = await browser.frame()
    assert len({row.name for row in header.rows}) == 2
    assert [other.run for other in header.others] == [folder.id]
    assert "There is no run 'none'" in header.remarks[0]
    assert arrays["panel_values"][0][1] == 1


async def test_runs_have_the_names_that_they_were_given_since(connect, put_run) -> None:
    browser = await connect()
    folder = put_run("done", histograms_sequence=3)
    snapshot(folder, 3, final=True)
    write_labels(folder, NewLabels(name="Tighter cuts"))
    view = {"x": "mass", "runs": [folder.id], "panel": "ratio"}
    await browser.watch(folder.id, view=view)
    header, _ = await browser.frame()
    assert [row.name for row in header.rows] == ["Tighter cuts", "Tighter cuts (2)"]
    assert header.panel.reference == "Tighter cuts"


async def test_a_run_that_is_drawn_over_this_one_can_be_the_reference(connect, put_run) -> None:
    browser = await connect()
    folder = put_run("done", histograms_sequence=3)
    snapshot(folder, 3, final=True)
    view = {"x": "mass", "runs": [folder.id], "panel": "ratio", "reference": folder.id}
    await browser.watch(folder.id, view=view)
    header, _ = await browser.frame()
    assert header.panel.reference == header.others[0].name
    assert [row.name for row in header.panel.rows] == [header.rows[0].name]
