"""Causes are sentences for physicists."""

from __future__ import annotations

from casa_lab.runs.failures import explain_chunk

from .chunks import chunk


def test_what_awkward_says_for_its_own_developers_is_left_out() -> None:
    error = IndexError(
        "cannot slice ListArray (of length 5): index out of range (in compiled code: "
        "https://github.com/scikit-hep/awkward/blob/x/kernels/awkward_at.cpp#L21)\n\nMore."
    )
    cause = explain_chunk(error, chunk("dy", "/data/dy.root", 0, 100))
    assert cause.sentence == (
        "The processor raised IndexError: cannot slice ListArray (of length 5): index out of "
        "range. The traceback shows the line."
    )
    assert "in compiled code" in cause.exception, "all of it is kept"
