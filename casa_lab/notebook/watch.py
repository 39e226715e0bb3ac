"""``casa_lab.watch``: the live picture of a histogram that a cell fills."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import boost_histogram

from .live import LivePicture

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

    from .fills import Histogram


def watch(histogram: Any, name: str | None = None, refresh: float = 0.5) -> Watch:
    """Show a histogram in the cell, live while it is filled.

    Parameters
    ----------
    histogram
        A histogram of hist or boost-histogram, of any number of axes. What is drawn of many
        is what a run's tab would begin with: numbers along the first axis, stacked by dataset.
    name
        What stands above it; its own name or label, or those of its axes, when ``None``.
    refresh
        Seconds from one picture to the next, at least. Pictures that take long come less
        often, so that watching takes a hundredth of the time.

    Returns
    -------
    Watch
        Ends the live picture with ``stop()``.

    Raises
    ------
    TypeError
        When it is no histogram.
    ValueError
        When ``refresh`` is not a positive number.

    Notes
    -----
    ``fill`` is noticed at once, also in other threads, and for histograms of both packages.
    Other changes (``h += other``, ``h.reset()``, ``h[...] = ...``) show at the end of the
    cell. ``h = h + other`` makes another histogram, which is not the one watched.

    Watching the same histogram again moves its live picture to the new cell. In scripts and
    terminals nothing is shown, and nothing is watched.

    Examples
    --------
    >>> import hist
    >>> h = hist.Hist.new.Reg(60, 60, 120, name="mass", label="Mass [GeV]").Weight()
    >>> watching = casa_lab.watch(h)  # doctest: +SKIP
    >>> for events in chunks:  # doctest: +SKIP
    ...     h.fill(mass(events))
    """
    if not isinstance(histogram, boost_histogram.Histogram) or hasattr(histogram, "__dask_graph__"):
        raise TypeError(
            "casa_lab.watch shows histograms of hist and boost-histogram, not "
            f"{type(histogram).__name__!r} objects."
        )
    seconds: Any = refresh
    if not (isinstance(seconds, int | float) and 0 < seconds < math.inf):
        raise ValueError(f"refresh is a number of seconds above 0, not {refresh!r}.")
    name = _name(histogram, name)
    shell = _notebook()
    if shell is None:
        return Watch(name, None)
    return Watch(name, LivePicture.show(histogram, name, float(refresh), shell))


class Watch:
    """A live picture of a histogram, as :func:`casa_lab.watch` returns it."""

    def __init__(self, name: str, picture: LivePicture | None) -> None:
        self.name = name
        """What stands above the picture."""
        self._picture = picture

    def __repr__(self) -> str:
        state = "live" if self._picture is not None and self._picture.is_live else "stopped"
        return f"<casa_lab.Watch of {self.name!r}, {state}>"

    def _ipython_display_(self) -> None:
        """Show nothing where a cell ends with the watch: the picture is there already."""

    def stop(self) -> None:
        """End the live picture; the newest one stays."""
        if self._picture is not None:
            self._picture.stop()


def _name(histogram: Histogram, name: str | None) -> str:
    own = getattr(histogram, "name", None) or getattr(histogram, "label", None)
    axes = ", ".join(filter(None, (getattr(axis, "name", None) for axis in histogram.axes)))
    return str(name or own or axes or "histogram")


def _notebook() -> InteractiveShell | None:
    """Return the shell of a notebook; ``None`` in scripts and terminals."""
    try:
        from IPython.core.getipython import get_ipython
    except ImportError:
        return None
    shell = get_ipython()
    return shell if shell is not None and hasattr(shell, "kernel") else None
