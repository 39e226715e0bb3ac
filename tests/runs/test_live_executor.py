"""LiveExecutor stands in for Coffea's executors, whatever Runner is asked for."""

from __future__ import annotations

import os
import signal
import threading
from functools import partial
from pathlib import Path
from typing import Any

import awkward as ak
import hist
import numpy as np
import pytest
from coffea.nanoevents import BaseSchema
from coffea.processor import IterativeExecutor, Runner
from coffea.util import load
from comparison import assert_same_accumulator
from distributed import Client
from patience import wait_until

from casa_lab.folders.journal import read_journal
from casa_lab.histograms.snapshot import read_histogram, read_index
from casa_lab.runs import manager
from casa_lab.runs.driving.executor import LiveExecutor
from casa_lab.runs.errors import RunError
from casa_lab.runs.folder import open_run

from .conftest import CHUNK, EVENTS, FILES, Process, newest_run, run_plainly, write_file
from .gates import Gate
from .partial import assert_partial


def count(events: ak.Array) -> dict[str, Any]:
    return {"events": len(events), "xsec": {events.metadata["xsec"]}}


def scaled(events: ak.Array, factor: float) -> dict[str, float]:
    return {"sum": factor * float(ak.sum(events.x))}


def test_a_run_is_what_plain_coffea_makes_of_it(
    run_live: Process, fileset: dict[str, Any], gate: Gate, expected: Any
) -> None:
    gate.open()
    output = run_live(fileset, gate.processor())
    assert_same_accumulator(output, expected)
    assert set(gate.calls().values()) == {1}

    run = newest_run()
    assert (run.name, run.door, run.state, run.message) == ("Gated", "notebook", "done", "Done.")
    assert run.progress.events_done == run.progress.events_total == FILES * EVENTS
    assert not run.resumable
    folder = open_run(run.id)
    assert_same_accumulator(load(folder.result), expected)
    index = read_index(folder.histograms)
    assert index.final
    assert index.fractions == {"signal": 1.0, "background": 1.0}
    values = read_histogram(folder.histograms, "x")["storage"]["values"]
    np.testing.assert_allclose(np.sum(values), expected["x"].sum(flow=True).value)
    states = [entry["event"] for entry in read_journal(folder.journal)]
    assert states == ["queued", "preparing", "running", "finishing", "done"]


def test_repeated_runs_agree_to_the_bit(
    run_live: Process, fileset: dict[str, Any], gate: Gate
) -> None:
    gate.open()
    one, other = (run_live(fileset, gate.processor()) for _ in range(2))
    assert one["sum_w"].hex() == other["sum_w"].hex()
    assert one["x"].view(flow=True).tobytes() == other["x"].view(flow=True).tobytes()


@pytest.mark.parametrize(
    ("processor", "name"),
    [(count, "count"), (partial(scaled, factor=2.0), "scaled"), (lambda e: {"n": len(e)}, None)],
)
def test_functions_are_processors_and_name_their_runs(
    run_live: Process, fileset: dict[str, Any], processor: Any, name: str | None
) -> None:
    output = run_live(fileset, processor)
    assert_same_accumulator(output, run_plainly(fileset, processor))
    assert newest_run().name == (name or "processor")


def test_a_run_takes_the_name_it_is_given(
    run_live: Process, client: Client, fileset: dict[str, Any]
) -> None:
    run_live(fileset, count, LiveExecutor(client, status=False, name="First look"))
    assert newest_run().name == "First look"


def test_the_chunk_size_of_a_run_is_that_of_runner(
    run_live: Process, fileset: dict[str, Any]
) -> None:
    run_live(fileset, count, chunksize=15)
    assert open_run(newest_run().id).spec().chunksize == 15


def test_metrics_are_those_of_coffea(run_live: Process, fileset: dict[str, Any]) -> None:
    output, metrics = run_live(fileset, count, savemetrics=True)
    plain, expected = run_plainly(fileset, count, savemetrics=True)
    assert_same_accumulator(output, plain)
    assert set(metrics) == set(expected)
    for key in ("entries", "chunks"):
        assert metrics[key] == expected[key]
    # A file stays open for its next chunk, so that less is read.
    assert 0 < metrics["bytesread"] < expected["bytesread"]
    assert set(metrics["columns"]) == set(expected["columns"])
    assert newest_run().progress.bytes_read == metrics["bytesread"]


def test_results_and_options_of_runner_work(run_live: Process, fileset: dict[str, Any]) -> None:
    result = run_live(fileset, count, use_result_type=True, skipbadfiles=True)
    assert result.is_ok()
    assert result.unwrap()["events"] == FILES * EVENTS
    limited = run_live(fileset, count, maxchunks=1, align_clusters=True)
    assert limited == run_plainly(fileset, count, maxchunks=1, align_clusters=True)


def test_premade_chunks_run_as_often_as_one_likes(
    client: Client, run_live: Process, fileset: dict[str, Any]
) -> None:
    executor = LiveExecutor(client, status=False)
    runner = Runner(executor, schema=BaseSchema, chunksize=CHUNK, metadata_cache={})
    chunks = list(runner.preprocess(fileset))
    for some in (chunks, chunks[:3], chunks):
        output = runner.run(some, count)
        assert output["out"]["events"] == CHUNK * len(some)


def test_parquet_is_read_too(run_live: Process, tmp_path: Path) -> None:
    path = tmp_path / "some.parquet"
    ak.to_parquet(ak.Array({"x": np.linspace(0, 1, 50)}), path)
    missing = tmp_path / "missing.parquet"
    fileset = {"data": {"files": {str(path): "Events"}, "metadata": {"xsec": 1}}}
    processor = partial(scaled, factor=1.0)
    output = run_live(fileset, processor, format="parquet")
    assert_same_accumulator(output, run_plainly(fileset, processor, format="parquet"))
    fileset["data"]["files"][str(missing)] = "Events"
    with pytest.warns(UserWarning, match=r"There is no file .*missing\.parquet"):
        assert_same_accumulator(run_live(fileset, processor, format="parquet"), output)


def test_a_file_without_events_is_no_failure(run_live: Process, tmp_path: Path) -> None:
    for name, events in (("empty", 0), ("full", EVENTS)):
        write_file(tmp_path / f"{name}.root", 1, events)
    files = {str(tmp_path / f"{name}.root"): "Events" for name in ("empty", "full")}
    fileset = {"data": {"files": files, "metadata": {"xsec": 1}}}
    output = run_live(fileset, count)
    assert output == run_plainly(fileset, count)
    assert newest_run().progress.chunks_failed == 0


def test_metadata_may_be_anything(run_live: Process, fileset: dict[str, Any]) -> None:
    odd = {
        "xsec": np.float32(2.5),
        "runs": {1, 2},
        "path": Path("/data"),
        7: b"\xff",
        "nested": {"array": np.arange(3)},
    }
    name, dataset = next(iter(fileset.items()))
    output = run_live({name: {**dataset, "metadata": odd}}, count)
    assert output["xsec"] == {np.float32(2.5)}
    spec = open_run(newest_run().id).spec()
    assert spec.fileset[name]["metadata"]["path"] == "/data"


def test_what_coffea_did_not_make_runs_on_dask(client: Client) -> None:
    executor = LiveExecutor(client, status=False)
    output, _ = executor([1, 2, 3], lambda number: {"sum": number}, None)
    assert output == {"sum": 6}


def test_without_a_client_a_sentence_says_what_to_do(
    run_live: Process, fileset: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("distributed.client._get_global_client", lambda: None)
    with pytest.raises(RunError, match=r"There is no Dask client\. Give one"):
        run_live(fileset, count, LiveExecutor(status=False))


def test_a_repaired_file_is_looked_at_again_with_its_metadata(
    run_live: Process, client: Client, tmp_path: Path
) -> None:
    path = tmp_path / "late.root"
    path.write_bytes(b"")
    write_file(tmp_path / "good.root", 1)
    files = {str(tmp_path / "good.root"): "Events", str(path): "Events"}
    fileset = {"data": {"files": files, "metadata": {"xsec": 7.5}}}
    executor = LiveExecutor(client, status=False)
    cache: dict[Any, Any] = {}
    with pytest.warns(UserWarning, match="1 of 3 chunks failed"):
        output = run_live(fileset, count, executor, metadata_cache=cache)
    assert output["events"] == EVENTS
    assert [failure.file for failure in executor.failures] == [str(path)]
    write_file(path, 2)
    output = run_live(fileset, count, executor, metadata_cache=cache)
    assert output == {"events": 2 * EVENTS, "xsec": {7.5}}
    assert not executor.failures


def test_plain_coffea_does_not_take_an_unreadable_file_for_an_empty_one(
    client: Client, tmp_path: Path
) -> None:
    path = tmp_path / "empty.root"
    path.write_bytes(b"")
    cache: dict[Any, Any] = {}
    fileset = {"data": {"files": {str(path): "Events"}}}
    options: dict[str, Any] = {"schema": BaseSchema, "metadata_cache": cache}
    list(Runner(LiveExecutor(client, status=False), **options).preprocess(fileset))
    with pytest.raises(Exception, match="Failed to open file"):
        Runner(IterativeExecutor(status=False), **options)(fileset, count)


def interrupt_when(condition: Any, times: int = 1) -> threading.Thread:
    """Press Ctrl-C once a condition holds."""

    def press() -> None:
        wait_until(condition, "a moment to press Ctrl-C")
        for _ in range(times):
            os.kill(os.getpid(), signal.SIGINT)

    thread = threading.Thread(target=press)
    thread.start()
    return thread


def has_counted(chunks: int) -> bool:
    """Tell whether the run that goes on has counted so many chunks."""
    return any(
        run.state == "running" and run.progress.chunks_done >= chunks for run in manager.list_runs()
    )


def open_after(gate: Gate, chunks: int) -> None:
    wait_until(lambda: has_counted(chunks), "a batch")
    gate.open()


def test_ctrl_c_leaves_a_valid_partial_result(
    run_live: Process, fileset: dict[str, Any], gate: Gate
) -> None:
    gate.allow(5)
    presser = interrupt_when(lambda: has_counted(2))
    with (
        pytest.raises(KeyboardInterrupt, match="What was counted is in"),
        pytest.warns(UserWarning, match="The run was stopped"),
    ):
        run_live(fileset, gate.processor())
    presser.join()
    assert_partial(newest_run().id, "stopped")
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_ctrl_c_before_anything_is_counted_is_a_stop_as_well(
    run_live: Process, fileset: dict[str, Any], gate: Gate
) -> None:
    presser = interrupt_when(lambda: gate.calls().total() > 0)
    with pytest.raises(KeyboardInterrupt):
        run_live(fileset, gate.processor())
    presser.join()
    run = newest_run()
    assert run.state == "stopped"
    assert run.message == "The run was stopped before anything was processed."
    assert not open_run(run.id).result.exists()


def test_a_stop_from_the_sidebar_returns_the_partial_result(
    run_live: Process, fileset: dict[str, Any], gate: Gate
) -> None:
    gate.allow(5)

    def stop() -> None:
        wait_until(lambda: has_counted(2), "a batch")
        manager.stop(newest_run().id)

    stopper = threading.Thread(target=stop)
    stopper.start()
    with pytest.warns(UserWarning, match=r"The run was stopped: the result holds \d+ of 240"):
        output = run_live(fileset, gate.processor())
    stopper.join()
    assert_same_accumulator(assert_partial(newest_run().id, "stopped"), output)


def test_fail_fast_raises_and_keeps_what_it_had(
    run_live: Process, client: Client, fileset: dict[str, Any], gate: Gate
) -> None:
    last = Path(list(fileset["signal"]["files"])[-1]).stem
    breaks = f"signal-{last}-0"
    # The batch that breaks is let through once another one is counted.
    gate.allow(5)
    opener = threading.Thread(target=lambda: open_after(gate, 2))
    opener.start()
    executor = LiveExecutor(client, status=False, fail_fast=True)
    with pytest.raises(RunError, match=r"first failure: The processor raised ValueError: no muons"):
        run_live(fileset, gate.processor(breaks), executor)
    opener.join()
    output = assert_partial(newest_run().id, "failed")
    assert breaks not in output["chunks"]
    assert len(executor.failures) == 1


def test_a_full_disk_does_not_take_the_result_away(
    run_live: Process, fileset: dict[str, Any], gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fill(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("coffea.util.save", fill)
    gate.open()
    output = run_live(fileset, gate.processor())
    assert sum(output["events"].values()) == FILES * EVENTS
    run = newest_run()
    assert run.state == "failed"
    assert run.message.startswith("The result cannot be saved: [Errno 28] No space left")


def test_outputs_that_cannot_be_added_are_a_sentence(
    run_live: Process, fileset: dict[str, Any]
) -> None:
    with pytest.raises(RunError, match="outputs of two chunks cannot be added"):
        run_live(fileset, lambda events: {"x": [1] if "signal" in str(events.metadata) else 1})
    assert newest_run().state == "failed"


def test_the_histogram_that_cannot_be_added_is_named(
    run_live: Process, fileset: dict[str, Any]
) -> None:
    def process(events: Any) -> dict[str, Any]:
        bins = 2 if "signal" in str(events.metadata) else 3
        return {"kept": {"x": hist.Hist.new.Reg(bins, 0, 1).Double()}}

    with pytest.raises(RunError, match="cannot be added: kept/x: "):
        run_live(fileset, process)


class OnlyHere:
    """A processor that can be unpickled in this process alone."""

    def __call__(self, events: Any) -> Any:
        return {"events": len(events)}

    def __reduce__(self) -> Any:
        return load_only_in, (os.getpid(),)


def load_only_in(process: int) -> OnlyHere:
    if os.getpid() != process:
        raise ModuleNotFoundError("No module named 'corrections'")
    return OnlyHere()


def test_a_processor_that_the_workers_cannot_load_fails_at_once(
    run_live: Process, fileset: dict[str, Any]
) -> None:
    with pytest.raises(RunError, match="The workers cannot load the processor: ModuleNotFound"):
        run_live(fileset, OnlyHere())
    assert newest_run().state == "failed"
