"""Pictures of histograms that are of no run."""

from __future__ import annotations

import io

import hist
import numpy as np
from matplotlib import image

from casa_lab.histograms.snapshot import to_uhi
from casa_lab.histograms.takeaway.stills import still_apart

FLAT = to_uhi(hist.new.Reg(2, 0, 1, name="x").Int64().fill([0.2, 0.7]))
MAP = to_uhi(hist.new.Reg(2, 0, 1).Reg(2, 0, 1).Double().fill([0.2], [0.7]))


def size(picture: bytes) -> np.ndarray:
    return np.array(image.imread(io.BytesIO(picture)).shape[:2])


def test_several_are_one_picture() -> None:
    one, three = size(still_apart({"x": FLAT})), still_apart({"x": FLAT, "y": MAP, "z": FLAT})
    assert three.startswith(b"\x89PNG")
    # Two beside each other, and one below.
    assert (size(three) >= 2 * one).all()
    assert (size(three) < 3 * one).all()


def test_names_are_only_names() -> None:
    names = ["<b>", "x" * 500, "../x", "😀"]
    assert still_apart(dict.fromkeys(names, FLAT)).startswith(b"\x89PNG")
