"""How numbers and names read."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from casa_lab.wording import name, visible


@given(st.text())
def test_what_is_visible_has_no_power_over_its_surroundings(text: str) -> None:
    shown = visible(text)
    assert shown.isprintable()
    if text.isprintable():
        assert shown == text


def test_what_cannot_be_seen_is_escaped() -> None:
    assert visible("TTbar\u202e\tב💥\n") == "TTbar\\u202e\\tב💥\\n"


def test_long_names_are_shortened_in_their_middle() -> None:
    assert name("a" * 80) == "a" * 80
    assert name("a" * 60 + "b" * 60) == "a" * 40 + "…" + "b" * 40
