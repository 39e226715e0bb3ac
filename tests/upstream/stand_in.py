"""A pytest plugin that puts LiveExecutor in the place of Coffea's executors.

It is loaded into a pytest of its own, over Coffea's tests.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from coffea import processor
from distributed import Client, LocalCluster

from casa_lab.runs.driving.executor import LiveExecutor
from casa_lab.runs.errors import RunError

from .tally import NO_EXECUTOR, Tally

TALLY = "CASA_COFFEA_TALLY"
"""Environment variable: the file for the tally."""

VARIANTS = "CASA_COFFEA_VARIANTS"
"""Environment variable: set it to run the tests that repeat others for LiveExecutor, too."""

NOT_APPLICABLE = {
    "test_futures_mergepool_forms": "test an option that FuturesExecutor alone has",
    "test_tailtimeout_deprecation_warns_once": "test an option that FuturesExecutor alone has",
    "test_auto_dask_client_single_and_cleanup": "test how Runner makes a client for DaskExecutor",
    "test_auto_dask_client_left_alone_for_dataframes": (
        "test how Runner makes a client for DaskExecutor"
    ),
}
"""Tests of what LiveExecutor does not do, by name, and what they test."""

REPEATED = {
    "executor": "FuturesExecutor",
    "compression": 0,
    "mode": "eager",
    "processor_type": "Callable",
}
"""Values of parameters that repeat a test: LiveExecutor stands for both executors and has a
compression of its own, the mode is one of Coffea's sample processor, which treats them alike,
and functions as processors are tested in ``tests/runs``."""

SAME_AGAIN = "repeat others with a parameter that makes no difference to LiveExecutor"


class StandIn(LiveExecutor):
    """LiveExecutor in the place of an executor that Coffea's tests ask for.

    Coffea's executors end with the exception of the first bad chunk, unless
    Runner's ``skipbadfiles`` names its type. LiveExecutor does so when it is told
    to fail fast, with a sentence around the exception: that is taken off here,
    as the tests ask for the type.
    """

    calls = 0

    def __call__(self, items: Any, function: Any, accumulator: Any) -> tuple[Any, Any]:
        StandIn.calls += 1
        _, skipbadfiles, *_ = function.args
        use_result_type = function.keywords["use_result_type"]
        self.fail_fast = not isinstance(skipbadfiles, tuple) and not use_result_type
        try:
            return super().__call__(items, function, accumulator)
        except RunError as error:
            raise error.__cause__ or error from None


def pytest_configure() -> None:
    # Before the tests are imported, whose parameters hold the classes.
    for name in ("IterativeExecutor", "FuturesExecutor"):
        setattr(processor, name, type(name, (StandIn,), {}))


@pytest.fixture(scope="session", autouse=True)
def _cluster() -> Iterator[None]:
    """The default cluster of the session; its workers find the relative paths of the tests."""
    with (
        LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster,
        Client(cluster),
    ):
        yield


class Counting:
    """Chooses the tests and counts what becomes of them."""

    def __init__(self) -> None:
        self.tally = Tally()
        self._calls = 0

    def pytest_collection_modifyitems(self, items: list[pytest.Function]) -> None:
        chosen = []
        for item in items:
            reason = _why_not(item)
            if reason is None:
                chosen.append(item)
            else:
                self.tally.leave_out(reason)
        items[:] = chosen

    def pytest_runtest_setup(self) -> None:
        self._calls = StandIn.calls

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            self.tally.failed[report.nodeid] = report.longreprtext
        elif report.skipped:
            self.tally.leave_out("need what is not installed")
        elif report.when == "call":
            if StandIn.calls > self._calls:
                self.tally.passed += 1
            else:
                self.tally.leave_out(NO_EXECUTOR)

    def pytest_sessionfinish(self) -> None:
        self.tally.write(Path(os.environ[TALLY]))


def pytest_sessionstart(session: pytest.Session) -> None:
    session.config.pluginmanager.register(Counting())


def _why_not(item: pytest.Function) -> str | None:
    name = item.originalname
    if name in NOT_APPLICABLE:
        return NOT_APPLICABLE[name]
    parameters = item.callspec.params if hasattr(item, "callspec") else {}
    if VARIANTS not in os.environ:
        for parameter, repeated in REPEATED.items():
            value = parameters.get(parameter)
            if getattr(value, "__name__", value) == repeated and value is not False:
                return SAME_AGAIN
    return None
