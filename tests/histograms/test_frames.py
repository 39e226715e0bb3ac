"""Frames have the layout that the browser reads."""

from __future__ import annotations

import json
import struct

import hist
import numpy as np
import pytest

from casa_lab.histograms.drawing import Source, draw
from casa_lab.histograms.frames import decode, encode, make_frame
from casa_lab.histograms.models import View, Watch
from casa_lab.histograms.snapshot import SnapshotIndex

INDEX = SnapshotIndex(
    sequence=4, fractions={"dy": 0.5, "tt̄": 1.0}, final=False, histograms=[], keys={}
)


def frame(watch: str = "w1") -> bytes:
    histogram = hist.new.StrCat(["dy", "tt̄"], name="ds").Reg(3, 0, 1, name="x").Weight()
    histogram.fill(ds=["dy", "tt̄", "tt̄"], x=[0.1, 0.5, 2], weight=[1, 2, 3])
    view = View(x="x", stack="ds", flow=True, integrate=(None, 1.0))
    asked = Watch(watch=watch, run="run", histogram="sel/x", view=view)
    return make_frame(asked, INDEX, draw(Source("", histogram._to_uhi_()), view))


def map_frame() -> bytes:
    histogram = hist.new.Reg(2, 0, 1, name="x").Reg(3, 0, 1, name="y").Int64()
    histogram.fill(x=[0.1, 0.9], y=[0.5, 0.9])
    view = View(x="x", y="y")
    asked = Watch(watch="w", run="run", histogram="xy", view=view)
    return make_frame(asked, INDEX, draw(Source("", histogram._to_uhi_()), view))


@pytest.mark.parametrize("watch", ["w" * length for length in range(1, 10)])
def test_layout(watch: str) -> None:
    data = frame(watch)
    (length,) = struct.unpack_from("<I", data)
    assert (4 + length) % 8 == 0
    header = json.loads(data[4 : 4 + length])
    assert header["watch"] == watch
    assert header["fractions"] == {"dy": 0.5, "tt̄": 1.0}
    assert header["view"]["stack"] == "ds"
    assert [(row["name"], row["role"]) for row in header["rows"]] == [
        ("dy", "layer"),
        ("tt̄", "layer"),
        ("", "total"),
    ]
    assert header["arrays"] == [
        {"name": "edges", "shape": [6]},
        {"name": "values", "shape": [3, 5]},
        {"name": "lower", "shape": [3, 5]},
        {"name": "upper", "shape": [3, 5]},
    ]
    numbers = np.frombuffer(data, dtype="<f8", offset=4 + length)
    assert len(numbers) == 6 + 3 * 15
    np.testing.assert_allclose(numbers[:6], [-np.inf, 0, 1 / 3, 2 / 3, 1, np.inf])
    np.testing.assert_array_equal(numbers[6:21], [0, 1, 0, 0, 0, 0, 0, 2, 0, 3, 0, 1, 2, 0, 3])
    assert [integral["value"] for integral in header["integrals"]] == [1, 2, 3]


def test_layout_of_a_map() -> None:
    header, arrays = decode(map_frame())
    assert (header.x.name, header.y.name, header.rows) == ("x", "y", [])
    assert arrays["values"].tolist() == [[0, 1, 0], [0, 0, 1]]
    assert arrays["y_edges"].shape == (4,)
    assert arrays["upper"][0, 1] == pytest.approx(2.2995, abs=1e-4)


def test_decode_gives_back_what_was_encoded() -> None:
    header, arrays = decode(frame())
    assert (header.run, header.histogram, header.sequence) == ("run", "sel/x", 4)
    assert [row.name for row in header.rows] == ["dy", "tt̄", ""]
    assert encode(header, list(arrays.values())) == frame()


def test_arrays_must_be_those_described() -> None:
    header, arrays = decode(frame())
    with pytest.raises(ValueError, match="shapes"):
        encode(header, [*list(arrays.values())[:-1], arrays["upper"][:1]])
