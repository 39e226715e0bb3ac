"""One thread that looks at the runs for which a notebook waits.

Whoever drives a run, its folder tells how it is. A look costs about a
millisecond, and the kernel's own thread and event loop are left alone.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from concurrent.futures import Future, InvalidStateError
from functools import partial

from casa_lab.errors import CasaError, Damaged
from casa_lab.runs import manager
from casa_lab.runs.models import Run
from casa_lab.runs.states import ENDED

INTERVAL_SECONDS = 0.25
"""How often the runs are looked at."""

Listener = Callable[[Run | CasaError], None]
"""Is told of each change of a run; of its end, or why nothing is known of it, last."""

_log = logging.getLogger(__name__)


class RunWatch:
    """Tells listeners what becomes of runs; its thread lives as long as there are any."""

    def __init__(self) -> None:
        self._listeners: dict[str, list[Listener]] = {}
        self._lock = threading.Lock()
        self._news = threading.Event()
        self._thread: threading.Thread | None = None

    def listen(self, run: str, listener: Listener) -> Callable[[], None]:
        """Call a listener, in the thread of the watch, until the run has ended.

        Returns
        -------
        callable
            Ends that before.
        """
        with self._lock:
            self._listeners.setdefault(run, []).append(listener)
            if self._thread is None:
                self._thread = threading.Thread(
                    target=self._watch, name="casa-run-watch", daemon=True
                )
                self._thread.start()
        self._news.set()
        return partial(self._forget, run, listener)

    def _forget(self, run: str, listener: Listener) -> None:
        with self._lock:
            listeners = self._listeners.get(run, [])
            if listener in listeners:
                listeners.remove(listener)
            if not listeners:
                self._listeners.pop(run, None)

    def _watch(self) -> None:
        known: dict[str, tuple[float, int]] = {}
        while True:
            with self._lock:
                if not self._listeners:
                    self._thread = None
                    return
                runs = list(self._listeners)
            for run in runs:
                self._look(run, known)
            self._news.wait(INTERVAL_SECONDS)
            self._news.clear()

    def _look(self, run: str, known: dict[str, tuple[float, int]]) -> None:
        found: Run | CasaError
        try:
            found = manager.get(run)
        except (OSError, ValueError, Damaged):  # a shared file system may be away for a while
            return
        except CasaError as error:
            found = error
        ended = not isinstance(found, Run) or found.state in ENDED
        with self._lock:
            listeners = self._listeners.get(run, []).copy()
            if ended:
                self._listeners.pop(run, None)
        # Somebody who has just come has not heard what others know.
        stamp = (found.updated if isinstance(found, Run) else 0.0, len(listeners))
        if not ended and known.get(run) == stamp:
            return
        known[run] = stamp
        for listener in listeners:
            try:
                listener(found)
            except Exception:  # noqa: BLE001 - others wait, too
                _log.exception("What waits for the run %s failed.", run)


_watch = RunWatch()


def listen(run: str, listener: Listener) -> Callable[[], None]:
    """Have a listener told what becomes of a run, until it has ended or calls what is returned."""
    return _watch.listen(run, listener)


def ended(run: str) -> Future[Run]:
    """Return the run once it has ended, whichever way, as a future.

    Raises
    ------
    NotFound
        When there is no such run.
    """
    future: Future[Run] = Future()
    now = manager.get(run)
    if now.state in ENDED:
        future.set_result(now)
        return future

    def settle(found: Run | CasaError) -> None:
        try:
            if not isinstance(found, Run):
                future.set_exception(found)
            elif found.state in ENDED:
                future.set_result(found)
        except InvalidStateError:  # whoever waited has given up
            return

    forget = listen(run, settle)
    future.add_done_callback(lambda _: forget())
    return future
