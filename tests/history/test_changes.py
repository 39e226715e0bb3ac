"""What changed between two runs is what was run, not what lies around today."""

from __future__ import annotations

import json
from typing import Any

import pytest

from casa_lab.errors import NotFound
from casa_lab.runs.counting.metrics import RunMetrics
from casa_lab.runs.history import changes as module
from casa_lab.runs.history.changes import changes
from casa_lab.runs.history.models import Difference

from .conftest import PutRun


def entry(*files: str, **metadata: Any) -> dict[str, Any]:
    return {"files": dict.fromkeys(files, "Events"), "metadata": metadata}


def test_a_run_does_not_differ_from_itself(put_run: PutRun) -> None:
    run = put_run(1)
    run.processor.mkdir()
    (run.processor / "mass.py").write_text("x")
    found = changes(run.id, run.id)
    assert found.code == found.arguments == found.settings == found.versions == []
    assert found.datasets == []
    assert all(metric.before == metric.after for metric in found.metrics)


def test_time_and_rate_are_those_of_all_sessions(put_run: PutRun) -> None:
    old, new = put_run(1), put_run(2)
    record = new.record()
    record.progress.events_done, record.progress.seconds_elapsed = 1000, 0.5  # of the last one
    new.write_state(record.model_dump(mode="json"))
    metrics = RunMetrics(sessions=2, events=1000, wall_seconds=10.0, bytes_read=50)
    new.metrics.write_text(metrics.model_dump_json())
    numbers = {each.name: (each.before, each.after) for each in changes(new.id, old.id).metrics}
    assert numbers["time"] == (0, 10)
    assert numbers["rate"] == (None, 100)
    assert numbers["read"] == (0, 50)


def test_everything_that_differs_is_told(put_run: PutRun) -> None:
    location = "/code/mass.py:Mass"
    old = put_run(
        1,
        processor={"location": location, "arguments": {"pt": 20, "name": "a", "gone": None}},
        versions={"coffea": "2025.1", "numpy": "2"},
        fileset={"dy": entry("a", "b", "c", xsec=1), "tt": entry("t"), "same": entry("s")},
    )
    new = put_run(
        2,
        processor={"location": location, "arguments": {"pt": 25.5, "name": "a", "cuts": [1]}},
        versions={"coffea": "2025.2", "numpy": "2"},
        fileset={"dy": entry("a", "c", "d", xsec=2), "ww": entry("w"), "same": entry("s")},
        chunksize=50,
    )
    old.identities.write_text(json.dumps({"dy": {"a": "1", "c": "1"}}))
    new.identities.write_text(json.dumps({"dy": {"a": "2"}}))
    for folder, text in ((old, "a = 1\nb = 1\n"), (new, "a = 2\nb = 1\nc = 1\n")):
        folder.processor.mkdir()
        (folder.processor / "mass.py").write_text(text)
    (old.processor / "helper.py").write_text("x\n")
    found = changes(new.id, old.id)
    assert (found.name, found.since_name) == ("mass 2", "mass 1")
    mass, helper = found.code
    assert (mass.added, mass.removed) == (2, 1)
    assert mass.diff.splitlines()[2:] == ["@@ -1,2 +1,3 @@", "-a = 1", "+a = 2", " b = 1", "+c = 1"]
    assert (helper.path, helper.added, helper.removed) == ("helper.py", 0, 1)
    assert found.arguments == [
        Difference(name="pt", before="20", after="25.5"),
        Difference(name="gone", before="None", after=None),
        Difference(name="cuts", before=None, after="[1]"),
    ]
    assert found.settings == [Difference(name="chunk size", before="100000", after="50")]
    assert found.versions == [Difference(name="coffea", before="2025.1", after="2025.2")]
    dy, ww, tt = found.datasets
    assert (dy.kind, dy.files_added, dy.files_removed, dy.files_replaced) == (
        "changed",
        ["d"],
        ["b"],
        ["a"],
    )
    assert dy.metadata == [Difference(name="xsec", before="1", after="2")]
    assert (ww.kind, ww.added, tt.kind, tt.removed) == ("added", 1, "removed", 1)


def test_without_code_that_is_said(put_run: PutRun) -> None:
    assert not changes(put_run(1).id, put_run(2).id).code_known


def test_endless_files_are_not_compared(put_run: PutRun, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_LINES", 2)
    folders = [put_run(1), put_run(2)]
    for number, folder in enumerate(folders):
        folder.processor.mkdir()
        (folder.processor / "mass.py").write_text(f"{number}\n\n\n")
    (code,) = changes(folders[1].id, folders[0].id).code
    assert (code.path, code.diff) == ("mass.py", "")


def test_both_must_exist(put_run: PutRun) -> None:
    run = put_run(1).id
    for pair in ((run, "nothing"), ("nothing", run), (run, "../x")):
        with pytest.raises(NotFound):
            changes(*pair)
