"""What the routes work with, wired once by :class:`casa_lab.app.CasaApp`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import Any

from casa_lab.datasets.catalog import Catalog
from casa_lab.events.watcher import Watcher
from casa_lab.runs.frames import FrameMaker

from .paths import AllowedFolders


@dataclass(frozen=True)
class Companion:
    """Hands the routes their collaborators.

    Parameters
    ----------
    catalog
        The datasets.
    folders
        Where files that the browser names may be.
    profiles
        The site's cluster profiles, on offer besides the built-in ones.
    watcher
        Tells of changes in the folders of truth.
    frames
        Turns the histograms of runs into frames, for everybody who watches.
    pool
        Runs everything that may block.
    """

    catalog: Catalog
    folders: AllowedFolders
    profiles: Sequence[Mapping[str, Any]]
    watcher: Watcher
    frames: FrameMaker
    pool: Executor
