"""What Coffea's Runner can be asked for gives the same through LiveExecutor as without Casa.

``test_live_executor.py`` has the rest: metrics, Parquet, functions, premade chunks.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import awkward as ak
import numpy as np
import pytest
import uproot
from coffea.nanoevents import BaseSchema, NanoAODSchema
from coffea.nanoevents.trace import trace
from coffea.processor import (
    Err,
    IterativeExecutor,
    Ok,
    ProcessorABC,
    Runner,
    SimpleCheckpointer,
)
from comparison import assert_same_accumulator
from distributed import Client

from casa_lab.runs.driving.executor import LiveExecutor
from casa_lab.runs.errors import RunError

from .conftest import CHUNK, EVENTS, FILES, Process, newest_run, run_plainly, write_file


def ranges(events: ak.Array) -> dict[str, Any]:
    """Tell which chunks there were, and what was in them."""
    facts = events.metadata
    name = f"{facts['dataset']}/{Path(facts['filename']).name}"
    chunk = (facts["entrystart"], facts["entrystop"], round(float(ak.sum(events.x)), 6))
    return {"chunks": {(name, *chunk)}, "events": len(events)}


def preloaded(events: ak.Array) -> dict[str, Any]:
    """Tell which columns were read ahead."""
    arrays = events.attrs["@events_factory"]._mapping.preloaded_arrays
    return {"sum": float(ak.sum(events.x)), "preloaded": set(arrays or ())}


def hits(events: ak.Array) -> dict[str, Any]:
    high = events.Hit[events.Hit.energy > 30]
    return {"hits": int(ak.sum(ak.num(high))), "energy": float(ak.sum(high.energy))}


def fails_in_the_second_chunk(events: ak.Array) -> dict[str, Any]:
    if events.metadata["entrystart"] > 0:
        raise LookupError("no such correction")
    return {"events": len(events)}


class Scaled(ProcessorABC):
    """Has a state of its own, which postprocess() uses."""

    def __init__(self, luminosity: float) -> None:
        self.luminosity = luminosity
        self.calls = 0

    def process(self, events: ak.Array) -> dict[str, Any]:
        self.calls += 1
        return {"sum_w": float(ak.sum(events.w)), "calls": {self.calls}}

    def postprocess(self, accumulator: dict[str, Any]) -> dict[str, Any]:
        self.final = accumulator["sum_w"] * self.luminosity
        return {"scaled": self.final, **accumulator}


@pytest.mark.parametrize(
    "options",
    [
        {"chunksize": 7},
        {"chunksize": 1},
        {"chunksize": 15, "align_clusters": True},
        {"chunksize": 15, "maxchunks": 2},
        {"chunksize": 15, "align_clusters": True, "maxchunks": 1},
        {"chunksize": 15, "processor_compression": None},
    ],
    ids=str,
)
def test_chunks_are_those_of_plain_coffea(
    run_live: Process, fileset: dict[str, Any], options: dict[str, Any]
) -> None:
    assert run_live(fileset, ranges, **options) == run_plainly(fileset, ranges, **options)


def write_hits(path: Path, kind: str) -> None:
    """Write events of NanoAOD's shape."""
    rng = np.random.default_rng(1)
    counts = rng.integers(0, 5, EVENTS)
    energies = ak.unflatten(rng.uniform(10, 90, counts.sum()), counts)
    events = {
        "run": np.ones(EVENTS, np.uint32),
        "luminosityBlock": np.ones(EVENTS, np.uint32),
        "event": np.arange(EVENTS, dtype=np.uint64),
        "Hit_energy": energies,
    }
    if kind == "parquet":
        ak.to_parquet(ak.zip({**events, "nHit": counts}, depth_limit=1), path, row_group_size=15)
        return
    with uproot.recreate(path) as file:
        if kind == "rntuple":
            file.mkrntuple("Events", {**events, "nHit": counts})
        else:
            file.mktree("Events", {key: ak.type(ak.Array(events[key])) for key in events})
            file["Events"].extend(events)


@pytest.mark.parametrize("kind", ["ttree", "rntuple", "parquet"])
def test_a_schema_reads_all_formats(run_live: Process, tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"hits.{kind}"
    write_hits(path, kind)
    fileset = {"hits": {"files": {str(path): "Events"}}}
    options = {"schema": NanoAODSchema, "format": "parquet" if kind == "parquet" else "root"}
    output = run_live(fileset, hits, **options)
    assert output["hits"] > 0
    assert_same_accumulator(output, run_plainly(fileset, hits, **options))


def test_options_of_uproot_reach_the_workers(
    run_live: Process, client: Client, fileset: dict[str, Any]
) -> None:
    expected = run_plainly(fileset, ranges)
    runner = Runner(
        LiveExecutor(client, status=False), schema=BaseSchema, chunksize=CHUNK, metadata_cache={}
    )
    options = {"timeout": 30, "handler": uproot.source.file.MemmapSource}
    assert runner(fileset, ranges, uproot_options=options) == expected
    # One that cannot work shows that it is not ignored.
    with pytest.raises(RunError, match="Nothing succeeded"):
        runner(fileset, ranges, uproot_options={"handler": "no handler"})


def test_options_of_iteritems_choose_the_branches(client: Client, fileset: dict[str, Any]) -> None:
    def fields(events: ak.Array) -> dict[str, Any]:
        return {"fields": set(events.fields)}

    options: dict[str, Any] = {"schema": BaseSchema, "metadata_cache": {}}
    for executor in (IterativeExecutor(status=False), LiveExecutor(client, status=False)):
        output = Runner(executor, **options)(
            fileset, fields, iteritems_options={"filter_name": ["x"]}
        )
        assert output == {"fields": {"x"}}


@pytest.mark.parametrize("how", ["preload", "trace"])
def test_columns_are_read_ahead(client: Client, fileset: dict[str, Any], how: str) -> None:
    if how == "preload":
        fileset = {name: {**dataset, "preload": ["x"]} for name, dataset in fileset.items()}
    options: dict[str, Any] = {"schema": BaseSchema, "chunksize": CHUNK}
    outputs = [
        Runner(executor, metadata_cache={}, **options)(
            fileset, preloaded, trace=trace if how == "trace" else None
        )
        for executor in (IterativeExecutor(status=False), LiveExecutor(client, status=False))
    ]
    assert outputs[1]["preloaded"] == {"x"}
    assert_same_accumulator(outputs[1], outputs[0])


def test_postprocess_has_the_state_of_the_users_processor(
    run_live: Process, fileset: dict[str, Any]
) -> None:
    scaled = Scaled(luminosity=59.7)
    output = run_live(fileset, scaled)
    assert_same_accumulator(output, run_plainly(fileset, Scaled(luminosity=59.7)))
    # Each chunk has the processor as it was given, and postprocess() is called on that one.
    assert output["calls"] == {1}
    assert (scaled.final, scaled.calls) == (output["scaled"], 0)


@pytest.fixture
def one_bad(tmp_path: Path) -> dict[str, Any]:
    """A fileset with a file that is missing and one that is good."""
    write_file(tmp_path / "good.root", 1)
    files = {str(tmp_path / "missing.root"): "Events", str(tmp_path / "good.root"): "Events"}
    return {"data": {"files": files, "metadata": {"xsec": 1.0}}}


def test_a_result_is_an_error_with_what_there_is(run_live: Process, one_bad: Any) -> None:
    options = {"use_result_type": True, "skipbadfiles": True}
    _, (name, tree) = one_bad["data"]["files"].items()
    good = {"data": {**one_bad["data"], "files": {name: tree}}}
    result = run_live(good, ranges, **options)
    assert isinstance(result, Ok)
    complete = result.unwrap()
    assert isinstance(run_plainly(one_bad, ranges, **options), Err)
    with pytest.warns(UserWarning, match=r"There is no file .*missing\.root"):
        result = run_live(one_bad, ranges, **options)
    assert isinstance(result, Err)
    assert isinstance(result.exception.__cause__, FileNotFoundError)
    # Plain Coffea has nothing to give in this case.
    assert result.value == complete
    assert newest_run().state == "done"


def test_a_result_of_nothing_is_an_error(run_live: Process, tmp_path: Path) -> None:
    fileset = {"data": {"files": {str(tmp_path / "missing.root"): "Events"}}}
    result = run_live(fileset, ranges, use_result_type=True, skipbadfiles=True)
    assert isinstance(result, Err)
    assert str(result.exception).startswith("Nothing succeeded.")


def test_a_result_of_another_error_is_raised_with_what_there_is(
    run_live: Process, fileset: dict[str, Any]
) -> None:
    options = {"use_result_type": True, "skipbadfiles": (OSError,)}
    with (
        pytest.warns(UserWarning, match="no such correction"),
        pytest.raises(RunError, match="no such correction") as raised,
    ):
        run_live(fileset, fails_in_the_second_chunk, **options)
    assert raised.value.partial_output == {"events": FILES * CHUNK}
    assert any(isinstance(error, LookupError) for error in causes(raised.value))


def test_fail_fast_is_caused_by_what_the_processor_raised(
    run_live: Process, client: Client, fileset: dict[str, Any]
) -> None:
    executor = LiveExecutor(client, status=False, fail_fast=True)
    with pytest.raises(RunError, match="Stopped at the first failure") as raised:
        run_live(fileset, fails_in_the_second_chunk, executor)
    assert any(isinstance(error, LookupError) for error in causes(raised.value))


def causes(error: BaseException | None) -> list[BaseException]:
    chain = []
    while error is not None:
        chain.append(error)
        error = error.__cause__
    return chain


def test_bad_files_do_not_count_among_the_chunks_that_are_wanted(
    run_live: Process, client: Client, one_bad: Any
) -> None:
    options = {"maxchunks": 1, "skipbadfiles": True}
    executor = LiveExecutor(client, status=False)
    with pytest.warns(UserWarning, match=r"1 of 2 chunks failed"):
        output = run_live(one_bad, ranges, executor, **options)
    assert output == run_plainly(one_bad, ranges, **options)
    assert [failure.kind for failure in executor.failures] == ["file missing"]


@pytest.mark.parametrize("first", ["live", "plain"])
def test_checkpoints_are_taken_up(
    run_live: Process, fileset: dict[str, Any], tmp_path: Path, first: str
) -> None:
    checkpointer = SimpleCheckpointer(str(tmp_path / "checkpoints"))
    one, other = (run_live, run_plainly) if first == "live" else (run_plainly, run_live)
    expected = one(fileset, ranges, checkpointer=checkpointer)
    assert other(fileset, never_called, checkpointer=checkpointer) == expected


def never_called(events: ak.Array) -> None:
    raise AssertionError("the checkpoint was not used")
