"""Folders of runs made by hand."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import pytest

from casa_lab.folders import runs_dir
from casa_lab.runs.folder import RunFolder
from casa_lab.runs.models import ProcessorReference, RunRecord, RunSpec

PutRun = Callable[..., RunFolder]


@pytest.fixture
def put_run() -> PutRun:
    """Make the folder of a run that ended, long ago as far as its clock tells."""

    def put(number: int, state: str = "done", **spec: Any) -> RunFolder:
        id_ = f"20260101-000000-mass-{number:04x}"
        folder = RunFolder(runs_dir() / id_)
        made = RunSpec.model_validate(
            {
                "id": id_,
                "name": f"mass {number}",
                "door": "sidebar",
                "processor": ProcessorReference(location="/code/mass.py:Mass"),
                "fileset": {"dy": {"files": {"/data/dy.root": "Events"}, "metadata": {}}},
                "schema_name": "NanoAODSchema",
                "cluster": None,
                "chunksize": 100_000,
                "directory": "/",
                "python": "python",
                "created": float(number),
                "user": "somebody",
                **spec,
            }
        )
        record = RunRecord.model_validate({"state": state, "message": "So.", "updated": 1.0})
        folder.create(made.model_dump(mode="json"), record.model_dump(mode="json"))
        settle(folder)
        return folder

    return put


def settle(folder: RunFolder) -> None:
    """Make a folder look as if nobody had touched it for long."""
    os.utime(folder.path, (1.0, 1.0))
