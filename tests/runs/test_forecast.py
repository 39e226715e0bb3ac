"""What is predicted from one chunk of each dataset."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casa_lab.forecasts.forecast import MEMORY_SHARE, Forecast, Sample, Workers, make_forecast
from casa_lab.runs.models import Failure

GB = 10**9


def sample(files: int = 10, each: int = 1_000_000, **changes: Any) -> Sample:
    """A dataset of which a thread does 100,000 events in two seconds, in 1 GB."""
    values: dict[str, Any] = {
        "files": files,
        "entries": [each] * min(files, 3),
        "chunk_events": 100_000,
        "process_seconds": 1.9,
        "seconds": 2.0,
        "bytes_read": 5_000_000,
        "columns": {"Muon_pt", "Jet_pt"},
        "peak_memory_bytes": GB + GB // 5,
        "idle_memory_bytes": GB // 5,
    }
    return Sample(**{**values, **changes})


def failure() -> Failure:
    return Failure(
        dataset="dy",
        file="a.root",
        treename="Events",
        entry_start=0,
        entry_stop=10,
        kind="processor error",
        cause="The processor raised ValueError: no muons.",
        exception="ValueError: no muons",
        traceback='Traceback:\n  File "mine.py", line 3\nValueError: no muons\n',
    )


def test_a_dataset_in_numbers() -> None:
    forecast = make_forecast({"dy": sample()}, Workers(2, 4, 8 * GB), 100_000)
    found = forecast.datasets["dy"]
    assert (found.events, found.chunks, found.files_looked_at) == (10_000_000, 100, 3)
    assert found.columns == ["Jet_pt", "Muon_pt"]
    assert found.bytes_per_event == 50
    assert found.memory_per_event == 10_000
    assert found.rate_khz == pytest.approx(50)
    assert found.fixed_seconds == pytest.approx(0.1)
    # 200 s of work on 4 threads, and half a chunk's time at the end.
    assert forecast.seconds == pytest.approx(50, abs=1)
    assert [prediction.workers for prediction in forecast.predictions][:4] == [1, 2, 4, 8]
    assert forecast.predictions[1].seconds == forecast.seconds


def test_events_are_exact_once_all_files_were_looked_at() -> None:
    uneven = sample(files=3, entries=[10, 20, 31])
    assert make_forecast({"dy": uneven}, Workers(1, 1), 100).datasets["dy"].events == 61
    assert make_forecast({"dy": sample(7)}, Workers(1, 1), 100).datasets["dy"].events == 7_000_000


def test_memory_limits_the_chunk_size() -> None:
    forecast = make_forecast({"dy": sample()}, Workers(2, 4, 2 * GB), 100_000)
    # 60 % of 2 GB less what is idle leaves 1 GB for two threads, at 10 kB an event.
    assert forecast.best_chunksize == 50_000
    assert forecast.warnings[0] == (
        "Chunks of 100,000 events fill 2.2 GB of the 2 GB of a worker: use a chunk size of 50,000."
    )


def test_without_a_limit_a_chunk_takes_seconds() -> None:
    forecast = make_forecast({"dy": sample()}, Workers(2, 4), 100_000)
    assert forecast.best_chunksize == 150_000  # three seconds of 19 microseconds an event
    assert forecast.warnings == []


def test_opening_that_takes_longer_than_physics_is_told() -> None:
    slow = sample(seconds=6.0, process_seconds=1.0, files=1000)
    forecast = make_forecast({"dy": slow}, Workers(2, 4), 100_000)
    assert forecast.warnings[0].startswith("83% of the time goes into opening files")
    assert forecast.best_chunksize == 1_000_000  # a whole file, and no more


def test_more_threads_than_chunks_is_told() -> None:
    few = sample(files=2, each=100_000)
    forecast = make_forecast({"dy": few}, Workers(8, 8), 100_000)
    assert "There are 8 threads for 2 chunks: more workers will not help." in forecast.warnings[0]
    assert forecast.best_chunksize is not None
    assert forecast.best_chunksize < 100_000


def test_a_limit_of_chunks_limits_the_forecast() -> None:
    samples = {"dy": sample(), "few": sample(3)}
    limited = make_forecast(samples, Workers(2, 4, 8 * GB), 100_000, maxchunks=40)
    assert [limited.datasets[name].chunks for name in samples] == [40, 30]
    assert [limited.datasets[name].events for name in samples] == [4_000_000, 3_000_000]
    # 70 chunks of 2 s on 4 threads, and half a chunk's time at the end.
    assert limited.seconds == pytest.approx(35, abs=1)
    assert limited == make_forecast(
        {"dy": sample(4), "few": sample(3)}, Workers(2, 4, 8 * GB), 100_000
    ).model_copy(update={"datasets": limited.datasets})


def test_workers_that_hardly_help_are_told() -> None:
    forecast = make_forecast({"dy": sample(files=1)}, Workers(10, 10), 100_000)
    assert forecast.warnings == ["Twice the workers would save less than a tenth of the time."]


def test_nothing_is_predicted_where_nothing_succeeded() -> None:
    broken = Sample(files=2, entries=[50, 50], failures=[failure()])
    forecast = make_forecast({"dy": broken}, Workers(1, 1), 100)
    assert (forecast.best_chunksize, forecast.seconds, forecast.predictions) == (None, None, [])
    assert forecast.failures == [failure()]
    assert "dy, a.root: The processor raised ValueError: no muons." in repr(forecast)
    assert 'File "mine.py", line 3' in str(forecast)


def test_it_reads_well() -> None:
    text = repr(
        make_forecast({"[dy]": sample(), "data": sample(3)}, Workers(1, 2, 8 * GB), 100_000)
    )
    lines = [line.split() for line in text.splitlines()]
    assert ["[dy]", "10", "~10,000,000", "~100", "2", "50.0", "50", "1.20", "GB"] in lines
    assert ["data", "3", "3,000,000", "30", "2", "50.0", "50", "1.20", "GB"] in lines
    assert "The whole run takes about 2.2 min on 1 worker" in text


seconds = st.just(0.0) | st.floats(1e-6, 100)
samples = st.builds(
    sample,
    files=st.integers(1, 100_000),
    each=st.integers(1, 10**7),
    chunk_events=st.integers(1, 10**6),
    process_seconds=seconds,
    seconds=seconds,
    bytes_read=st.integers(0, 10**10),
    peak_memory_bytes=st.integers(0, 10**11),
    idle_memory_bytes=st.integers(0, 10**10),
)
clusters = st.builds(
    lambda count, each, limit: Workers(count, count * each, limit),
    st.integers(1, 2000),
    st.integers(1, 16),
    st.none() | st.integers(GB, 100 * GB),
)


@given(
    st.dictionaries(st.sampled_from("abc"), samples, min_size=1), clusters, st.integers(1, 10**7)
)
def test_predictions_make_sense(found: dict[str, Sample], workers: Workers, chunksize: int) -> None:
    forecast = make_forecast(found, workers, chunksize)
    times = [prediction.seconds for prediction in forecast.predictions]
    for before, after in pairwise(times):
        assert after <= before * (1 + 1e-9)
    assert workers.count in [prediction.workers for prediction in forecast.predictions]
    assert all(math.isfinite(time) and time >= 0 for time in times)
    best = forecast.best_chunksize
    assert best is not None
    assert best >= 1
    if workers.memory_limit is not None and best > 1:
        idle = max(one.idle_memory_bytes for one in found.values())
        each = max(dataset.memory_per_event for dataset in forecast.datasets.values())
        filled = idle + workers.threads_each * each * best
        assert filled <= MEMORY_SHARE * workers.memory_limit * (1 + 1e-9) or each == 0
    assert Forecast.model_validate_json(forecast.model_dump_json()) == forecast
