"""The merged output depends on positions alone, to the bit."""

from __future__ import annotations

import copy
import random
from typing import Any

import numpy as np
import pytest
from coffea.processor import accumulate
from hypothesis import given
from hypothesis import strategies as st

from casa_lab.runs.merge import OrderedMerge

Piece = tuple[int, int, int]
"""File, batch in the file, and batches that the file has."""


@st.composite
def runs(draw: st.DrawFn) -> tuple[list[Piece], dict[Piece, Any]]:
    """Batches of some files, with outputs whose sums depend on their order."""
    sizes = draw(st.lists(st.integers(1, 4), min_size=1, max_size=7))
    pieces = [(file, number, of) for file, of in enumerate(sizes) for number in range(of)]
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    outputs: dict[Piece, Any] = {}
    for piece in pieces:
        scale = 10.0 ** rng.integers(-8, 8)
        outputs[piece] = {
            "sum": float(rng.normal() * scale),
            "array": rng.normal(size=3) * scale,
            "names": {f"{piece}"},
            "counts": {f"file {piece[0]}": 1},
        }
    failed = draw(st.sets(st.sampled_from(pieces), max_size=2))
    for piece in failed:
        outputs[piece] = None
    return pieces, outputs


def merge(pieces: list[Piece], outputs: dict[Piece, Any]) -> OrderedMerge:
    merged = OrderedMerge()
    for piece in pieces:
        merged.put(*piece, copy.deepcopy(outputs[piece]))
    return merged


def bits(output: Any) -> Any:
    if output is None:
        return None
    return output["sum"].hex(), output["array"].tobytes(), output["names"], output["counts"]


@given(runs(), st.randoms(use_true_random=False))
def test_any_order_of_arrival_gives_the_same_bits(
    run: tuple[list[Piece], dict[Piece, Any]], shuffled: random.Random
) -> None:
    pieces, outputs = run
    expected = bits(merge(pieces, outputs).total())
    arrival = list(pieces)
    shuffled.shuffle(arrival)
    assert bits(merge(arrival, outputs).total()) == expected


@given(runs(), st.randoms(use_true_random=False))
def test_it_is_the_plain_sum_of_everything(
    run: tuple[list[Piece], dict[Piece, Any]], shuffled: random.Random
) -> None:
    pieces, outputs = run
    plain = accumulate(copy.deepcopy([outputs[piece] for piece in pieces]))
    shuffled.shuffle(pieces)
    merged = merge(pieces, outputs)
    scale = sum(abs(output["sum"]) for output in outputs.values() if output is not None)
    total = merged.total()
    if plain is None:
        assert total is None
        return
    assert total["sum"] == pytest.approx(plain["sum"], rel=1e-12, abs=1e-14 * scale)
    assert total["names"] == plain["names"]
    assert total["counts"] == plain["counts"]


@given(runs(), st.randoms(use_true_random=False), st.data())
def test_any_part_holds_each_piece_once(
    run: tuple[list[Piece], dict[Piece, Any]], shuffled: random.Random, data: st.DataObject
) -> None:
    pieces, outputs = run
    shuffled.shuffle(pieces)
    arrived = pieces[: data.draw(st.integers(0, len(pieces)))]
    merged = merge(arrived, outputs)
    names = [name for piece in merged.pieces() for name in piece["names"]]
    assert sorted(names) == sorted(f"{piece}" for piece in arrived if outputs[piece] is not None)


@given(runs(), st.data())
def test_what_comes_to_a_taken_place_is_added_besides(
    run: tuple[list[Piece], dict[Piece, Any]], data: st.DataObject
) -> None:
    pieces, outputs = run
    again = data.draw(st.lists(st.sampled_from(pieces), max_size=3))
    merged = merge(pieces, outputs)
    for number, piece in enumerate(again):
        part = {"sum": 1.0, "array": np.ones(3), "names": {f"again {number}"}, "counts": {}}
        merged.put(*piece, part)
    names = [name for piece in merged.pieces() for name in piece["names"]]
    first = [f"{piece}" for piece in pieces if outputs[piece] is not None]
    assert sorted(names) == sorted(first + [f"again {number}" for number in range(len(again))])


def test_the_pieces_in_hand_grow_with_the_logarithm_of_the_files() -> None:
    merged = OrderedMerge()
    for file in range(1000):
        merged.put(file, 0, 1, {"events": 1})
        assert len(merged.nodes) <= 10
    assert merged.total() == {"events": 1000}
    assert list(merged.pieces()) == []
