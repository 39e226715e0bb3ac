"""Waiting for what happens in other processes, however busy the machine is."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

Value = TypeVar("Value")

PATIENCE_SECONDS = 90.0
"""After this, nothing is going to happen any more."""


def wait_until(condition: Callable[[], Value | None], what: str = "a condition") -> Value:
    """Return the first true value of a condition."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not (value := condition()):
        assert time.monotonic() < deadline, f"waited in vain for {what}"
        time.sleep(0.02)
    return value
