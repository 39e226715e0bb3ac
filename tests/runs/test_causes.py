"""Causes are sentences for physicists."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from coffea.processor.executor import FileMeta
from distributed import KilledWorker

from casa_lab.runs.failures.causes import explain_chunk, explain_file
from casa_lab.runs.tasks.sending import explain_loss

from .chunks import chunk


def test_what_awkward_says_for_its_own_developers_is_left_out() -> None:
    error = IndexError(
        "cannot slice ListArray (of length 5): index out of range (in compiled code: "
        "https://github.com/scikit-hep/awkward/blob/x/kernels/awkward_at.cpp#L21)\n\nMore."
    )
    cause = explain_chunk(chunk("dy", "/data/dy.root", 0, 100), "/data/dy.root", error)
    assert cause.sentence == (
        "The processor raised IndexError: cannot slice ListArray (of length 5): index out of "
        "range. The traceback shows the line."
    )
    assert "in compiled code" in cause.exception, "all of it is kept"


def test_a_lost_worker_is_named_by_those_who_saw_it_last() -> None:
    last: Any = SimpleNamespace(address="tls://10.0.0.7:4000", host="10.0.0.7")
    cause = explain_loss(KilledWorker("task", last, 3))
    assert (cause.kind, cause.worker, cause.host) == ("worker lost", last.address, last.host)


def test_a_relative_path_is_told_with_the_folder_that_it_is_relative_to() -> None:
    meta = FileMeta("dy", "data/dy.root", "Events")
    cause = explain_file(meta, meta.filename, FileNotFoundError("data/dy.root"))
    assert cause.kind == "file missing"
    assert cause.sentence == (
        f"There is no file data/dy.root in {Path.cwd()}, where the worker runs. "
        "Give its whole path in the fileset."
    )


def test_a_cause_tells_where_it_was_found() -> None:
    cause = explain_chunk(chunk("dy", "/data/dy.root", 0, 100), "/data/dy.root", ValueError("odd"))
    assert cause.host
    assert (cause.peak_memory or 0) > 1_000_000


@pytest.mark.parametrize(
    ("told", "kind", "sentence", "retry"),
    [
        ("[FATAL] Connection error", "other", "did not answer: Connection error.", True),
        ("[ERROR] Operation expired", "other", "did not answer: Operation expired.", True),
        (
            "[ERROR] Server responded with an error: [3010] Unable to open /a; permission denied\n",
            "other",
            "refuses it: Unable to open /a; permission denied.",
            False,
        ),
        (
            "[ERROR] Server responded with an error: [3012] Out of memory",
            "other",
            "refuses it: Out of memory.",
            True,
        ),
        (
            "[ERROR] Server responded with an error: [3011] Unable to open /a; no such file\n",
            "file missing",
            "There is no file root://site//a.",
            False,
        ),
    ],
)
def test_what_xrootd_says_is_told_from_damage(
    told: str, kind: str, sentence: str, retry: bool
) -> None:
    meta = FileMeta("dy", "root://site//a", "Events")
    cause = explain_file(meta, meta.filename, OSError(f"Failed to open file: {told}"))
    assert (cause.kind, cause.retry, cause.reading) == (kind, retry, True)
    assert sentence in cause.sentence
