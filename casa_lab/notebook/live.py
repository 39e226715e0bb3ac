"""The live picture of a histogram: copies between fills, pictures in threads of their own."""

from __future__ import annotations

import logging
import secrets
import threading
import time
import weakref
from typing import TYPE_CHECKING, Any

from casa_lab.errors import CasaError

from .fills import follow, follower_of, unfollow
from .shown import MEDIA_TYPE, ShownHistogram, show, still_picture

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

    from .fills import Histogram

MOST_EFFORT = 0.01
"""Part of the time that may go into live pictures; slow ones come less often."""

logger = logging.getLogger(__name__)

_pictures: set[LivePicture] = set()
"""The pictures that are live."""


class LivePicture:
    """Keeps the output of a cell showing a histogram.

    The histogram is only read between fills, and then only copied; everything else works on
    the copy, in a thread that ends with the picture.
    """

    def __init__(self, histogram: Histogram, name: str, refresh: float, shell: InteractiveShell):
        self.is_live = False
        self._name = name
        self._refresh = refresh
        self._shell = shell
        self._cell, self._run = _place(shell)
        self._display = secrets.token_hex(8)
        self._key = id(histogram)
        self._reference = _reference(histogram, self)
        # Kept from a fill to the end of its cell: what a function fills and drops shows, too.
        self._kept: Histogram | None = histogram
        # Guards what follows; nobody holds it for longer than a copy takes.
        self._lock = threading.Lock()
        self._fills = 0
        self._is_stale = False
        self._is_awaited = False
        self._is_timed = False
        self._due = 0.0
        self._copies = 0
        # Held while a picture is made and sent.
        self._screen = threading.Lock()
        self._newest = 0
        self._shown: ShownHistogram | None = None
        self._drawn: ShownHistogram | None = None
        self._has_failed = False

    @classmethod
    def show(
        cls, histogram: Histogram, name: str, refresh: float, shell: InteractiveShell
    ) -> LivePicture:
        """Show a histogram in the cell that runs, in place of where it was shown before.

        Parameters
        ----------
        histogram
            What is shown.
        name
            What it is called.
        refresh
            Seconds from one picture to the next, at least.
        shell
            The notebook.
        """
        picture = cls(histogram, name, refresh, shell)
        for older in list(_pictures):
            if older._is_replaced_by(picture):
                older._end()
        before = follower_of(histogram)
        if isinstance(before, LivePicture):
            before.stop()
        picture._begin(histogram)
        return picture

    def stop(self) -> None:
        """End the live picture; the newest one stays, also where Casa is not."""
        if self.is_live:
            self._end()
            self.settle()

    def settle(self) -> None:
        """Show the histogram as it is, and draw it for where Casa is not."""
        with self._lock:
            # While another thread fills, live pictures go on.
            copied = None if self._fills > 0 else self._copy()
            number = self._copies
            if self._reference is not None:
                self._kept = None
        if copied is None:
            return
        self._publish(number, copied)
        with self._screen:
            shown, is_drawn = self._shown, self._shown == self._drawn
            self._drawn = self._shown
        if is_drawn or shown is None:
            return
        drawing = threading.Thread(target=self._add_picture, args=[shown, copied], daemon=True)
        drawing.start()
        if self._cell is None:
            # No frontend with cells of its own: nbconvert ends the kernel after the last one.
            drawing.join()

    def begin_fill(self, histogram: Histogram) -> None:
        """Take note of a fill that begins."""
        with self._lock:
            self._fills += 1
            self._kept = histogram

    def end_fill(self) -> None:
        """Take note that a fill ended; once in a while a picture is made, elsewhere."""
        with self._lock:
            self._fills -= 1
            self._is_stale = True
            if self._fills == 0 and self._is_awaited:
                self._is_awaited = False
                self._plan(0.0, self._copy())
            elif not self._is_timed:
                self._plan(self._due - time.monotonic())

    def _begin(self, histogram: Histogram) -> None:
        from IPython.display import display

        copied = histogram.copy(deep=False)
        self._shown = show(self._name, copied)
        bundle = _bundle(self._shown, copied)
        display(bundle, raw=True, display_id=self._display)
        if not _pictures:
            self._shell.events.register("post_run_cell", _settle_all)
        _pictures.add(self)
        self.is_live = True
        # What fills for a moment only is shown at its end.
        self._due = time.monotonic() + self._refresh
        follow(histogram, self)

    def _end(self) -> None:
        if not self.is_live:
            return
        self.is_live = False
        unfollow(self._key, self)
        _pictures.discard(self)
        if not _pictures:
            self._shell.events.unregister("post_run_cell", _settle_all)

    def _is_replaced_by(self, other: LivePicture) -> bool:
        """Say whether the cell was run again, so that its output of before is gone."""
        return self._cell is not None and self._cell == other._cell and self._run != other._run

    def _plan(self, seconds: float, copied: Histogram | None = None) -> None:
        """Make a picture in a while, of a copy if there is one already."""
        self._is_timed = True
        timer = threading.Timer(max(0.0, seconds), self._tick, [copied, self._copies])
        timer.daemon = True
        timer.start()

    def _tick(self, copied: Histogram | None, number: int) -> None:
        began = time.thread_time()
        if copied is None:
            with self._lock:
                if self._fills > 0:
                    self._is_awaited = True  # the fill that ends makes the copy
                    return
                copied, number = self._copy(), self._copies
        if copied is not None:
            self._publish(number, copied)
        effort = time.thread_time() - began
        with self._lock:
            self._due = time.monotonic() + max(self._refresh, effort / MOST_EFFORT)
            self._is_timed = False
            if self._is_stale:
                self._plan(self._due - time.monotonic())

    def _copy(self) -> Histogram | None:
        """Copy the histogram, between fills; ``None`` when it is gone."""
        self._is_stale = False
        histogram = self._kept
        if histogram is None and self._reference is not None:
            histogram = self._reference()
        if histogram is None:
            return None
        self._copies += 1
        return histogram.copy(deep=False)

    def _publish(self, number: int, copied: Histogram) -> None:
        """Replace the picture, unless it is the same or a newer one is there."""
        with self._screen:
            if number < self._newest:
                return
            self._newest = number
            try:
                shown = show(self._name, copied)
                if shown != self._shown:
                    self._update(_bundle(shown, copied))
                    self._shown, self._drawn = shown, None
                self._has_failed = False
            except Exception:
                # A picture that cannot be made must not end the analysis, nor fill its cells.
                if not self._has_failed:
                    logger.exception("There is no picture of histogram '%s'.", self._name)
                self._has_failed = True

    def _add_picture(self, shown: ShownHistogram, copied: Histogram) -> None:
        """Add what shows where Casa is not, unless the histogram is another one meanwhile."""
        try:
            picture = still_picture(self._name, copied)
        except CasaError as error:
            logger.info("Histogram '%s' is not drawn for other programs: %s", self._name, error)
            return
        with self._screen:
            if picture is not None and shown == self._shown:
                self._update({**_bundle(shown, copied), "image/png": picture})

    def _update(self, bundle: dict[str, Any]) -> None:
        from IPython.display import update_display

        update_display(bundle, raw=True, display_id=self._display)


def _settle_all(_: object) -> None:
    """Show all histograms as they are at the end of a cell."""
    for picture in list(_pictures):
        picture.settle()


def _bundle(shown: ShownHistogram, copied: Histogram) -> dict[str, Any]:
    return {MEDIA_TYPE: shown.model_dump(mode="json"), "text/plain": repr(copied)}


def _reference(histogram: Histogram, picture: LivePicture) -> weakref.ref[Histogram] | None:
    """Return a weak reference; ``None`` for classes that have none, as boost-histogram's own."""
    following = weakref.ref(picture)

    def on_gone(_: object) -> None:
        picture = following()
        if picture is not None:
            picture._end()

    try:
        return weakref.ref(histogram, on_gone)
    except TypeError:
        return None


def _place(shell: InteractiveShell) -> tuple[str | None, str | None]:
    """Return the id of the cell that runs, and of this run of it, where they are told."""
    parent = shell.kernel.get_parent()  # type: ignore[attr-defined]  # that of a kernel has one
    cell = parent.get("metadata", {}).get("cellId")
    return cell, parent.get("header", {}).get("msg_id")
