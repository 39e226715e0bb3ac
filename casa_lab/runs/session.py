"""One session of work on a run: owns its folder and writes what happens to it."""

from __future__ import annotations

import logging
import time
from typing import Any

from casa_lab.folders import Journal, Owner, RequestInbox

from .folder import RunFolder
from .ledger import Ledger
from .live import LiveHistograms
from .models import Failure, RunState
from .progress import ProgressMeter
from .states import ENDED, check_transition

SNAPSHOT_SECONDS = 0.5
"""Least time between two snapshots of the histograms and two updates of the state."""

_log = logging.getLogger(__name__)


class RunSession:
    """The owner's side of a run folder.

    Parameters
    ----------
    folder
        A created run folder; it is owned until :meth:`close`.
    cluster
        Id of the cluster in use, for people to see.

    Raises
    ------
    casa_lab.errors.Conflict
        When another process works on the run.
    """

    def __init__(self, folder: RunFolder, cluster: str | None = None) -> None:
        self.folder = folder
        self._owner = Owner(folder.path)
        self._journal = Journal(folder.journal)
        self._inbox = RequestInbox(folder.path)
        self._record = folder.record()
        self._record.cluster = cluster
        self._record.finished = None
        self.meter = ProgressMeter()
        self.live = LiveHistograms()
        self.live.sequence = self._record.histograms_sequence
        self.ledger = Ledger(folder.groups)
        self._published = 0.0
        self.stop_requested = False
        self.pause_requested = False
        self._begin_again()

    @property
    def state(self) -> RunState:
        """The state of the run."""
        return self._record.state

    def enter(self, state: RunState, message: str) -> None:
        """Change the state, in the journal and for readers."""
        check_transition(self._record.state, state)
        if state != self._record.state:
            self._journal.append(state, message=message)
            _log.info("%s: %s", state, message)
        if state == "running":
            self.meter.start()
        elif self._record.state == "running":
            self.meter.pause()
        self._record.state = state
        self.say(message)

    def say(self, message: str) -> None:
        """Tell readers what is going on, now."""
        self._record.message = message
        self._write()

    def mention(self, message: str) -> None:
        """Tell readers what is going on, with the next regular update."""
        self._record.message = message
        self.tick()

    def fail_chunks(self, failures: list[Failure]) -> None:
        """List chunks that failed."""
        with self.folder.failures.open("a", encoding="utf-8") as stream:
            for failure in failures:
                stream.write(failure.model_dump_json() + "\n")
                _log.warning("%s: %s", failure.file, failure.cause)

    def poll_requests(self) -> None:
        """Take in what others ask for: stop, pause or resume."""
        for request in self._inbox.take():
            action = request["action"]
            _log.info("request: %s", action)
            if action == "stop":
                self.stop_requested = True
            elif action in ("pause", "resume"):
                self.pause_requested = action == "pause"

    def tick(self) -> None:
        """Publish progress and histograms, when some time has passed since the last."""
        if time.monotonic() - self._published >= SNAPSHOT_SECONDS:
            if self.live.publish(self.folder.histograms, self.meter.fractions()):
                self._record.histograms_sequence = self.live.sequence
            self.ledger.checkpoint_if_due()
            self._write()

    def finish(self, state: RunState, message: str, accumulator: Any | None = None) -> None:
        """End the run with its result, whole or partial.

        Parameters
        ----------
        state
            ``done``, ``stopped`` or ``failed``.
        message
            One sentence.
        accumulator
            The merged accumulator; ``None`` keeps what was published last.
        """
        if accumulator is not None:
            from coffea.util import save

            fractions = self.meter.fractions()
            temporary = self.folder.path / ".result.coffea"
            save(accumulator, str(temporary))
            temporary.replace(self.folder.result)
            self.live.publish_result(self.folder.histograms, accumulator, fractions)
            self._record.histograms_sequence = self.live.sequence
        self._record.progress = self.meter.finish()
        check_transition(self._record.state, state)
        self._journal.append(state, message=message)
        _log.info("%s: %s", state, message)
        self._record.state = state
        self._record.message = message
        self._record.finished = time.time()
        self._write(progress=False)

    def close(self) -> None:
        """Give the folder up; a run that has not ended by now counts as lost."""
        self.ledger.close()
        self._owner.release()

    def _begin_again(self) -> None:
        """Take up what an earlier session left: counted chunks stay, failures are retried."""
        for piece in self.ledger.pieces():
            self.live.add(piece)
        self.folder.failures.unlink(missing_ok=True)
        if self._record.state in ENDED:  # whoever resumed did not write the state
            self.enter("queued", "Resumed.")

    def _write(self, progress: bool = True) -> None:
        self._published = time.monotonic()
        if progress:
            self._record.progress = self.meter.snapshot()
        self._record.updated = time.time()
        self.folder.write_state(self._record.model_dump(mode="json"))
