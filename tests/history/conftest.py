"""Folders of runs made by hand."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import pytest
from byhand import write_run

from casa_lab.runs.folder import RunFolder

PutRun = Callable[..., RunFolder]


@pytest.fixture
def put_run() -> PutRun:
    """Make the folder of a run that ended, long ago as far as its clock tells."""

    def put(number: int, state: str = "done", **spec: Any) -> RunFolder:
        asked = {
            "name": f"mass {number}",
            "processor": {"location": "/code/mass.py:Mass"},
            "created": float(number),
            **spec,
        }
        run = f"20260101-000000-mass-{number:04x}"
        folder = write_run(state, run, asked, message="So.", updated=1.0)
        settle(folder)
        return folder

    return put


def settle(folder: RunFolder) -> None:
    """Make a folder look as if nobody had touched it for long."""
    os.utime(folder.path, (1.0, 1.0))
