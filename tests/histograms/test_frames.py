"""Frames have the layout that the browser reads."""

from __future__ import annotations

import json
import struct

import hist
import numpy as np
import pytest

from casa_lab.histograms.frames import decode, encode, make_frame
from casa_lab.histograms.models import View, Watch
from casa_lab.histograms.snapshot import SnapshotIndex
from casa_lab.histograms.views import make_view

INDEX = SnapshotIndex(
    sequence=4, fractions={"dy": 0.5, "tt̄": 1.0}, final=False, histograms=[], keys={}
)


def frame(watch: str = "w1") -> bytes:
    histogram = hist.new.StrCat(["dy", "tt̄"], name="ds").Reg(3, 0, 1, name="x").Weight()
    histogram.fill(ds=["dy", "tt̄", "tt̄"], x=[0.1, 0.5, 2], weight=[1, 2, 3])
    view = View(x="x", stack="ds")
    asked = Watch(watch=watch, run="run", histogram="sel/x", view=view)
    return make_frame(asked, INDEX, make_view(histogram._to_uhi_(), view))


@pytest.mark.parametrize("watch", ["w" * length for length in range(1, 10)])
def test_layout(watch: str) -> None:
    data = frame(watch)
    (length,) = struct.unpack_from("<I", data)
    assert (4 + length) % 8 == 0
    header = json.loads(data[4 : 4 + length])
    assert header["watch"] == watch
    assert header["fractions"] == {"dy": 0.5, "tt̄": 1.0}
    assert header["arrays"] == [
        {"name": "edges", "shape": [4]},
        {"name": "values", "shape": [2, 5]},
        {"name": "variances", "shape": [2, 5]},
    ]
    numbers = np.frombuffer(data, dtype="<f8", offset=4 + length)
    assert len(numbers) == 4 + 10 + 10
    np.testing.assert_array_equal(numbers[4:14], [0, 1, 0, 0, 0, 0, 0, 2, 0, 3])
    np.testing.assert_array_equal(numbers[14:], [0, 1, 0, 0, 0, 0, 0, 4, 0, 9])


def test_decode_gives_back_what_was_encoded() -> None:
    header, arrays = decode(frame())
    assert (header.run, header.histogram, header.sequence) == ("run", "sel/x", 4)
    assert header.stack == ["dy", "tt̄"]
    assert encode(header, list(arrays.values())) == frame()


def test_arrays_must_be_those_described() -> None:
    header, arrays = decode(frame())
    with pytest.raises(ValueError, match="shapes"):
        encode(header, [arrays["edges"], arrays["values"][:1], arrays["variances"]])
