"""The companion's HTTP and websocket routes, one module per noun."""

from __future__ import annotations

from typing import Any

from tornado.web import RequestHandler

from . import clusters, datasets, document, forecasts, history, runs, takeaway
from .base import CasaHandler, pattern
from .companion import Companion
from .dashboard import DashboardHandler
from .histograms import HistogramsHandler

JSON_HANDLERS: tuple[type[CasaHandler], ...] = (
    datasets.DatasetsHandler,
    datasets.SourcesHandler,
    datasets.SourceHandler,
    clusters.ProfilesHandler,
    clusters.ClustersHandler,
    clusters.ClusterHandler,
    runs.ProcessorsHandler,
    forecasts.DryRunsHandler,
    forecasts.DryRunHandler,
    runs.RunsHandler,
    runs.RunHandler,
    runs.StopHandler,
    runs.PauseHandler,
    runs.ResumeHandler,
    runs.FailuresHandler,
    runs.RetryHandler,
    runs.AcceptHandler,
    runs.MetricsHandler,
    runs.SeriesHandler,
    runs.TilesHandler,
    runs.FilesHandler,
    history.DetailsHandler,
    history.ChangesHandler,
    history.ExportHandler,
    history.ImportsHandler,
    history.RerunHandler,
    history.RequestHandler,
    history.TranscriptHandler,
    runs.LogHandler,
    runs.HistogramCatalogHandler,
    takeaway.HistogramCodeHandler,
    takeaway.HistogramExportHandler,
)
"""The handlers of :data:`casa_lab.openapi.ENDPOINTS`."""


def handlers(companion: Companion) -> list[tuple[str, type[RequestHandler], dict[str, Any]]]:
    """Return all routes as tornado wants them.

    Parameters
    ----------
    companion
        What the routes work with.
    """
    routes: list[tuple[str, type[RequestHandler]]] = [
        *((pattern(handler.path), handler) for handler in JSON_HANDLERS),
        (pattern(document.DocumentHandler.path), document.DocumentHandler),
        (pattern(HistogramsHandler.path), HistogramsHandler),
        (pattern(DashboardHandler.path) + "/(?P<proxied_path>.*)", DashboardHandler),
    ]
    return [(path, handler, {"companion": companion}) for path, handler in routes]
