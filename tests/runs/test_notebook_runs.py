"""Runs that a notebook launches: what it holds of them, and what is left without it."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import awkward as ak
import pytest
from coffea.nanoevents import BaseSchema
from comparison import assert_same_accumulator
from distributed import Client, LocalCluster

import casa_lab
from casa_lab.clusters.models import Cluster
from casa_lab.errors import BadInput, Conflict, NotFound
from casa_lab.folders import runs_dir
from casa_lab.notebook.clusters import resolve_cluster
from casa_lab.notebook.filesets import resolve_fileset
from casa_lab.runs import manager
from casa_lab.runs.driving.executor import LiveExecutor
from casa_lab.runs.errors import RunError
from casa_lab.runs.history import again
from casa_lab.runs.history.details import details
from casa_lab.runs.history.models import NewLabels

from .conftest import CHUNK, EVENTS, FILES, Process, newest_run, run_plainly
from .gates import Gate, wait_for


def sums(events: ak.Array) -> dict[str, Any]:
    return {events.metadata["dataset"]: {"x": float(ak.sum(events.x)), "n": len(events)}}


def test_a_run_is_followed_and_gives_the_same_as_coffea(
    cluster: Cluster, fileset: dict[str, Any], gate: Gate, expected: Any
) -> None:
    run = casa_lab.launch(
        gate.processor(),
        fileset,
        cluster.id,
        chunksize=CHUNK,
        name="By hand",
        tags=["a", "a"],
        note="why",
    )
    assert run.id == newest_run().id
    assert (run.name, run.state) == ("By hand", "queued")
    assert run.histograms() == {}
    assert not run.wait(timeout=0)
    with pytest.raises(TimeoutError, match="it goes on"):
        run.result(timeout=0)

    gate.allow(5)
    wait_for(run.id, lambda found: found.histograms_sequence > 0, "a snapshot")
    progress = run.progress
    assert 0 < progress.events_done < FILES * EVENTS
    assert set(progress.datasets) == set(fileset)
    assert repr(progress).startswith(f"running, {progress.events_done} ")
    assert "'By hand'" in repr(run)
    partial = run.histograms()["x"]
    assert 0 < partial.sum(flow=True).variance < expected["x"].sum(flow=True).variance

    run.pause()
    wait_for(run.id, lambda found: found.state == "paused", "the pause")
    run.resume()
    gate.open()
    output = run.result()
    assert_same_accumulator(output, expected)
    assert run.wait(timeout=0)
    assert run.histograms()["x"] == output["x"]
    assert (run.state, run.progress.fraction) == ("done", 1.0)
    assert repr(run.progress) == "done, 240 of 240 events (100 %)"
    assert (len(run.failures()), repr(run.failures())) == (0, "No failures.")
    found = manager.get(run.id)
    assert (found.door, found.code_kept, found.tags, found.note) == ("notebook", True, ["a"], "why")

    # The sidebar runs the same again, without this process; and its event loop is free.
    second = casa_lab.run(again.rerun(run.id, "sidebar").id)
    turns = 0

    async def count() -> None:
        nonlocal turns
        while not second.wait(timeout=0):
            turns += 1
            await asyncio.sleep(0.05)

    async def both() -> Any:
        return (await asyncio.gather(second, count()))[0]

    assert_same_accumulator(asyncio.run(both()), expected)
    assert turns


def test_a_function_with_a_schema_of_ones_own_and_its_failures(
    cluster: Cluster, fileset: dict[str, Any]
) -> None:
    class Plainer(BaseSchema):
        """Not one of Coffea's."""

    offset = 3

    def shifted(events: ak.Array) -> dict[str, float]:
        if "/0.root" in events.metadata["filename"]:
            raise ValueError("no muons here")
        return {events.metadata["dataset"]: float(ak.sum(events.x) + offset)}

    run = casa_lab.launch(shifted, fileset, cluster.id, schema=Plainer, chunksize=CHUNK)
    with pytest.warns(UserWarning, match=r"2 of 12 chunks failed .* run\.failures\(\) tells why"):
        output = run.result()
    rest = {name: {**dataset, "files": dict(dataset["files"])} for name, dataset in fileset.items()}
    first = next(file for file in rest["background"]["files"] if file.endswith("/0.root"))
    del rest["background"]["files"][first]
    assert output == run_plainly(rest, shifted)
    found = manager.get(run.id)
    assert (found.processor.location, found.schema_name) == ("notebook:shifted", "Plainer")

    failures = run.failures()
    assert (len(failures), failures.chunks) == (1, 2)
    assert "no muons here" in repr(failures)
    assert "<table>" in failures._repr_html_()
    with pytest.raises(ValueError, match="no muons here"):
        exec(failures[0].example.code, {})


def test_a_run_that_failed_says_why(run_live: Process, fileset: dict[str, Any]) -> None:
    def broken(events: ak.Array) -> None:
        raise ValueError("no muons anywhere")

    with pytest.raises(RunError):
        run_live(fileset, broken)
    run = casa_lab.runs()[0]
    with pytest.raises(RunError, match=r"'broken' is failed: .*no muons anywhere"):
        run.result()
    with pytest.raises(Conflict, match="has no result"):
        run.result(partial=True)
    # Only the kernel had its processor.
    assert not manager.get(run.id).code_kept
    with pytest.raises(Conflict, match="Run its cell again"):
        run.resume()
    manager.delete(run.id)
    for ask in (run.result, run.wait, lambda: run.state):
        with pytest.raises(NotFound):
            ask()


def test_runs_are_listed_and_found_again(
    run_live: Process, client: Client, fileset: dict[str, Any]
) -> None:
    for name in ("<b>Spring</b>", "Autumn"):
        run_live(fileset, sums, LiveExecutor(client, name=name, status=False))
        manager.label(newest_run().id, NewLabels(tags=["season"]))
    second, first = found = casa_lab.runs(tag="season")
    assert (first.name, second.name) == ("<b>Spring</b>", "Autumn")
    assert list(found[1:]) == [first]
    assert first.id in repr(found)
    assert "&lt;b&gt;Spring" in found._repr_html_()
    assert list(casa_lab.runs("spring", state="done")) == [first]
    assert casa_lab.run("Autumn") == casa_lab.run(second.id[-9:]) == casa_lab.run(second.id)
    assert repr(casa_lab.runs("nothing like it")) == "No such runs."
    for unknown in ("Winter", ""):
        with pytest.raises(NotFound, match="lists what there is"):
            casa_lab.run(unknown)
    with pytest.raises(BadInput, match=r"Field 'state\b"):
        casa_lab.runs(state="asleep")


@pytest.fixture
def no_drivers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Runs are made, and nobody works on them."""
    monkeypatch.setattr(manager, "start_detached", lambda *_: 0)


@pytest.mark.usefixtures("no_drivers")
def test_what_lies_in_a_file_stays_there(
    cluster: Cluster, fileset: dict[str, Any], gate: Gate
) -> None:
    reference = gate.reference
    run = casa_lab.launch(
        reference.location,
        fileset,
        cluster.id,
        arguments=reference.arguments,
        maxchunks=1,
        column_bytes=10**6,
    )
    found = manager.get(run.id)
    assert (found.processor, found.schema_name) == (reference, "BaseSchema")
    assert (found.door, found.code_kept) == ("notebook", True)
    assert details(run.id).sources[0].path == "gated.py"
    assert (details(run.id).maxchunks, details(run.id).column_bytes) == (1, 10**6)


def test_a_run_continues_another_one(
    cluster: Cluster, fileset: dict[str, Any], gate: Gate, expected: Any
) -> None:
    gate.open()
    name = next(iter(fileset))
    code = {"processor": gate.reference.location, "arguments": gate.reference.arguments}
    older = casa_lab.launch(
        fileset={name: fileset[name]}, cluster=cluster.id, chunksize=CHUNK, **code
    )
    counted = set(older.result()["chunks"])
    run = casa_lab.launch(fileset=fileset, cluster=cluster.id, continues=older, **code)
    assert_same_accumulator(run.result(), expected)
    assert {gate.calls()[chunk] for chunk in counted} == {1}

    with pytest.raises(Conflict, match="and this one was made in a notebook"):
        casa_lab.launch(gate.processor(), fileset, cluster.id, continues=older.id)


def test_a_fileset_is_whatever_coffea_takes_a_file_or_a_name(
    fileset: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "fileset.json").write_text(json.dumps(fileset))
    for given in (fileset, "fileset.json", Path("fileset.json"), ["signal", "background"]):
        assert resolve_fileset(given) == fileset
    signal = {"signal": fileset["signal"]}
    files = tuple(Path(path) for path in fileset["signal"]["files"])
    metadata = {"xsec": ak.to_numpy(ak.Array([fileset["signal"]["metadata"]["xsec"]]))[0]}
    for given, tree in (
        ("signal", None),
        ({"signal": {"files": files, "metadata": metadata}}, "Events"),
        ({"signal": {"files": list(files), "treename": "Events", "metadata": metadata}}, None),
    ):
        assert resolve_fileset(given, tree) == signal
        assert json.loads(json.dumps(resolve_fileset(given, tree))) == signal


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"processor": threading.Lock()}, "is not a processor: give an instance"),
        ({"processor": 3}, "An int is not a processor"),
        ({"processor": Gate}, r"Gate is a class: make a processor of it, Gate\(\.\.\.\)"),
        ({"processor": "analysis"}, "does not name a processor"),
        ({"processor": "no/such.py:Analysis"}, "such.py cannot be read"),
        ({"processor": "analysis/module:Name"}, r"Does it lack its \.py"),
        ({"arguments": {"x": 1}}, "'arguments' go with the location"),
        ({"fileset": 3}, "This is not a fileset"),
        ({"fileset": []}, "This is not a fileset"),
        ({"fileset": {}}, "names no dataset"),
        ({"fileset": {"files": ["a.root"]}}, "'files' stands at the top"),
        ({"fileset": {"data": {"file": {}}}}, "Did you mean 'files'"),
        (
            {"fileset": {"data": {"files": {"a.root": "t"}, "metadata": {"f": sums}}}},
            "must be plain numbers",
        ),
        ({"fileset": "no/such.json"}, "There is no fileset"),
        ({"fileset": "events.root"}, "a fileset names datasets"),
        ({"fileset": "Nonesuch"}, "There is no dataset 'Nonesuch'"),
        ({"cluster": "nonesuch"}, "There is no cluster 'nonesuch'. There are: "),
        ({"cluster": 3}, "3 is no cluster"),
        ({"schema": "NoSchema"}, "Coffea has no schema"),
        ({"schema": int}, "is not a schema"),
        ({"chunksize": 0}, r"Field 'chunksize\b"),
        ({"chunksize": "many"}, r"Field 'chunksize\b"),
        ({"maxchunks": 0}, "'maxchunks' must be 1 or more"),
        ({"column_bytes": 0}, "'column_bytes' must be 1 or more"),
        ({"name": "x" * 501}, r"Field 'name\b"),
        ({"tags": [""]}, r"Field 'tags\b"),
    ],
)
def test_bad_input_is_a_sentence_and_starts_nothing(
    cluster: Cluster,
    fileset: dict[str, Any],
    change: dict[str, Any],
    sentence: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    before = set(runs_dir().iterdir())
    wanted = {"processor": sums, "fileset": fileset, "cluster": cluster.id} | change
    with pytest.raises(BadInput, match=sentence):
        casa_lab.launch(**wanted)
    assert set(runs_dir().iterdir()) == before


def test_what_cannot_be_pickled_is_named(cluster: Cluster, fileset: dict[str, Any]) -> None:
    lock = threading.Lock()

    def guarded(events: ak.Array) -> dict[str, int]:
        with lock:
            return {"n": len(events)}

    with pytest.raises(BadInput, match=r"guarded cannot be sent away .*cannot pickle '_thread"):
        casa_lab.launch(guarded, fileset, cluster.id)


def test_a_cluster_is_named_in_many_ways(client: Client, cluster: Cluster) -> None:
    for named in (client, cluster.id, "local", "Local", cluster, None):
        assert resolve_cluster(named) == cluster.id
    with (
        LocalCluster(n_workers=0, dashboard_address=":0") as other,
        Client(other, set_as_default=False) as stranger,
        pytest.raises(BadInput, match="is not one of Casa's"),
    ):
        resolve_cluster(stranger)


def test_importing_and_listing_is_light(cluster: Cluster) -> None:
    script = (
        "import sys, casa_lab\n"
        "modules = {name.partition('.')[0] for name in sys.modules}\n"
        "assert not modules & {'rich', 'pydantic', 'IPython'}, modules\n"
        "assert 'casa_lab.runs' not in sys.modules\n"
        "from casa_lab import runs\n"
        "import casa_lab.runs.models, cloudpickle\n"
        "assert cloudpickle.loads(cloudpickle.dumps(runs)) is casa_lab.runs is runs\n"
        "repr(casa_lab.runs())\n"
        "heavy = {'dask', 'distributed', 'uproot', 'awkward', 'hist', 'coffea', 'matplotlib'}\n"
        "print(sorted(heavy & set(sys.modules)))\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert (done.stdout.strip(), done.stderr) == ("[]", "")
