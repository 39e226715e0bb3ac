"""Not waiting for ever: a file system or a server may hang without an error."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TypeVar

Value = TypeVar("Value")


class Stalled(TimeoutError):
    """Something took longer than it may."""


def within(seconds: float, call: Callable[[], Value], what: str) -> Value:
    """Return what a call returns, if it does within a time.

    Parameters
    ----------
    seconds
        How long it may take.
    call
        What to do. Nothing can interrupt a thread that hangs in the kernel: it
        is left behind, and ends when the call does.
    what
        Names it in the error.

    Raises
    ------
    Stalled
        When it takes longer.
    """
    results: list[Value] = []
    errors: list[BaseException] = []

    def run() -> None:
        try:
            results.append(call())
        except BaseException as error:  # noqa: BLE001 (raised where it is waited for)
            errors.append(error)

    thread = threading.Thread(target=run, name=what, daemon=True)
    thread.start()
    thread.join(seconds)
    if errors:
        raise errors[0]
    if not results:
        raise Stalled(f"{what} took more than {seconds:g} s")
    return results[0]
