"""The companion: Casa's extension of the Jupyter server."""

from __future__ import annotations

import asyncio
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from jupyter_server.extension.application import ExtensionApp
from traitlets import Dict, Float, Int, List, Unicode

from .clusters import manager as clusters
from .clusters.states import ENDED_STATES
from .datasets.catalog import Catalog
from .events.scanner import FolderScanner
from .events.schemas import SCHEMA_FILES
from .events.watcher import Watcher
from .folders import clusters_dir, runs_dir
from .folders.location import ENVIRONMENT_VARIABLE
from .routes import handlers
from .routes.companion import Companion
from .routes.paths import AllowedFolders
from .runs import manager as runs
from .runs.frames import FrameMaker
from .runs.states import ENDED


class CasaApp(ExtensionApp):
    """Datasets, clusters and runs for the JupyterLab sidebar.

    It reads folders, starts processes and forwards messages. What computes
    are the cluster hosts and the drivers, which outlive the server.
    """

    name = "casa_lab"
    load_other_extensions = True

    data_dir = Unicode(
        "",
        config=True,
        help="""Folder that holds Casa's runs and clusters. When empty, the environment
        variable CASA_DATA_DIR, or else 'casa' below `jupyter --data-dir`.""",
    )

    allowed_folders = List(
        Unicode(),
        config=True,
        help="""Folders, besides the server's root directory, whose files may be named in the
        sidebar: processors to run and sources of datasets.""",
    )

    cluster_profiles = List(
        Dict(),
        config=True,
        help="""Cluster profiles on offer besides the built-in ones: dictionaries with the keys
        'name', 'title', 'backend' and, if need be, 'description' and 'options'.""",
    )

    watch_interval = Float(
        0.25,
        min=0.05,
        config=True,
        help="Seconds between looks at the folders of runs and clusters while any is active.",
    )

    idle_watch_interval = Float(
        1.0,
        min=0.05,
        config=True,
        help="Seconds between looks while none is active, and between looks at the datasets.",
    )

    threads = Int(
        8,
        min=2,
        config=True,
        help="Threads that requests may block in, for instance on a slow file system.",
    )

    stop_timeout = Float(
        5.0,
        min=0.0,
        config=True,
        help="Seconds that the server waits for Casa when it stops.",
    )

    companion: Companion

    def initialize_settings(self) -> None:
        """Build what the routes work with."""
        assert self.serverapp is not None
        if self.data_dir:
            # An environment variable, for kernels, hosts and drivers have to
            # find the same folders.
            os.environ[ENVIRONMENT_VARIABLE] = str(Path(self.data_dir).expanduser().absolute())
        events = self.serverapp.event_logger
        assert events is not None
        for schema in SCHEMA_FILES.values():
            events.register_event_schema(schema)
        root = Path(self.serverapp.root_dir)
        others = [Path(folder).expanduser() for folder in self.allowed_folders]
        catalog = Catalog(root, others)
        self.companion = Companion(
            catalog=catalog,
            folders=AllowedFolders(root, others),
            profiles=self.cluster_profiles,
            watcher=Watcher(
                FolderScanner(runs_dir(), runs.get, ENDED),
                FolderScanner(clusters_dir(), clusters.get, ENDED_STATES),
                catalog.stamp,
                self._emit,
                self.watch_interval,
                self.idle_watch_interval,
            ),
            frames=FrameMaker(),
            pool=ThreadPoolExecutor(self.threads, thread_name_prefix="casa"),
        )

    def initialize_handlers(self) -> None:
        """Register the routes, and watch as soon as the event loop runs."""
        assert self.serverapp is not None
        self.handlers.extend(handlers(self.companion))
        self.serverapp.io_loop.add_callback(self.companion.watcher.start)

    async def stop_extension(self) -> None:
        """Stop watching, and give requests that are being answered a moment."""
        try:
            await asyncio.wait_for(self._stop(), self.stop_timeout)
        except asyncio.TimeoutError:
            self.log.warning("Casa did not stop within %g s.", self.stop_timeout)

    async def _stop(self) -> None:
        await self.companion.watcher.stop()
        self.companion.pool.shutdown(wait=False, cancel_futures=True)

    def _emit(self, schema: str, data: dict[str, Any]) -> None:
        assert self.serverapp is not None
        assert self.serverapp.event_logger is not None
        self.serverapp.event_logger.emit(schema_id=schema, data=data)
