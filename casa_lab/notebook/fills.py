"""Tells when a histogram is being filled, whoever fills it.

boost-histogram releases the GIL while it fills, and a growing axis moves the contents to
other memory: what reads them meanwhile reads anything. So whoever wants to read a histogram
while a cell fills it is told before and after each fill, and reads in between.

The method is replaced on the class, and only while there is somebody to tell. One on the
object would be taken over by its copies (``h.copy()`` copies the attributes of ``h``), which
would then fill the wrong histogram, and it could not be pickled.
"""

from __future__ import annotations

import functools
import os
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

import boost_histogram

if TYPE_CHECKING:
    Histogram: TypeAlias = boost_histogram.Histogram[Any]


class Follower(Protocol):
    """Is told of the fills of one histogram, by whichever thread fills."""

    def begin_fill(self, histogram: Histogram) -> None:
        """Take note of a fill that begins; it waits until this returns."""

    def end_fill(self) -> None:
        """Take note that a fill ended, with success or without."""


_followers: dict[int, Follower] = {}
# Histograms may be collected, and so unfollowed, at any moment: also while this is held.
_lock = threading.RLock()
_original: Callable[..., Any] | None = None
_replacement: Callable[..., Any] | None = None


def follow(histogram: Histogram, follower: Follower) -> None:
    """Tell a follower of the fills of a histogram.

    Parameters
    ----------
    histogram
        The histogram; whoever calls this has to keep it, or to :func:`unfollow` it before
        it is gone.
    follower
        Who is told, in place of one before.
    """
    with _lock:
        if not _followers:
            _replace()
        _followers[id(histogram)] = follower


def unfollow(key: int, follower: Follower) -> None:
    """Tell a follower no more.

    Parameters
    ----------
    key
        The ``id`` of the histogram, which may be gone.
    follower
        Who was told; nothing happens if another one took its place.
    """
    with _lock:
        if _followers.get(key) is follower:
            del _followers[key]
            if not _followers:
                _restore()


def follower_of(histogram: Histogram) -> Follower | None:
    """Return who is told of the fills of a histogram."""
    return _followers.get(id(histogram))


def _replace() -> None:
    global _original, _replacement
    if boost_histogram.Histogram.fill is _replacement:
        return  # somebody else replaced it on top of this, and has gone meanwhile
    original = boost_histogram.Histogram.fill

    @functools.wraps(original)
    def fill(self: Histogram, *args: Any, **kwargs: Any) -> Any:
        follower = _followers.get(id(self))
        if follower is None:
            return original(self, *args, **kwargs)
        follower.begin_fill(self)
        try:
            return original(self, *args, **kwargs)
        finally:
            follower.end_fill()

    _original, _replacement = original, fill
    boost_histogram.Histogram.fill = fill  # type: ignore[method-assign]  # on purpose


def _restore() -> None:
    if _original is not None and boost_histogram.Histogram.fill is _replacement:
        boost_histogram.Histogram.fill = _original  # type: ignore[method-assign]  # on purpose


def _forget() -> None:
    """Leave a forked process without followers: the notebook is the parent's."""
    global _lock
    _lock = threading.RLock()
    _followers.clear()


if hasattr(os, "register_at_fork"):  # not on Windows
    os.register_at_fork(after_in_child=_forget)
