"""Ctrl-C in a notebook or a script that drives a run."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def first_interrupt(stop: Callable[[], None]) -> Iterator[None]:
    """Make the first SIGINT of a block call ``stop``, and later ones what they did before.

    A ``KeyboardInterrupt`` can fall between any two steps; a run that is asked
    to stop ends between two batches instead, with what is in flight given up.

    Notes
    -----
    Python delivers signals to the main thread only; in others this does nothing.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.getsignal(signal.SIGINT)
    if not callable(before):  # ignored, as in the background jobs of a shell
        yield
        return

    def interrupt(*_: object) -> None:
        signal.signal(signal.SIGINT, before)
        stop()

    signal.signal(signal.SIGINT, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
