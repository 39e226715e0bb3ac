"""Failures made by hand."""

from __future__ import annotations

from typing import Any

from casa_lab.runs.models import Failure, FailureExample


def failure(**fields: Any) -> Failure:
    """Return a failure of the processor in one chunk, unless told otherwise."""
    values: dict[str, Any] = {
        "dataset": "dy",
        "file": "/data/dy.root",
        "treename": "Events",
        "entry_start": 0,
        "entry_stop": 100,
        "kind": "processor error",
        "cause": "The processor raised ValueError: no muons here.",
        "exception": "ValueError: no muons here",
        "traceback": "",
        "worker": "tcp://10.0.0.1:1",
        "host": "one",
    }
    return Failure.model_validate({**values, **fields})


def whole_file(name: str, **fields: Any) -> Failure:
    """Return the failure of a file that could not be read."""
    cause = f"There is no file {name}. Check its path."
    values = {"file": name, "entry_start": None, "entry_stop": None, "cause": cause}
    return failure(**{**values, "kind": "file missing", **fields})


def no_example(shown: Failure) -> FailureExample:
    """Return an example that explains nothing."""
    return FailureExample(failure=shown, trimmed="", code="")
