"""How numbers and names read."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from casa_lab.wording import digits, name, visible


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


def test_numbers_have_the_digits_that_matter_and_no_powers_of_ten() -> None:
    numbers = [0, 0.01234, 0.5, 12.345, 123.4, 999.7, 1094.2, 123456.7]
    shown = ["0", "0.0123", "0.5", "12.3", "123", "1,000", "1,094", "123,457"]
    assert [digits(number) for number in numbers] == shown
    assert digits(128.6, 2) == "129"
