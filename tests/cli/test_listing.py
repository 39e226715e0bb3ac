"""Runs and clusters are listed and stopped by id."""

from __future__ import annotations

import time

import pytest
from byhand import write_run

from casa_lab.cli import main
from casa_lab.clusters.models import ClusterSpec
from casa_lab.clusters.records import first_record as first_cluster_record
from casa_lab.folders import Folder, Owner, RequestInbox, clusters_dir
from casa_lab.runs.folder import RunFolder


def make_run(name: str, state: str = "done") -> RunFolder:
    spec = {
        "name": "My [bold] analysis of a dataset with quite a long name, as they are",
        "created": time.time() - 90,
    }
    progress = {"events_done": 1200, "events_total": 5000, "chunks_failed": 3}
    return write_run(state, name, spec, progress=progress)


def make_cluster(name: str, state: str = "running") -> Folder:
    folder = Folder(clusters_dir() / name)
    spec = ClusterSpec(
        id=name,
        profile="local",
        title="Local",
        backend="local",
        options={},
        workers=2,
        python="python",
        created=time.time() - 5,
    )
    record = first_cluster_record(2).model_dump(mode="json")
    folder.create(spec.model_dump(mode="json"), {**record, "state": state})
    return folder


def test_nothing_to_list(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["runs"]) == 0
    assert main(["clusters"]) == 0
    assert capsys.readouterr().out == "No runs.\nNo clusters.\n"


def test_lists_are_not_cut_away_from_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    run = make_run("20260101-000000-a-run-with-an-id-as-they-are-1111")
    make_cluster("20260101-000000-local-2222", "stopped")
    assert main(["runs"]) == 0
    assert main(["clusters"]) == 0
    run_head, run_row, cluster_head, cluster_row = capsys.readouterr().out.splitlines()
    assert run_head.split() == ["Id", "Name", "State", "Events", "Failed", "Started"]
    assert run_row.startswith(run.id)
    assert run.spec().name in run_row
    assert "1,200 of 5,000" in run_row
    assert "1 min 30 s ago" in run_row
    assert cluster_head.split() == ["Id", "Profile", "State", "Workers", "Started"]
    assert "0 of 2" in cluster_row


def test_runs_are_labelled_and_found(capsys: pytest.CaptureFixture[str]) -> None:
    run = make_run("20260101-000000-x-1111").id
    make_run("20260101-000000-y-2222", "failed")
    assert (
        main(["label", "1111", "--name", "mine", "--tag", "a", "--tag", "b c", "--note", "!"]) == 0
    )
    assert main(["label", run, "--untag", "a"]) == 0
    told = [f"{run}: mine [a, b c]", f"{run}: mine [b c]"]
    assert capsys.readouterr().out.splitlines() == told
    assert main(["runs", "--tag", "b c", "--search", "MINE", "--state", "done"]) == 0
    head, row = capsys.readouterr().out.splitlines()
    assert head.endswith("Tags")
    assert row.startswith(run)
    assert row.split()[-2:] == ["b", "c"]
    assert main(["label", run, "--archive"]) == 0
    assert main(["runs", "--limit", "0"]) == 0
    assert main(["runs", "--archived", "--dataset", "dy"]) == 0
    assert main(["label", run, "--unarchive"]) == 0
    assert main(["runs", "--limit", "1"]) == 0
    assert main(["runs", "--tag", "nobody's"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == f"{run}: mine [b c] (archived)"
    assert lines[2].startswith("20260101-000000-y-2222")
    assert lines[4].startswith(run)
    assert lines[8:] == ["1 older run not shown; '--limit 0' shows all.", "No such runs."]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["label", "1111"], "Say what is to change"),
        (["label", "1111", "--name", " "], "Field 'name'"),
        (["label", "nothing", "--name", "x"], "There is no run 'nothing'"),
    ],
)
def test_bad_labels_are_refused(
    arguments: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    make_run("20260101-000000-x-1111")
    assert main(arguments) == 2
    assert sentence in capsys.readouterr().err


def test_stop_asks_the_owner(capsys: pytest.CaptureFixture[str]) -> None:
    run, cluster = make_run("20260101-000000-x-1111", "running"), make_cluster("2026-local-2222")
    for folder, ending, said in (
        (run, "1111", "is stopping; what it has processed is kept."),
        (cluster, "2222", "is stopping."),
    ):
        owner, inbox = Owner(folder.path), RequestInbox(folder.path)
        assert main(["stop", ending]) == 0
        assert [request["action"] for request in inbox.take()] == ["stop"]
        assert said in capsys.readouterr().out
        owner.release()


def test_stop_of_what_has_ended(capsys: pytest.CaptureFixture[str]) -> None:
    make_run("20260101-000000-x-1111")
    make_cluster("20260101-000000-local-2222", "stopped")
    assert main(["stop", "20260101-000000-x-1111"]) == 0
    assert main(["stop", "2222"]) == 0
    out = capsys.readouterr().out
    assert "The run 20260101-000000-x-1111 is done already." in out
    assert "The cluster 20260101-000000-local-2222 is stopped already." in out


def test_stop_needs_one_id(capsys: pytest.CaptureFixture[str]) -> None:
    make_run("20260101-000000-x-a111")
    make_run("20260101-000000-y-b111")
    assert main(["stop", "c222"]) == 2
    assert "There is no run or cluster 'c222'." in capsys.readouterr().err
    assert main(["stop", "111"]) == 2
    assert "'111' could be any of" in capsys.readouterr().err
