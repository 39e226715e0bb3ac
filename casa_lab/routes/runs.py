"""Routes of the runs, and of the processors to choose from."""

from __future__ import annotations

from jupyter_server.auth.decorator import authorized
from tornado.web import authenticated

from casa_lab.runs import manager
from casa_lab.runs.failures import recovery
from casa_lab.runs.history.models import NewLabels, RunQuery
from casa_lab.runs.models import Acceptance, NewRun, ProcessorList, ProcessorQuery, Retry
from casa_lab.runs.watching import views as watching
from casa_lab.runs.watching.models import FileQuery

from .base import CasaHandler
from .launch import launch, list_processors, read_run_catalog


class ProcessorsHandler(CasaHandler):
    """Lists the processors that source files hold."""

    path = "/casa/processors"

    @authenticated
    @authorized
    async def get(self) -> None:
        query = self.parse_query(ProcessorQuery)
        processors = await self.call(list_processors, self.companion.folders, query)
        await self.answer(ProcessorList(processors=processors))


class RunsHandler(CasaHandler):
    """Lists and launches runs."""

    path = "/casa/runs"

    @authenticated
    @authorized
    async def get(self) -> None:
        query = self.parse_query(RunQuery)
        await self.answer(await self.call(manager.find_runs, query))

    @authenticated
    @authorized
    async def post(self) -> None:
        new = self.parse(NewRun)
        run = await self.call(launch, self.companion, new)
        self.companion.watcher.wake()
        await self.answer(run)


class RunHandler(CasaHandler):
    """Shows, labels and deletes one run."""

    path = "/casa/runs/{run}"

    @authenticated
    @authorized
    async def get(self, run: str) -> None:
        await self.answer(await self.call(manager.get, run))

    @authenticated
    @authorized
    async def patch(self, run: str) -> None:
        labels = self.parse(NewLabels)
        labelled = await self.call(manager.label, run, labels)
        self.companion.watcher.expect_run(run)
        await self.answer(labelled)

    @authenticated
    @authorized
    async def delete(self, run: str) -> None:
        await self.call(manager.delete, run)
        self.companion.watcher.wake()
        await self.answer()


class StopHandler(CasaHandler):
    """Stops a run."""

    path = "/casa/runs/{run}/stop"

    @authenticated
    @authorized
    async def post(self, run: str) -> None:
        await self.answer(await self.call(manager.stop, run))


class PauseHandler(CasaHandler):
    """Pauses a run."""

    path = "/casa/runs/{run}/pause"

    @authenticated
    @authorized
    async def post(self, run: str) -> None:
        await self.answer(await self.call(manager.pause, run))


class ResumeHandler(CasaHandler):
    """Resumes a run."""

    path = "/casa/runs/{run}/resume"

    @authenticated
    @authorized
    async def post(self, run: str) -> None:
        resumed = await self.call(manager.resume, run)
        # A settled run is looked at in turn only, unless it is asked for.
        self.companion.watcher.expect_run(run)
        await self.answer(resumed)


class FailuresHandler(CasaHandler):
    """Lists the failures of a run by cause."""

    path = "/casa/runs/{run}/failures"

    @authenticated
    @authorized
    async def get(self, run: str) -> None:
        await self.answer(await self.call(recovery.list_failures, run))


class MetricsHandler(CasaHandler):
    """Shows how well a run used its cluster."""

    path = "/casa/runs/{run}/metrics"

    @authenticated
    @authorized
    async def get(self, run: str) -> None:
        await self.answer(await self.call(manager.metrics, run))


class SeriesHandler(CasaHandler):
    """Shows a run over time."""

    path = "/casa/runs/{run}/series"

    @authenticated
    @authorized
    async def get(self, run: str) -> None:
        await self.answer(await self.call(watching.series, run))


class TilesHandler(CasaHandler):
    """Shows all files of a run at a glance."""

    path = "/casa/runs/{run}/tiles"

    @authenticated
    @authorized
    async def get(self, run: str) -> None:
        await self.answer(await self.call(watching.tiles, run))


class FilesHandler(CasaHandler):
    """Lists some of the files of a run."""

    path = "/casa/runs/{run}/files"

    @authenticated
    @authorized
    async def get(self, run: str) -> None:
        query = self.parse_query(FileQuery)
        await self.answer(await self.call(watching.files, run, query))


class RetryHandler(CasaHandler):
    """Tries failed chunks again."""

    path = "/casa/runs/{run}/retry"

    @authenticated
    @authorized
    async def post(self, run: str) -> None:
        wanted = self.parse(Retry)
        retried = await self.call(recovery.retry, run, wanted.groups, wanted.accepted)
        self.companion.watcher.expect_run(run)
        await self.answer(retried)


class AcceptHandler(CasaHandler):
    """Accepts failed chunks as missing."""

    path = "/casa/runs/{run}/accept"

    @authenticated
    @authorized
    async def post(self, run: str) -> None:
        wanted = self.parse(Acceptance)
        accepted = await self.call(recovery.accept, run, wanted.groups, wanted.chunks)
        self.companion.watcher.expect_run(run)
        await self.answer(accepted)


class LogHandler(CasaHandler):
    """Shows the end of a run's log."""

    path = "/casa/runs/{run}/log"

    @authenticated
    @authorized
    async def get(self, run: str) -> None:
        await self.answer(await self.call(manager.log, run))


class HistogramCatalogHandler(CasaHandler):
    """Lists the histograms of a run."""

    path = "/casa/runs/{run}/histograms"

    @authenticated
    @authorized
    async def get(self, run: str) -> None:
        await self.answer(await self.call(read_run_catalog, run))
