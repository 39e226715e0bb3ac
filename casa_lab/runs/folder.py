"""The folder of a run."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel

from casa_lab.errors import Damaged, NotFound
from casa_lab.folders import Folder, is_id, runs_dir
from casa_lab.folders.cache import read_once
from casa_lab.folders.journal import read_journal

from .models import Failure, LeftOutChunk, RunRecord, RunSpec
from .records import replay

Line = TypeVar("Line", bound=BaseModel)


class RunFolder(Folder):
    """Names the files of a run's folder, and reads them as models.

    Copying such a folder elsewhere gives the whole run.
    """

    @property
    def failures(self) -> Path:
        """One :class:`~casa_lab.runs.models.Failure` per line."""
        return self.path / "failures.jsonl"

    @property
    def left_out(self) -> Path:
        """One :class:`~casa_lab.runs.models.LeftOutChunk` per line: failures that were accepted."""
        return self.path / "excluded.jsonl"

    @property
    def selection(self) -> Path:
        """The failed chunks that the next session is to try, and nothing else; usually absent."""
        return self.path / "selection.json"

    @property
    def histograms(self) -> Path:
        """The newest snapshot of the histograms, as a UHI zip file."""
        return self.path / "histograms.zip"

    @property
    def result(self) -> Path:
        """The merged accumulator as Coffea saves it; only its own environment reads it."""
        return self.path / "result.coffea"

    @property
    def labels(self) -> Path:
        """What the run is called and tagged by now; absent until that is changed."""
        return self.path / "labels.json"

    @property
    def metrics(self) -> Path:
        """How well it used its cluster: :class:`~casa_lab.runs.counting.metrics.RunMetrics`"""
        return self.path / "metrics.json"

    @property
    def series(self) -> Path:
        """The run over time: :class:`~casa_lab.runs.watching.models.RunSeries`."""
        return self.path / "series.json"

    @property
    def file_names(self) -> Path:
        """Which files there are, for :mod:`casa_lab.runs.watching.filemap`."""
        return self.path / "files.json"

    @property
    def file_states(self) -> Path:
        """How each of them is."""
        return self.path / "files.npz"

    @property
    def identities(self) -> Path:
        """Which files were read: for :mod:`casa_lab.runs.history.identities`."""
        return self.path / "identities.json"

    @property
    def diff(self) -> Path:
        """What was not committed in the processor's folder at the launch; usually absent."""
        return self.path / "git.diff"

    @property
    def groups(self) -> Path:
        """Counted groups of chunks: what a resumed run does not process again."""
        return self.path / "groups"

    @property
    def processor(self) -> Path:
        """The processor's source as it was when the run was launched."""
        return self.path / "processor"

    def spec(self) -> RunSpec:
        """Return what was asked; the model is shared and not to be changed.

        Raises
        ------
        NotFound
            When the run was deleted.
        Damaged
            When it cannot be read.
        """
        path = self.path / "spec.json"
        try:
            return _read_spec(path)
        except FileNotFoundError:
            raise _no_run(self.id) from None
        except ValueError as error:
            raise _damaged(path) from error

    def record(self) -> RunRecord:
        """Return the state as its driver last wrote it; raises what :meth:`spec` does.

        Where it is damaged, as a power cut may leave it, the journal tells most of it.
        """
        path = self.path / "state.json"
        try:
            return RunRecord.model_validate_json(path.read_bytes())
        except FileNotFoundError:
            raise _no_run(self.id) from None
        except ValueError as error:
            record = replay(read_journal(self.journal))
            if record is None:
                raise _damaged(path) from error
            return record

    def read_failures(self) -> Iterator[Failure]:
        """Yield the failures, oldest first; a torn last line is left out."""
        return _read_lines(self.failures, Failure)

    def read_left_out(self) -> Iterator[LeftOutChunk]:
        """Yield the failures that were accepted as missing, oldest first."""
        return _read_lines(self.left_out, LeftOutChunk)


def _read_lines(path: Path, model: type[Line]) -> Iterator[Line]:
    try:
        stream = path.open("rb")
    except FileNotFoundError:
        return
    with stream:
        for line in stream:
            try:
                yield model.model_validate_json(line)
            except ValueError:
                continue


# A spec never changes, and that of a run over very many files takes a tenth of
# a second to read: too long for each of several looks a second.
@read_once(64)
def _read_spec(path: Path) -> RunSpec:
    return RunSpec.model_validate_json(path.read_bytes())


def open_run(run: str) -> RunFolder:
    """Return the folder of a run.

    Raises
    ------
    NotFound
        When there is no run of that id.
    """
    folder = RunFolder(runs_dir() / run)
    if not is_id(run) or not folder.exists():
        raise _no_run(run)
    return folder


def _no_run(run: str) -> NotFound:
    return NotFound(f"There is no run {run!r}. It may have been deleted.")


def _damaged(path: Path) -> Damaged:
    return Damaged(
        f"The run cannot be read: {path} is damaged, or of another version of Casa. Bring a copy "
        "of it back, or delete the folder."
    )
