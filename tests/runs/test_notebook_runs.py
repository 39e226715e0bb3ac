"""Runs that a notebook launches: what it holds of them, and what is left without it."""

from __future__ import annotations

import asyncio
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
from casa_lab.clusters.connect import connect
from casa_lab.clusters.models import Cluster
from casa_lab.errors import BadInput, CasaError, Conflict, NotFound
from casa_lab.folders import runs_dir
from casa_lab.notebook.handle import RunHandle
from casa_lab.notebook.watching import INTERVAL_SECONDS
from casa_lab.runs import manager
from casa_lab.runs.errors import RunError, RunStopped
from casa_lab.runs.failures import recovery
from casa_lab.runs.history import again
from casa_lab.runs.history.details import details

from .conftest import CHUNK, EVENTS, FILES, newest_run, run_plainly
from .gates import Gate, wait_for, wait_for_end


def launch(processor: Any, fileset: Any, cluster: Cluster | None, **options: Any) -> RunHandle:
    options = {"chunksize": CHUNK} | options
    return casa_lab.launch(processor, fileset, cluster and cluster.id, **options)


def sums(events: ak.Array) -> dict[str, Any]:
    return {events.metadata["dataset"]: {"x": float(ak.sum(events.x)), "n": len(events)}}


def test_a_run_is_followed_and_gives_the_same_as_coffea(
    cluster: Cluster, fileset: dict[str, Any], gate: Gate, expected: Any
) -> None:
    run = launch(gate.processor(), fileset, cluster, name="By hand", tags=["a", "a"], note="why")
    assert run.id == newest_run().id
    assert (run.name, run.state) == ("By hand", "queued")
    assert run.histograms() == {}
    assert not run.wait(timeout=0)
    with pytest.raises(TimeoutError, match="it goes on"):
        run.result(timeout=0)

    gate.allow(5)
    wait_for(run.id, lambda found: found.histograms_sequence > 0, "a snapshot")
    progress = run.progress
    assert 0 < progress.events_done < FILES * EVENTS == progress.events_total
    assert progress.fraction == progress.events_done / progress.events_total
    assert set(progress.datasets) == set(fileset)
    assert f"{progress.events_done} of 240 events" in repr(progress)
    assert "'By hand'" in repr(run)
    partial = run.histograms()["x"]
    assert 0 < partial.sum(flow=True).variance < expected["x"].sum(flow=True).variance

    run.pause()
    wait_for(run.id, lambda found: found.state == "paused", "the pause")
    run.resume()
    gate.open()
    assert_same_accumulator(run.result(), expected)
    assert run.wait(timeout=0)
    assert run.histograms()["x"] == expected["x"]
    assert (run.state, run.progress.fraction) == ("done", 1.0)
    assert "100 %" in repr(run.progress)
    assert (len(run.failures()), repr(run.failures())) == (0, "No failures.")
    found = manager.get(run.id)
    assert (found.door, found.code_kept, found.tags, found.note) == ("notebook", True, ["a"], "why")
    # What another Casa, or the sidebar, makes of it: the same, without this process.
    second = again.rerun(run.id, "sidebar")
    assert_same_accumulator(casa_lab.run(second.id).result(), expected)


def test_a_run_is_awaited_while_the_event_loop_is_free(
    cluster: Cluster, fileset: dict[str, Any], gate: Gate, expected: Any
) -> None:
    run = launch(gate.processor(), fileset, cluster)
    turns = 0

    async def open_the_gate() -> None:
        nonlocal turns
        while not gate.calls():
            turns += 1
            await asyncio.sleep(INTERVAL_SECONDS)
        gate.open()

    async def both() -> Any:
        output, _ = await asyncio.gather(run, open_the_gate())
        return output

    assert_same_accumulator(asyncio.run(both()), expected)
    assert turns


def test_a_run_that_is_stopped_has_what_was_counted(
    cluster: Cluster, fileset: dict[str, Any], gate: Gate, expected: Any
) -> None:
    run = launch(gate.processor(), fileset, cluster)
    gate.allow(5)
    wait_for(run.id, lambda found: found.progress.chunks_done >= 2, "a batch")
    run.stop()
    with pytest.raises(RunStopped, match=r"run\.result\(partial=True\) returns what was counted"):
        run.result()
    with pytest.raises(RunStopped):
        asyncio.run(_awaited(run))
    counted = run.result(partial=True)
    assert 0 < sum(counted["events"].values()) < FILES * EVENTS
    gate.open()
    run.resume()
    assert_same_accumulator(run.result(), expected)


async def _awaited(run: RunHandle) -> Any:
    return await run


def test_a_function_and_a_schema_of_ones_own(cluster: Cluster, fileset: dict[str, Any]) -> None:
    class Doubled(BaseSchema):
        """Not one of Coffea's."""

        __dask_capable__ = False

    offset = 3

    def shifted(events: ak.Array) -> dict[str, float]:
        return {events.metadata["dataset"]: float(ak.sum(events.x) + offset)}

    run = launch(shifted, fileset, cluster, schema=Doubled)
    assert run.result() == run_plainly(fileset, shifted)
    found = manager.get(run.id)
    assert (found.processor.location, found.schema_name) == ("notebook:shifted", "Doubled")


def test_what_lies_in_a_file_stays_there(
    cluster: Cluster, fileset: dict[str, Any], gate: Gate, expected: Any
) -> None:
    gate.open()
    reference = gate.reference
    run = launch(reference.location, fileset, cluster, arguments=reference.arguments)
    assert_same_accumulator(run.result(), expected)
    assert manager.get(run.id).processor == reference
    assert details(run.id).sources[0].path == "gated.py"


def test_failures_are_listed_looked_into_and_retried(
    cluster: Cluster, fileset: dict[str, Any], gate: Gate, expected: Any
) -> None:
    gate.open()
    last = Path([*fileset["signal"]["files"]][-1])
    hidden = last.rename(last.with_suffix(".hidden"))
    try:
        run = launch(gate.processor(breaks="background-0-20"), fileset, cluster)
        with pytest.warns(UserWarning, match=r"2 of \d+ chunks failed"):
            run.result()
    finally:
        hidden.rename(last)
    failures = run.failures()
    assert (len(failures), failures.chunks) == (2, 2)
    assert {group.kind for group in failures} == {"file missing", "processor error"}
    assert "no muons here" in repr(failures)
    assert "<table>" in failures._repr_html_()
    broken = next(group for group in failures if group.kind == "processor error")
    with pytest.raises(ValueError, match="no muons here"):
        exec(broken.example.code, {})
    recovery.retry(run.id)
    again_failed = wait_for_end(run.id)
    assert again_failed.progress.chunks_failed == 1


def test_a_run_that_fails_says_so(cluster: Cluster, fileset: dict[str, Any]) -> None:
    def broken(events: ak.Array) -> None:
        raise ValueError("no muons anywhere")

    run = launch(broken, fileset, cluster, fail_fast=True)
    with pytest.raises(RunError, match=r"is failed: .*no muons anywhere"):
        run.result()
    with pytest.raises(CasaError):
        run.result(partial=True)
    manager.delete(run.id)
    for ask in (run.result, run.wait, lambda: run.state):
        with pytest.raises(NotFound):
            ask()


def test_runs_are_listed_and_found_again(cluster: Cluster, fileset: dict[str, Any]) -> None:
    first = launch(sums, fileset, cluster, name="<b>Spring</b>", tags=["season"])
    second = launch(sums, fileset, cluster, name="Autumn", tags="season", maxchunks=1)
    first.wait()
    second.wait()
    found = casa_lab.runs(tag="season")
    assert list(found) == [second, first]
    assert list(found[1:]) == [first]
    assert "Autumn" in repr(found)
    assert "&lt;b&gt;Spring" in found._repr_html_()
    assert list(casa_lab.runs("spring", state="done")) == [first]
    assert casa_lab.run("Autumn") == casa_lab.run(second.id[-9:]) == casa_lab.run(second.id)
    assert repr(casa_lab.runs("nothing like it")) == "No such runs."
    with pytest.raises(NotFound, match="lists what there is"):
        casa_lab.run("Winter")
    with pytest.raises(BadInput, match="'state' cannot be used"):
        casa_lab.runs(state="asleep")


def test_a_fileset_is_a_file_or_named(
    cluster: Cluster, fileset: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import json

    monkeypatch.chdir(tmp_path)
    (tmp_path / "fileset.json").write_text(json.dumps(fileset))
    everything = run_plainly(fileset, sums)
    assert launch(sums, "fileset.json", cluster, schema=BaseSchema).result() == everything
    named = launch(sums, "signal", cluster, schema="BaseSchema")
    assert named.result() == {"signal": everything["signal"]}
    # Whatever Coffea takes: tuples and paths, and the tree apart.
    files = tuple(Path(path) for path in fileset["signal"]["files"])
    apart = launch(sums, {"signal": files}, cluster, schema=BaseSchema, treename="Events")
    assert apart.result() == named.result()


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
        ({"fileset": {"data": {"files": {}, "metadata": {"f": sums}}}}, "plain numbers|no files"),
        ({"fileset": "no/such.json"}, "There is no fileset"),
        ({"fileset": "events.root"}, "a fileset names datasets"),
        ({"fileset": "Nonesuch"}, "There is no dataset 'Nonesuch'"),
        ({"cluster": "nonesuch"}, "There is no cluster 'nonesuch'. There are: "),
        ({"cluster": 3}, "3 is no cluster"),
        ({"schema": "NoSchema"}, "Coffea has no schema"),
        ({"schema": int}, "is not a schema"),
        ({"chunksize": 0}, "'chunksize' cannot be used"),
        ({"chunksize": "many"}, "'chunksize' cannot be used"),
        ({"maxchunks": 0}, "'maxchunks' must be 1 or more"),
        ({"name": "x" * 501}, "'name' cannot be used"),
        ({"tags": [""]}, "'tags' cannot be used"),
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
        launch(guarded, fileset, cluster)


def test_a_cluster_is_named_in_many_ways(cluster: Cluster, fileset: dict[str, Any]) -> None:
    client = connect(cluster.id)
    try:
        for named in (client, "local", "Local", cluster, None):
            run = casa_lab.launch(sums, fileset, named, schema=BaseSchema)
            assert manager.get(run.id).cluster == cluster.id
            run.stop()
    finally:
        client.close()
    with (
        LocalCluster(n_workers=0, dashboard_address=None) as other,
        Client(other, set_as_default=False) as stranger,
        pytest.raises(BadInput, match="is not one of Casa's"),
    ):
        casa_lab.launch(sums, fileset, stranger)
    for run in casa_lab.runs():
        run.wait()


def test_a_run_of_a_kernel_without_code_is_not_continued(
    run_live: Any, fileset: dict[str, Any], gate: Gate
) -> None:
    gate.open()
    with pytest.warns(UserWarning, match="failed"):
        run_live(fileset, gate.processor(breaks="background-0-20"))
    run = casa_lab.runs()[0]
    assert not manager.get(run.id).code_kept
    with pytest.raises(Conflict, match="Run its cell again"):
        run.resume()
    with pytest.raises(Conflict, match="Run its cell again"):
        again.rerun(run.id, "sidebar")


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
