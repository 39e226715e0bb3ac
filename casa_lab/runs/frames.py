"""Frames of histograms, made from the snapshots of runs."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from casa_lab.errors import CasaError
from casa_lab.histograms.models import OtherRun, Watch

from .folder import RunFolder, open_run
from .history.labels import read_labels

if TYPE_CHECKING:
    from casa_lab.histograms.drawing import Source
    from casa_lab.histograms.scaling import DatasetFacts, Scaling
    from casa_lab.histograms.snapshot import SnapshotIndex

Version = tuple[int | bool, ...]
"""Tells frames of one watch from each other: what snapshots they are of."""

CACHED_HISTOGRAMS = 32
"""How many histograms are kept in memory for all who watch."""


@dataclass(frozen=True)
class _Read:
    """A histogram in memory, and the state of the file that it was read from."""

    identity: tuple[int, int, int] | None
    index: SnapshotIndex
    uhi: dict[str, Any]


@dataclass(frozen=True)
class Frame:
    """One frame and what tells it from others of the same watch."""

    version: Version
    """Number of the snapshot, and whether the run has ended; the same of other runs."""
    data: bytes


class FrameMaker:
    """Reads each histogram of a snapshot once, however many watch views of it.

    Notes
    -----
    Reads files: call it in a thread. It may be called from several at once.
    """

    def __init__(self) -> None:
        self._read: OrderedDict[tuple[Path, str], _Read] = OrderedDict()
        self._lock = threading.Lock()

    def make(self, watch: Watch, ended: bool) -> Frame | None:
        """Return the newest frame for a watch, or ``None`` before the first snapshot.

        Parameters
        ----------
        watch
            What to show.
        ended
            Whether the run has ended, even if its last snapshot does not say so.

        Raises
        ------
        NotFound
            When there is no such run, histogram, axis or category, or none yet.
        BadInput
            When the view contradicts itself.
        """
        # These need numpy, which the companion loads once somebody watches.
        from casa_lab.histograms.drawing import draw
        from casa_lab.histograms.frames import make_frame

        folder = open_run(watch.run)
        if not folder.histograms.exists():
            return None
        index, source, scaling = self._source(folder, watch)
        index = index.model_copy(update={"final": index.final or ended})
        version: Version = (index.sequence, index.final)
        sources: list[Source] = []
        others: list[OtherRun] = []
        remarks: list[str] = []
        for run in watch.view.runs:
            try:
                other_index, other, _ = self._source(open_run(run), watch)
            except CasaError as error:
                remarks.append(f"A run is left out: {error}")
                continue
            other = replace(other, name=_unused(other.name, [source, *sources]))
            sources.append(other)
            version += (other_index.sequence, other_index.final)
            others.append(
                OtherRun(
                    run=run,
                    name=other.name,
                    fractions=other_index.fractions,
                    final=other_index.final,
                )
            )
        names = {other.run: other.name for other in others}
        reference = watch.view.reference
        view = watch.view.model_copy(
            update={"reference": reference and names.get(reference, reference)}
        )
        drawing = draw(source, view, sources)
        drawing = replace(drawing, remarks=[*remarks, *drawing.remarks])
        return Frame(version, make_frame(watch, index, drawing, scaling, others))

    def _source(
        self, folder: RunFolder, watch: Watch
    ) -> tuple[SnapshotIndex, Source, Scaling | None]:
        """Return the histogram of a watch in a run, and how it is to be scaled."""
        from casa_lab.histograms.drawing import Source
        from casa_lab.histograms.scaling import factors_along, scaling

        index, uhi = self._histogram(folder.histograms, watch.histogram)
        name = read_labels(folder).name
        if watch.view.normalise is None:
            return index, Source(name, uhi), None
        wanted = scaling(_facts(folder, index), watch.view.normalise, watch.view.luminosity)
        factors = factors_along(uhi, watch.histogram, wanted.factors)
        return index, Source(name, uhi, factors), wanted

    def _histogram(self, path: Path, name: str) -> tuple[SnapshotIndex, dict[str, Any]]:
        from casa_lab.histograms.snapshot import read_with_index

        identity = _identity(path)
        with self._lock:
            known = self._read.get((path, name))
            if known is not None and known.identity == identity:
                self._read.move_to_end((path, name))
                return known.index, known.uhi
        index, uhi = read_with_index(path, name)
        # Replaced meanwhile, the contents would be filed under the older identity.
        if identity == _identity(path):
            with self._lock:
                self._read[path, name] = _Read(identity, index, uhi)
                while len(self._read) > CACHED_HISTOGRAMS:
                    self._read.popitem(last=False)
        return index, uhi


def _facts(folder: RunFolder, index: SnapshotIndex) -> dict[str, DatasetFacts]:
    """Return what the run's folder tells of its datasets."""
    from casa_lab.histograms.scaling import DatasetFacts

    progress = folder.record().progress.datasets
    facts = {}
    for name, dataset in folder.spec().fileset.items():
        known = progress.get(name)
        facts[name] = DatasetFacts(
            metadata=dataset.get("metadata") or {},
            fraction=index.fractions.get(name, 0.0),
            events=None if known is None else known.events_total,
        )
    return facts


def _unused(name: str, taken: list[Source]) -> str:
    """Return a name that is not taken: runs may share one."""
    names = [source.name for source in taken]
    candidate, number = name, 2
    while candidate in names:
        candidate, number = f"{name} ({number})", number + 1
    return candidate


def _identity(path: Path) -> tuple[int, int, int] | None:
    try:
        status = path.stat()
    except FileNotFoundError:
        return None
    return status.st_ino, status.st_mtime_ns, status.st_size
