"""Clusters of worker processes on the host itself."""

from __future__ import annotations

import asyncio
import os
import stat
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field

from casa_lab.clusters.models import Worker

from .base import Backend, BackendOptions

if TYPE_CHECKING:
    from distributed import LocalCluster

RETIRE_SECONDS = 60.0
"""How long workers may take to hand their results over before they are closed."""

_LOOPBACK = "127.0.0.1"


def available_cores() -> int:
    """Return how many cores this process may use, at least one.

    Counts the CPU affinity and the quota of a container (cgroup v2).
    """
    if hasattr(os, "sched_getaffinity"):
        cores = len(os.sched_getaffinity(0))
    else:  # macOS
        cores = os.cpu_count() or 1
    try:
        quota, period = Path("/sys/fs/cgroup/cpu.max").read_text().split()
    except (OSError, ValueError):
        return cores
    if quota == "max":
        return cores
    return max(1, min(cores, round(int(quota) / int(period))))


class LocalOptions(BackendOptions):
    """Options of a cluster on this machine."""

    workers: int = Field(
        default_factory=available_cores,
        ge=0,
        le=1_000,
        title="Workers",
        description="How many worker processes to start with; one per core by default.",
    )
    threads_per_worker: int = Field(
        1,
        ge=1,
        le=256,
        title="Threads per worker",
        description="Tasks that a worker computes at the same time. "
        "Most of an analysis holds Python's lock: prefer more workers.",
    )
    memory_limit: int | Literal["auto"] = Field(
        "auto",
        title="Memory per worker",
        description="Bytes that a worker may use before it is restarted; "
        "auto: the machine's memory shared by its cores.",
    )


class LocalBackend(Backend[LocalOptions]):
    """A scheduler in the host process and worker processes beside it, on loopback only."""

    options_model = LocalOptions
    _cluster: LocalCluster | None = None
    _desired = 0
    _retirement: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Start the scheduler in this process."""
        import dask.config
        from distributed import LocalCluster

        # Anybody on this machine reaches the dashboard's port. Upstream's proxy
        # to the pages of workers (which have none here) lets websockets through
        # to any address, so it is left out.
        routes = [
            route
            for route in dask.config.get("distributed.scheduler.http.routes")
            if route != "distributed.http.proxy"
        ]
        settings = {
            "distributed.scheduler.http.routes": routes,
            # A run tries what kills workers again in smaller parts by itself.
            "distributed.scheduler.allowed-failures": 1,
            # A worker that is stopped or whose machine hangs gives its work away.
            "distributed.scheduler.worker-ttl": "60 s",
        }
        with dask.config.set(settings):
            # No workers yet: they are scaled up afterwards, where one can watch.
            self._cluster = LocalCluster(
                n_workers=0,
                threads_per_worker=self.options.threads_per_worker,
                memory_limit=self.options.memory_limit,
                host=_LOOPBACK,
                protocol="tls://",
                security=self.security,
                dashboard_address=f"{_LOOPBACK}:0",
                local_directory=_scratch_directory(),
                asynchronous=True,
            )
            await self._cluster

    async def scale(self, workers: int) -> None:
        """Start worker processes, or let some go once their results are in safety."""
        from distributed import Status

        self._desired = workers
        cluster = self._started()
        # SpecCluster keeps nannies that could not start, and so would never
        # replace them.
        for name, nanny in list(cluster.workers.items()):
            if nanny.status in (Status.failed, Status.closed):
                del cluster.workers[name]
        if self._retirement is None or self._retirement.done():
            self._retirement = asyncio.create_task(self._approach())

    async def _approach(self) -> None:
        """Reach the desired number of workers, which may change meanwhile.

        ``LocalCluster.scale`` alone closes workers with all they hold: it asks
        for their retirement by name where addresses are expected
        (dask/distributed#4069, #5577).
        """
        cluster = self._started()
        while surplus := self._surplus():
            with suppress(asyncio.TimeoutError):
                # Without any worker left to take the results, they are dropped.
                await asyncio.wait_for(
                    self._scheduler.retire_workers(names=surplus), RETIRE_SECONDS
                )
            for name in surplus:
                cluster.worker_spec.pop(name, None)
            cluster.scale(len(cluster.worker_spec))
        cluster.scale(self._desired)

    def _surplus(self) -> list[Any]:
        """Return the names of the workers to let go: those not up yet, then those that do least."""
        spec = self._started().worker_spec
        load = {
            worker.name: (len(worker.processing), worker.nbytes)
            for worker in self._scheduler.workers.values()
        }
        least_first = sorted(spec, key=lambda name: load.get(name, (-1, 0)))
        return least_first[: max(0, len(spec) - self._desired)]

    async def close(self) -> None:
        """End the worker processes and the scheduler."""
        if self._retirement is not None:
            self._retirement.cancel()
        if self._cluster is not None:
            if not self.is_alive and self._cluster.scheduler_comm is not None:
                # A client shut the scheduler down. SpecCluster would ask it to end
                # all the same, until the time-out.
                await self._cluster.scheduler_comm.close_rpc()
                self._cluster.scheduler_comm = None
            closing = self._cluster.close()
            if closing is not None:  # which is so in an event loop
                await closing

    @property
    def is_alive(self) -> bool:
        """Whether the scheduler still runs; a client may have shut it down."""
        return self._scheduler is not None and self._scheduler.status.name == "running"

    @property
    def scheduler_address(self) -> str:
        """The scheduler's port on loopback."""
        return str(self._started().scheduler_address)

    @property
    def dashboard_url(self) -> str | None:
        """The dashboard's port on loopback."""
        server = self._scheduler.services.get("dashboard")
        return f"http://{_LOOPBACK}:{server.port}" if server else None

    async def workers(self) -> list[Worker]:
        """Return the workers as the scheduler, which is at hand, knows them."""
        return [_worker(state) for state in self._scheduler.workers.values()]

    @property
    def _scheduler(self) -> Any:
        return self._started().scheduler

    def _started(self) -> LocalCluster:
        if self._cluster is None:
            raise RuntimeError("The cluster was not started.")
        return self._cluster


def _scratch_directory() -> str:
    """Return where workers spill data to disk, private to the user.

    Dask's own scratch space is readable by all users of the machine. It is
    made below a directory that nobody else can enter, and the same one each
    time, so that Dask finds and removes what killed workers left behind.
    """
    import dask.config

    base = Path(dask.config.get("temporary-directory") or tempfile.gettempdir())
    path = base / f"casa-scratch-{os.getuid()}"
    path.mkdir(mode=0o700, exist_ok=True)
    status = path.lstat()
    if status.st_uid != os.getuid() or stat.S_IMODE(status.st_mode) != 0o700:
        # Somebody else was there first under a name that can be guessed.
        return tempfile.mkdtemp(prefix="casa-scratch-", dir=base)
    return str(path)


def _worker(state: Any) -> Worker:
    """Return a ``distributed.scheduler.WorkerState`` as the record shows it."""
    return Worker(
        name=str(state.name),
        address=state.address,
        threads=state.nthreads,
        memory_bytes=state.metrics.get("memory", 0),
        memory_limit_bytes=state.memory_limit or 0,
        cpu_percent=state.metrics.get("cpu", 0.0),
    )
