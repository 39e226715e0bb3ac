"""Which columns a worker keeps, and that nobody can write into them."""

from __future__ import annotations

import uuid

import numpy as np
import pytest

from casa_lab.reading.columns import KeptColumns

FILE = uuid.uuid4()


def key(column: str, start: int = 0, stop: int = 100) -> str:
    """Return a key as NanoEvents makes them."""
    return f"{FILE}/Events/{start}-{stop}/{column}"


def column(megabytes: int) -> np.ndarray:
    return np.ones(megabytes * 125_000)


def test_what_was_used_last_is_kept() -> None:
    kept = KeptColumns().keep(3_000_000)
    for name in ("one", "two", "three"):
        kept[key(name)] = column(1)
    assert kept[key("one")].sum() == 125_000
    kept[key("four", 100, 200)] = column(1)
    assert list(kept) == [key("three"), key("one"), key("four", 100, 200)]
    assert kept.chunks() == {(FILE.bytes, 0, 100), (FILE.bytes, 100, 200)}

    kept.keep(1_000_000)
    assert list(kept) == [key("four", 100, 200)]
    kept[key("large")] = column(2)
    assert len(kept) == 0


def test_what_is_replaced_or_dropped_does_not_count() -> None:
    kept = KeptColumns().keep(2_000_000)
    for _ in range(3):
        kept[key("one")] = column(1)
    kept[key("two")] = column(1)
    assert len(kept) == 2
    del kept[key("one")]
    kept[key("three")] = column(1)
    assert list(kept) == [key("two"), key("three")]


def test_nobody_writes_into_what_is_kept() -> None:
    kept = KeptColumns().keep(1_000_000)
    array = column(1)
    kept[key("one")] = array
    array[:] = 2
    kept[key("one")][:] = 3
    assert set(kept[key("one")]) == {1.0}


@pytest.mark.parametrize(("memory", "left"), [(4_000_000, 2), (None, 3)])
def test_half_of_the_memory_is_for_processing(memory: int | None, left: int) -> None:
    kept = KeptColumns()
    kept.live_in(memory)
    kept.keep(10**9)
    for name in ("one", "two", "three"):
        kept[key(name)] = column(1)
    assert len(kept) == left
