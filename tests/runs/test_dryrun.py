"""Dry runs on the real cluster: what they measure, and what they say of errors."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import awkward as ak
import pytest
from coffea import processor
from coffea.nanoevents import BaseSchema
from distributed import Client, LocalCluster
from patience import wait_until

import casa_lab
from casa_lab.clusters.models import Cluster
from casa_lab.errors import BadInput
from casa_lab.forecasts import manager as forecasts
from casa_lab.forecasts.forecast import DryRun, Forecast
from casa_lab.runs import manager
from casa_lab.runs.errors import RunError
from casa_lab.runs.models import NewRun, ProcessorReference

from .conftest import CHUNK, EVENTS, FILES, write_file
from .gates import Gate


def try_out(what: Any, fileset: Any, client: Client, **options: Any) -> Forecast:
    options = {"schema": BaseSchema, "chunksize": CHUNK} | options
    return casa_lab.dry_run(what, fileset, client, **options)


def mean(events: ak.Array) -> dict[str, float]:
    return {"sum": float(ak.sum(events.x))}


def test_a_limit_of_chunks_is_one_of_the_run_that_is_forecast(
    client: Client, fileset: dict[str, Any], gate: Gate
) -> None:
    gate.open()
    forecast = try_out(gate.processor(), fileset, client, maxchunks=2)
    for found in forecast.datasets.values():
        assert (found.files, found.chunks, found.events) == (FILES // 2, 2, 2 * CHUNK)


@pytest.mark.parametrize("empty", [{}, {"dy": {"files": {}}}])
def test_without_files_there_is_nothing_to_try(client: Client, empty: dict[str, Any]) -> None:
    with pytest.raises(BadInput, match="names no files"):
        try_out(mean, empty, client)


def test_one_chunk_of_each_dataset_is_processed_and_no_run_is_made(
    client: Client, fileset: dict[str, Any], gate: Gate
) -> None:
    gate.open()
    before = manager.list_runs()
    forecast = try_out(gate.processor(), fileset, client)
    assert manager.list_runs() == before
    # Each is tried once for errors, and once to be measured.
    assert gate.calls().total() == 2 * len(fileset)
    assert set(forecast.datasets) == set(fileset)
    for found in forecast.datasets.values():
        assert (found.files, found.events) == (FILES // 2, FILES // 2 * EVENTS)
        assert (found.chunk_events, found.chunks) == (CHUNK, FILES // 2 * EVENTS // CHUNK)
        assert found.columns == ["w", "x"]
        assert found.bytes_per_event > 0
        assert found.rate_khz > 0
        assert found.peak_memory_bytes > 10_000_000
        assert found.failures == []
    assert (forecast.workers, forecast.threads) == (2, sum(client.nthreads().values()))
    assert forecast.memory_limit
    assert forecast.seconds
    assert forecast.best_chunksize
    assert "The whole run takes about" in repr(forecast)


def test_only_what_is_touched_counts_as_read(client: Client, fileset: dict[str, Any]) -> None:
    forecast = try_out(mean, fileset, client)
    assert [found.columns for found in forecast.datasets.values()] == [["x"], ["x"]]


def test_few_of_many_files_are_opened(client: Client, tmp_path: Path) -> None:
    # The others do not even exist.
    for number, events in ((0, 20), (4, 40), (9, 60)):
        write_file(tmp_path / f"{number}.root", number, events)
    files = {str(tmp_path / f"{number}.root"): "Events" for number in range(10)}
    found = try_out(mean, {"data": {"files": files}}, client).datasets["data"]
    assert (found.files, found.files_looked_at, found.failures) == (10, 3, [])
    assert found.events == 400


def test_errors_of_the_processor_show_with_its_own_lines(
    client: Client, fileset: dict[str, Any]
) -> None:
    def broken(events: ak.Array) -> dict[str, Any]:
        return {"sum": ak.sum(events.nonesuch)}

    forecast = try_out(broken, fileset, client)
    assert {failure.dataset for failure in forecast.failures} == set(fileset)
    assert forecast.predictions == []
    (failure, _) = forecast.failures
    assert failure.kind == "processor error"
    assert "nonesuch" in failure.cause
    assert "ak.sum(events.nonesuch)" in failure.traceback
    assert "casa_lab/reading" not in failure.traceback
    assert "ak.sum(events.nonesuch)" in repr(forecast)


def test_one_dataset_may_fail_and_the_others_are_forecast(
    client: Client, fileset: dict[str, Any], tmp_path: Path
) -> None:
    missing = {"gone": {"files": {str(tmp_path / "missing.root"): "Events"}}}
    forecast = try_out(mean, {**fileset, **missing}, client)
    (failure,) = forecast.failures
    assert (failure.dataset, failure.kind) == ("gone", "file missing")
    assert forecast.datasets["gone"].events == 0
    assert forecast.datasets["signal"].chunk_events == CHUNK
    assert forecast.seconds


class Unfinished(processor.ProcessorABC):
    def process(self, events: ak.Array) -> dict[str, int]:
        return {"events": len(events)}

    def postprocess(self, accumulator: Any) -> Any:
        return accumulator["muons"]


def test_an_error_at_the_end_shows_at_the_beginning(
    client: Client, fileset: dict[str, Any]
) -> None:
    forecast = try_out(Unfinished(), fileset, client)
    assert forecast.warnings[0].startswith("postprocess() raised KeyError: 'muons'")
    assert forecast.seconds


def launched(processor: ProcessorReference, fileset: Any, cluster: Cluster) -> DryRun:
    new = NewRun(processor=processor, datasets=list(fileset), chunksize=CHUNK)
    begun = forecasts.launch(new, fileset, cluster.id)
    return wait_until(lambda: _ended(begun.id), "the end of the dry run")


def _ended(dry_run: str) -> DryRun | None:
    found = forecasts.get(dry_run)
    return None if found.state == "running" else found


def test_a_launched_dry_run_leaves_its_forecast(
    cluster: Cluster, fileset: dict[str, Any], gate: Gate
) -> None:
    gate.open()
    done = launched(gate.reference, fileset, cluster)
    assert (done.state, done.message) == ("done", "Done.")
    assert done.forecast is not None
    assert done.forecast.datasets["signal"].chunk_events == CHUNK
    assert gate.calls().total() == 2 * len(fileset)


def test_a_launched_dry_run_ends_when_nobody_wants_it_any_more(
    cluster: Cluster, fileset: dict[str, Any], gate: Gate
) -> None:
    new = NewRun(processor=gate.reference, datasets=list(fileset), chunksize=CHUNK)
    begun = forecasts.launch(new, fileset, cluster.id)
    wait_until(gate.calls, "the first chunk")
    forecasts.cancel(begun.id)
    ended = wait_until(lambda: _ended(begun.id), "the end of the dry run")
    assert (ended.state, ended.message) == ("failed", "The dry run was cancelled.")


def test_a_launched_dry_run_tells_why_it_failed(
    cluster: Cluster, fileset: dict[str, Any], tmp_path: Path
) -> None:
    code = tmp_path / "unready.py"
    code.write_text("import no_such_module\n\nclass Unready: ...\n")
    failed = launched(ProcessorReference(location=f"{code}:Unready"), fileset, cluster)
    assert (failed.state, failed.forecast) == ("failed", None)
    assert "there is no module 'no_such_module' (line 1)" in failed.message


def test_without_workers_it_says_so(fileset: dict[str, Any]) -> None:
    with (
        LocalCluster(n_workers=0, dashboard_address=":0") as cluster,
        Client(cluster, set_as_default=False) as client,
        pytest.raises(RunError, match="no workers yet"),
    ):
        try_out(mean, fileset, client)
