"""What those who watch a run may ask for."""

from __future__ import annotations

from casa_lab.runs.failures.recovery import left_out_files
from casa_lab.runs.folder import open_run

from .filemap import FileMap, read_file_map
from .models import FileQuery, FileTiles, RunFileList, RunSeries
from .series import read_series


def series(run: str) -> RunSeries:
    """Return a run over time."""
    return read_series(open_run(run).series)


def tiles(run: str) -> FileTiles:
    """Return all files of a run at a glance."""
    return _file_map(run).tiles()


def files(run: str, query: FileQuery) -> RunFileList:
    """Return some of the files of a run, with how they are."""
    return _file_map(run).list(query)


def _file_map(run: str) -> FileMap:
    folder = open_run(run)
    found = read_file_map(folder)
    found.leave_out(left_out_files(folder))
    return found
