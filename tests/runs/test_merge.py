"""The merged output depends on positions alone, to the bit."""

from __future__ import annotations

import copy
import random
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from coffea.processor import accumulate
from hypothesis import given
from hypothesis import strategies as st

from casa_lab.runs.counting.merge import OrderedMerge, Place, fold

Leaf = tuple[int, int]
"""File, and chunk in the file."""

Outputs = list[list[Any]]
"""What the chunks of each file give, ``None`` for one that fails."""


@st.composite
def outputs_of_runs(draw: st.DrawFn) -> Outputs:
    """Outputs whose sums depend on their order."""
    sizes = draw(st.lists(st.integers(1, 9), min_size=1, max_size=9))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    failing = draw(st.sets(st.integers(0, sum(sizes) - 1), max_size=2))
    outputs: Outputs = []
    number = 0
    for file, size in enumerate(sizes):
        outputs.append([])
        for chunk in range(size):
            scale = 10.0 ** rng.integers(-8, 8)
            output = {
                "sum": float(rng.normal() * scale),
                "array": rng.normal(size=3) * scale,
                "names": {f"{file}:{chunk}"},
                "counts": {f"file {file}": 1},
            }
            outputs[-1].append(None if number in failing else output)
            number += 1
    return outputs


def tasks(outputs: Outputs, choices: random.Random) -> list[tuple[Place, list[list[Any]]]]:
    """Divide a run into tasks of random sizes: whole files, runs of chunks, single ones."""

    def of_chunks(file: int, level: int, number: int) -> Iterator[tuple[Place, list[list[Any]]]]:
        first, size = number << level, 1 << level
        if first >= len(outputs[file]):
            return
        if first + size <= len(outputs[file]) and (level == 0 or choices.random() < 0.4):
            yield Place(file, level, number), [outputs[file][first : first + size]]
            return
        yield from of_chunks(file, level - 1, 2 * number)
        yield from of_chunks(file, level - 1, 2 * number + 1)

    def of_files(level: int, number: int) -> Iterator[tuple[Place, list[list[Any]]]]:
        first, size = number << level, 1 << level
        if first >= len(outputs):
            return
        if first + size <= len(outputs) and choices.random() < 0.4:
            yield Place(None, level, number), outputs[first : first + size]
        elif level == 0:
            yield from of_chunks(first, 4, 0)
        else:
            yield from of_files(level - 1, 2 * number)
            yield from of_files(level - 1, 2 * number + 1)

    return list(of_files(4, 0))


def merge(outputs: Outputs, parts: list[tuple[Place, list[list[Any]]]]) -> OrderedMerge:
    """Merge tasks in their order, each folded as a worker does."""
    merged = OrderedMerge()
    for place, files in parts:
        chunks = 0 if place.file is None else len(outputs[place.file])
        merged.put(place, chunks, fold(copy.deepcopy(files)))
    return merged


def one_by_one(outputs: Outputs) -> list[tuple[Place, list[list[Any]]]]:
    return [
        (Place(file, 0, number), [[output]])
        for file, chunks in enumerate(outputs)
        for number, output in enumerate(chunks)
    ]


def bits(output: Any) -> Any:
    if output is None:
        return None
    return output["sum"].hex(), output["array"].tobytes(), output["names"], output["counts"]


def names(merged: OrderedMerge) -> list[str]:
    return sorted(name for piece in merged.pieces() for name in piece["names"])


def names_of(outputs: Outputs) -> list[str]:
    given = (output for chunks in outputs for output in chunks if output is not None)
    return sorted(name for output in given for name in output["names"])


@given(outputs_of_runs(), st.randoms(use_true_random=False))
def test_any_order_and_any_size_of_tasks_give_the_same_bits(
    outputs: Outputs, choices: random.Random
) -> None:
    expected = bits(merge(outputs, one_by_one(outputs)).total())
    parts = tasks(outputs, choices)
    choices.shuffle(parts)
    assert bits(merge(outputs, parts).total()) == expected


@given(outputs_of_runs(), st.randoms(use_true_random=False))
def test_it_is_the_plain_sum_of_everything(outputs: Outputs, choices: random.Random) -> None:
    flat = [output for chunks in outputs for output in chunks]
    plain = accumulate(copy.deepcopy(flat))
    merged = merge(outputs, tasks(outputs, choices))
    scale = sum(abs(output["sum"]) for output in flat if output is not None)
    total = merged.total()
    if plain is None:
        assert total is None
        return
    assert total["sum"] == pytest.approx(plain["sum"], rel=1e-12, abs=1e-14 * scale)
    assert total["names"] == plain["names"]
    assert total["counts"] == plain["counts"]


@given(outputs_of_runs(), st.randoms(use_true_random=False), st.data())
def test_any_part_holds_each_chunk_once(
    outputs: Outputs, choices: random.Random, data: st.DataObject
) -> None:
    parts = tasks(outputs, choices)
    choices.shuffle(parts)
    arrived = parts[: data.draw(st.integers(0, len(parts)))]
    expected = [name for _, files in arrived for name in names_of(files)]
    assert names(merge(outputs, arrived)) == sorted(expected)


@given(outputs_of_runs(), st.randoms(use_true_random=False), st.data())
def test_what_comes_to_a_taken_place_is_added_besides(
    outputs: Outputs, choices: random.Random, data: st.DataObject
) -> None:
    merged = merge(outputs, tasks(outputs, choices))
    places = st.sampled_from([place for place, _ in one_by_one(outputs)])
    again = data.draw(st.lists(st.one_of(places, st.none()), max_size=3))
    for number, place in enumerate(again):
        assert place is None or merged.has(place)
        part = {"sum": 1.0, "array": np.ones(3), "names": {f"again {number}"}, "counts": {}}
        merged.put(place, 0, part)
    expected = [*names_of(outputs), *(f"again {number}" for number in range(len(again)))]
    assert names(merged) == sorted(expected)


def test_the_pieces_in_hand_grow_with_the_logarithm_of_the_files() -> None:
    merged = OrderedMerge()
    for file in range(1000):
        merged.put(Place(file, 0, 0), 1, {"events": 1})
        assert len(merged.files.nodes) <= 10
        assert not merged.opened
    assert merged.total() == {"events": 1000}
    assert list(merged.pieces()) == []


@pytest.mark.parametrize(
    ("positions", "keeps"),
    [
        ({0: 0, 1: 1}, [(1, 0)]),
        ({0: 6, 1: 7}, [(1, 3)]),
        ({0: 1, 1: 2}, []),  # not from a multiple of two on
        ({0: 1, 1: 0}, []),  # in another order
        ({0: 0, 1: 2}, []),  # not together
        ({0: 0}, []),
        ({}, []),
    ],
    ids=str,
)
def test_a_sum_of_files_keeps_a_place_where_they_are_together(
    positions: dict[int, int], keeps: list[tuple[int, int]]
) -> None:
    merged = OrderedMerge()
    merged.put(Place(None, 1, 0), 0, {"sum": 3.0, "names": {"both"}})
    moved = merged.moved(positions)
    assert list(moved.files.nodes) == keeps
    assert (moved.extra is None) == bool(keeps)
    assert [piece["names"] for piece in moved.pieces()] == [{"both"}]


def test_files_of_which_nothing_came_have_free_places_again() -> None:
    merged = OrderedMerge()
    merged.put(Place(None, 0, 0), 0, None)
    assert merged.has(Place(0, 0, 0))
    assert not merged.moved({0: 0}).has(Place(0, 0, 0))
