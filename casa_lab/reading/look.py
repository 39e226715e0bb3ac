"""Looking at files: how many events they have, and which file they are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from coffea.processor import set_accumulator
from coffea.processor.executor import FileMeta, Runner

from .branches import Unfamiliar
from .files import ReadingOptions
from .patience import within
from .trees import lazy_classes

_OPTIONS = 2
"""Position of ``uproot_options`` among the arguments of ``Runner.metadata_fetcher_root``."""


@dataclass(frozen=True)
class FileLook:
    """What Runner wants to know of each file.

    Attributes
    ----------
    coffea
        Runner's own function.
    options
        How long opening a file may take.
    """

    coffea: Callable[[FileMeta], set_accumulator]
    options: ReadingOptions = field(default_factory=ReadingOptions)


class FileLooker:
    """Looks at files on a worker, with Coffea's function and without reading branches.

    Parameters
    ----------
    look
        What is wanted.
    """

    def __init__(self, look: FileLook) -> None:
        self._coffea = look.coffea
        self._lazily = _lazily(look.coffea)
        self._seconds = look.options.open_seconds

    def __call__(self, meta: FileMeta, place: str) -> FileMeta:
        """Return a file with its metadata, as they are at a place of it."""
        there = FileMeta(meta.dataset, place, meta.treename, meta.metadata, meta.preload)
        found = within(self._seconds, partial(self._look, there), f"opening {place}")
        found.filename = meta.filename
        return found

    def _look(self, meta: FileMeta) -> FileMeta:
        try:
            (found,) = self._lazily(meta)
        except Unfamiliar:  # its clusters are wanted, which the branches tell
            (found,) = self._coffea(meta)
        return found


def _lazily(
    coffea: Callable[[FileMeta], set_accumulator],
) -> Callable[[FileMeta], set_accumulator]:
    if not isinstance(coffea, partial) or coffea.func is not Runner.metadata_fetcher_root:
        return coffea
    arguments = list(coffea.args)
    options = arguments[_OPTIONS]
    if "custom_classes" in options:
        return coffea
    arguments[_OPTIONS] = {"object_cache": None, **options, "custom_classes": lazy_classes()}
    return partial(coffea.func, *arguments)
