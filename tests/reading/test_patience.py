"""What hangs is given up."""

from __future__ import annotations

import threading

import pytest

from casa_lab.reading.patience import Stalled, within


def test_what_takes_too_long_is_given_up_while_it_goes_on() -> None:
    released = threading.Event()
    late = threading.Timer(10, released.set)  # whoever waits for the call gets its value
    late.start()
    try:
        with pytest.raises(Stalled, match=r"opening a\.root took more than 0\.01 s"):
            within(0.01, released.wait, "opening a.root")
    finally:
        late.cancel()
        released.set()


def test_values_and_errors_come_through() -> None:
    assert within(60, lambda: 3, "adding") == 3
    with pytest.raises(ZeroDivisionError):
        within(60, lambda: 1 / 0, "dividing")
