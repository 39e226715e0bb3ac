"""Runs in the outputs of cells, kept up to date for as long as the kernel lives.

Casa's extension draws a run live by itself. For every other frontend, and for
the notebook as it is saved, what a cell shows is replaced as the run goes on,
and gets a picture of the first histograms at its end.
"""

from __future__ import annotations

import logging
import threading
import time
import uuid
from typing import Any

from casa_lab.errors import CasaError
from casa_lab.runs import manager
from casa_lab.runs.models import Run
from casa_lab.runs.states import ENDED

from .bundle import bundle_of
from .picture import picture_of
from .watching import listen

UPDATE_SECONDS = 2.0
"""Least time between two updates of a cell."""

PICTURE_SECONDS = 60.0
"""How long a cell that nobody watches waits for its picture."""

_views: list[CellView] = []
"""All that this kernel has shown."""

_log = logging.getLogger(__name__)


def in_kernel() -> bool:
    """Tell whether this process is the kernel of a notebook, whose outputs can be replaced."""
    return getattr(_shell(), "kernel", None) is not None


def show_run(run: str) -> None:
    """Show a run in the cell that is being executed."""
    CellView(run).show()


def follow_again(run: str) -> None:
    """Update what cells show of a run that goes on after it had ended."""
    for view in _views:
        if view.run == run:
            view.follow()


class CellView:
    """A run in the output of a cell.

    Parameters
    ----------
    run
        Id of the run.
    """

    def __init__(self, run: str) -> None:
        self.run = run
        self._display_id = uuid.uuid4().hex
        self._updated = 0.0
        self._settled = threading.Event()

    def show(self) -> None:
        """Show the run in the cell that is being executed, and follow it to its end."""
        from IPython.display import display

        bundle = bundle_of(manager.get(self.run))
        display(bundle, raw=True, display_id=self._display_id)
        if not _views:
            _shell().events.register("post_run_cell", _wait_for_pictures)
        _views.append(self)
        self.follow()

    def follow(self) -> None:
        """Update the cell until the run has ended."""
        self._settled.clear()
        listen(self.run, self._take)

    def wait_for_picture(self, seconds: float) -> None:
        """Wait for the picture of a run that has ended; do nothing while it goes on."""
        try:
            ended = manager.get(self.run).state in ENDED
        except CasaError:  # deleted meanwhile
            return
        if ended:
            self._settled.wait(seconds)

    def _take(self, found: Run | CasaError) -> None:
        if not isinstance(found, Run):
            self._settled.set()
        elif found.state in ENDED:
            # Drawing takes seconds, in which others want to hear of their runs.
            threading.Thread(
                target=self._conclude, args=(found,), name="casa-picture", daemon=True
            ).start()
        elif time.monotonic() - self._updated >= UPDATE_SECONDS:
            self._update(found)

    def _conclude(self, run: Run) -> None:
        try:
            self._update(run)
            self._update(run, picture_of(run.id))
        except CasaError as error:
            _log.warning("The run %s has no picture: %s", run.id, error)
        finally:
            self._settled.set()

    def _update(self, run: Run, picture: bytes | None = None) -> None:
        from IPython.display import update_display

        self._updated = time.monotonic()
        bundle = bundle_of(run, picture)
        update_display(bundle, raw=True, display_id=self._display_id)


def _wait_for_pictures(*_: Any) -> None:
    """Let a cell that is executed in a batch end with the pictures of the runs that ended in it.

    There, as in ``nbconvert --execute``, nobody waits, and the kernel is shut down
    when the last cell is done. Such clients say that they take no input.
    """
    # Not every kernel's shell tells what it was asked for.
    parent: dict[str, Any] = getattr(_shell(), "get_parent", dict)()
    if not parent.get("content", {}).get("allow_stdin", True):
        for view in _views:
            view.wait_for_picture(PICTURE_SECONDS)


def _shell() -> Any:
    from IPython import get_ipython

    return get_ipython()
