"""Folders of runs that no driver made."""

from __future__ import annotations

import time
from typing import Any

from casa_lab.folders import runs_dir
from casa_lab.runs.folder import RunFolder
from casa_lab.runs.models import RunRecord, RunSpec

RUN = "20260101-000000-mass-0001"

SOURCE = '''
from coffea.processor import ProcessorABC


class Mass(ProcessorABC):
    """Fills the mass."""

    def __init__(self, pt: float = 20.0):
        self.pt = pt

    def process(self, events):
        return {}
'''
"""A file with a processor."""


def write_run(
    state: str, run: str = RUN, spec: dict[str, Any] | None = None, **record: Any
) -> RunFolder:
    """Make the folder of a run, or write another state into it.

    Parameters
    ----------
    state
        Its state.
    run
        Its id.
    spec
        What is special about what was asked.
    **record
        What is special about its state.
    """
    folder = RunFolder(runs_dir() / run)
    values = {"state": state, "message": f"It is {state}.", "updated": time.time(), **record}
    written = RunRecord.model_validate(values).model_dump(mode="json")
    if folder.exists():
        folder.write_state(written)
        return folder
    asked = {
        "id": run,
        "name": "mass",
        "door": "sidebar",
        "processor": {"location": "mass.py:Mass"},
        "fileset": {"dy": {"files": {"/data/dy.root": "Events"}, "metadata": {}}},
        "schema_name": "NanoAODSchema",
        "cluster": None,
        "chunksize": 100_000,
        "directory": "/",
        "python": "python",
        "created": time.time(),
        "user": "somebody",
        **(spec or {}),
    }
    folder.create(RunSpec.model_validate(asked).model_dump(mode="json"), written)
    return folder
