"""Casa: a particle-physics analysis facility inside JupyterLab.

The names below are the notebook API. They are imported on first use, so that
loading the server extension stays cheap (no dask, uproot, awkward, hist or
coffea before somebody needs them).
"""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from casa_lab.forecasts.dryrun import dry_run

    from .clusters.connect import connect
    from .notebook.launching import launch
    from .notebook.listing import list_runs as list_runs
    from .notebook.listing import list_runs as runs
    from .notebook.listing import run
    from .notebook.watch import watch
    from .runs.driving.executor import LiveExecutor
    from .runs.exports import export

try:
    __version__ = version("casa-lab")
except PackageNotFoundError:  # a source tree that was never installed
    __version__ = "0+unknown"

__all__ = [
    "LiveExecutor",
    "__version__",
    "connect",
    "dry_run",
    "export",
    "launch",
    "run",
    "runs",
    "watch",
]

_LAZY = {
    "LiveExecutor": "casa_lab.runs.driving.executor",
    "connect": "casa_lab.clusters.connect",
    "dry_run": "casa_lab.forecasts.dryrun",
    "export": "casa_lab.runs.exports",
    "launch": "casa_lab.notebook.launching",
    "list_runs": "casa_lab.notebook.listing",
    "run": "casa_lab.notebook.listing",
    "watch": "casa_lab.notebook.watch",
}


def __getattr__(name: str) -> Any:
    from importlib import import_module

    if name == "runs":  # a package that can be called, see there
        return import_module("casa_lab.runs")
    if name in _LAZY:
        return getattr(import_module(_LAZY[name]), name)
    raise AttributeError(f"module 'casa_lab' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)


def _jupyter_labextension_paths() -> list[dict[str, str]]:
    return [{"src": "labextension", "dest": "casa-lab"}]


def _jupyter_server_extension_points() -> list[dict[str, Any]]:
    from .app import CasaApp

    return [{"module": "casa_lab", "app": CasaApp}]
