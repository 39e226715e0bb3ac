"""The host with a backend that does what a test wants, without Dask."""

from __future__ import annotations

import asyncio
import shutil
import signal
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from patience import PATIENCE_SECONDS

from casa_lab.clusters import host as host_module
from casa_lab.clusters.backends import Backend, BackendOptions
from casa_lab.clusters.host import Host
from casa_lab.clusters.models import ClusterRecord, ClusterSpec, Worker
from casa_lab.clusters.records import Recorder, first_record
from casa_lab.errors import Unavailable
from casa_lab.folders import Folder, send_request
from casa_lab.folders.journal import read_journal


class Puppet(Backend[BackendOptions]):
    """A cluster that gets exactly the workers that were asked for, unless told otherwise."""

    options_model = BackendOptions

    def __init__(self, options: BackendOptions) -> None:
        self.options = options
        self.asked: list[int] = []
        self.stays_away = False
        self.start_error: Exception | None = None
        self.close_error: Exception | None = None
        self.starts_forever = False
        self.closes_forever = False
        self.closed = 0
        self.alive = True

    async def start(self) -> None:
        if self.start_error is not None:
            raise self.start_error
        if self.starts_forever:
            await asyncio.Event().wait()

    async def scale(self, workers: int) -> None:
        self.asked.append(workers)

    async def close(self) -> None:
        self.closed += 1
        if self.close_error is not None:
            raise self.close_error
        if self.closes_forever:
            await asyncio.Event().wait()

    @property
    def is_alive(self) -> bool:
        return self.alive

    @property
    def scheduler_address(self) -> str:
        return "tls://127.0.0.1:1"

    @property
    def dashboard_url(self) -> str | None:
        return None

    async def workers(self) -> list[Worker]:
        if self.stays_away or not self.asked:
            return []
        return [
            Worker(
                name=str(number),
                address=f"tls://127.0.0.1:{number}",
                threads=1,
                memory_bytes=0,
                memory_limit_bytes=0,
                cpu_percent=0,
            )
            for number in range(self.asked[-1])
        ]


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(host_module, "POLL_SECONDS", 0.005)
    monkeypatch.setattr(host_module, "HEAL_SECONDS", 0.02)
    monkeypatch.setattr("casa_lab.clusters.records.WRITE_INTERVAL_SECONDS", 0.0)


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    folder = Folder(tmp_path / "cluster")
    spec = ClusterSpec(
        id="cluster",
        profile="puppet",
        title="Puppet",
        backend="puppet",
        options={},
        workers=2,
        python="python",
        created=0,
    )
    folder.create(spec.model_dump(), first_record(2).model_dump())
    return folder


@pytest.fixture
def puppet() -> Puppet:
    return Puppet(BackendOptions(workers=2))


Act = Callable[["Stage"], Awaitable[None]]


class Stage:
    """A host at work, and what a test needs to follow it."""

    def __init__(self, folder: Folder, recorder: Recorder) -> None:
        self.folder = folder
        self.recorder = recorder

    async def until(self, condition: Callable[[], bool]) -> None:
        async def poll() -> None:
            while not condition():  # noqa: ASYNC110 (nobody tells when a record changes)
                await asyncio.sleep(0.002)

        await asyncio.wait_for(poll(), PATIENCE_SECONDS)

    async def running(self) -> None:
        await self.until(lambda: self.recorder.record.state == "running")

    def stop(self) -> None:
        send_request(self.folder.path, "stop")


def play(folder: Folder, puppet: Puppet, act: Act | None = None) -> ClusterRecord:
    """Run a host until it ends, while ``act`` does something to it; return its last record."""

    async def main() -> ClusterRecord:
        recorder = Recorder(folder, first_record(2))
        recorder.begin()
        running = asyncio.create_task(Host(folder, puppet, recorder).run())
        if act is not None:
            await act(Stage(folder, recorder))
        await asyncio.wait_for(running, PATIENCE_SECONDS)
        return recorder.record

    return asyncio.run(main())


def states(folder: Folder) -> list[str]:
    return [entry["state"] for entry in read_journal(folder.journal) if entry["event"] == "state"]


def test_from_start_to_stop(folder: Folder, puppet: Puppet) -> None:
    async def act(stage: Stage) -> None:
        await stage.running()
        await stage.until(lambda: len(stage.recorder.record.workers) == 2)
        send_request(folder.path, "scale", workers=3)
        await stage.until(lambda: len(stage.recorder.record.workers) == 3)
        assert stage.recorder.record.message == "3 workers are up."
        stage.stop()

    record = play(folder, puppet, act)
    assert (record.state, record.message, record.workers) == ("stopped", "Stopped.", [])
    assert states(folder) == ["starting", "running", "stopping", "stopped"]
    assert puppet.asked == [2, 3]
    assert puppet.closed == 1
    assert folder.read_state() == record.model_dump()


def test_requests_made_before_the_host_was_up_count(folder: Folder, puppet: Puppet) -> None:
    send_request(folder.path, "stop")
    assert play(folder, puppet).state == "stopped"
    assert states(folder) == ["starting", "stopping", "stopped"]


def test_a_start_that_hangs_can_be_stopped(folder: Folder, puppet: Puppet) -> None:
    puppet.starts_forever = True

    async def act(stage: Stage) -> None:
        stage.stop()

    assert play(folder, puppet, act).state == "stopped"
    assert puppet.closed == 1


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (Unavailable("The farm is closed."), "The farm is closed."),
        (OSError("no route"), "The cluster could not be run: no route"),
        (RuntimeError(), "The cluster could not be run: RuntimeError"),
    ],
)
def test_a_failed_start_is_told(
    folder: Folder, puppet: Puppet, error: Exception, sentence: str
) -> None:
    puppet.start_error = error
    record = play(folder, puppet)
    assert (record.state, record.message) == ("failed", sentence)
    assert states(folder) == ["starting", "failed"]
    assert puppet.closed == 1


def test_a_cluster_without_any_worker_in_time_fails(folder: Folder) -> None:
    puppet = Puppet(BackendOptions(workers=2, start_timeout_seconds=0.05))
    puppet.stays_away = True
    record = play(folder, puppet)
    assert record.state == "failed"
    assert record.message.startswith("No worker came up within 0.05 s.")
    assert str(folder.log) in record.message


def test_workers_that_stay_away_are_asked_for_again(folder: Folder, puppet: Puppet) -> None:
    async def act(stage: Stage) -> None:
        await stage.running()
        puppet.stays_away = True
        before = len(puppet.asked)
        await stage.until(lambda: len(puppet.asked) >= before + 2)
        assert stage.recorder.record.state == "running"
        puppet.stays_away = False
        await stage.until(lambda: stage.recorder.record.message == "2 workers are up.")
        stage.stop()

    assert play(folder, puppet, act).state == "stopped"
    assert set(puppet.asked) == {2}


def test_a_scheduler_that_a_client_shut_down_ends_the_cluster(
    folder: Folder, puppet: Puppet
) -> None:
    async def act(stage: Stage) -> None:
        await stage.running()
        puppet.alive = False

    record = play(folder, puppet, act)
    assert (record.state, record.message) == ("stopped", "Shut down by a client.")


def test_a_signal_stops_the_cluster_in_order(folder: Folder, puppet: Puppet) -> None:
    async def act(stage: Stage) -> None:
        await stage.running()
        signal.raise_signal(signal.SIGTERM)

    record = play(folder, puppet, act)
    assert (record.state, record.message) == ("stopped", "Stopped by SIGTERM.")
    assert puppet.closed == 1


@pytest.mark.parametrize("hangs", [True, False])
def test_trouble_while_closing_does_not_keep_the_cluster(
    folder: Folder, puppet: Puppet, monkeypatch: pytest.MonkeyPatch, hangs: bool
) -> None:
    monkeypatch.setattr(host_module, "CLOSE_SECONDS", 0.05)
    puppet.closes_forever = hangs
    puppet.close_error = None if hangs else OSError("a worker would not die")

    async def act(stage: Stage) -> None:
        await stage.running()
        stage.stop()

    assert play(folder, puppet, act).state == "stopped"
    assert puppet.closed == 1


def test_a_cluster_whose_folder_is_deleted_ends(
    folder: Folder, puppet: Puppet, tmp_path: Path
) -> None:
    async def act(stage: Stage) -> None:
        await stage.running()
        shutil.rmtree(folder.path.rename(tmp_path / "deleted"))

    play(folder, puppet, act)
    assert puppet.closed == 1
    assert not folder.path.exists()


def test_requests_that_make_no_sense_are_passed_over(folder: Folder, puppet: Puppet) -> None:
    async def act(stage: Stage) -> None:
        await stage.running()
        send_request(folder.path, "dance")
        send_request(folder.path, "scale", workers="many")
        send_request(folder.path, "scale", workers=-1)
        send_request(folder.path, "scale")
        send_request(folder.path, "scale", workers=1)
        await stage.until(lambda: stage.recorder.record.message == "1 worker is up.")
        stage.stop()

    assert play(folder, puppet, act).state == "stopped"
