"""One session of work on a run: owns its folder and writes what happens to it."""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Callable
from typing import Any

from casa_lab.errors import Conflict
from casa_lab.folders import Journal, Owner, RequestInbox
from casa_lab.folders.reserve import Reserve
from casa_lab.runs.counting.ledger import Ledger
from casa_lab.runs.counting.metrics import read_metrics
from casa_lab.runs.counting.plan import FileKey
from casa_lab.runs.counting.progress import ProgressMeter, forget_rates, fractions, recount
from casa_lab.runs.ending import ending
from casa_lab.runs.errors import FOLDER_UNWRITABLE, RunError
from casa_lab.runs.failures.book import FailureBook
from casa_lab.runs.folder import RunFolder
from casa_lab.runs.history.identities import write_identities
from casa_lab.runs.models import Failure, Progress, RunState
from casa_lab.runs.states import ENDED, check_transition, has_work_left
from casa_lab.runs.watching.report import Report

from .live import LiveHistograms, accumulator_of

SNAPSHOT_SECONDS = 0.1
"""Least time between two snapshots of the histograms and two updates of the state."""

SNAPSHOT_SHARE = 0.05
"""Largest part of a processor that snapshots may take; large ones come less often."""

_log = logging.getLogger(__name__)


class RunSession:
    """The owner's side of a run folder.

    Parameters
    ----------
    folder
        A created run folder; it is owned until :meth:`close`.
    cluster
        Id of the cluster in use, for people to see.

    Attributes
    ----------
    postprocess
        Applied to a partial result before it is saved.
    watch
        Called with the progress whenever it is written.

    Raises
    ------
    casa_lab.errors.Conflict
        When another process works on the run, or it is done.
    """

    def __init__(self, folder: RunFolder, cluster: str | None = None) -> None:
        self.folder = folder
        self._owner = Owner(folder.path)
        try:
            self._open(cluster)
        except BaseException:
            self._owner.release()
            raise

    def _open(self, cluster: str | None) -> None:
        folder = self.folder
        self._record = folder.record()
        state, failed = self._record.state, self._record.progress.chunks_failed
        if state in ENDED and not has_work_left(state, failed):
            raise Conflict(f"{folder.id} is {state}: there is nothing left to do.")
        # Requests made since this session was asked for are meant for it.
        self._inbox = RequestInbox(folder.path, earlier=state == "queued")
        self._journal = Journal(folder.journal)
        self._reserve = Reserve(folder.path)
        self._record.cluster = cluster
        self._record.finished = None
        self.book = FailureBook(folder)
        self.meter = ProgressMeter(earlier=read_metrics(folder.metrics))
        self.report = Report(folder, self._record.reports_sequence)
        self.live = LiveHistograms()
        self.live.sequence = self._record.histograms_sequence
        self._ledger: Ledger | None = None
        self.postprocess: Callable[[Any], Any] = _unchanged
        self.watch: Callable[[Progress], object] = _unchanged
        self._publish_at = 0.0
        self.stop_requested = False
        self.pause_requested = False
        self._enter_queue()

    @property
    def state(self) -> RunState:
        """The state of the run."""
        return self._record.state

    @property
    def progress(self) -> Progress:
        """The progress as last written."""
        return self._record.progress

    @property
    def ledger(self) -> Ledger:
        """What is counted, by this session and earlier ones."""
        if self._ledger is None:
            self._ledger = Ledger(self.folder.groups)
        return self._ledger

    def take_up(self) -> None:
        """Take up the chunks that an earlier session counted.

        Raises
        ------
        RunError
            When it cannot be read.
        """
        recount(self._record.progress, self.ledger.by_dataset())
        forget_rates(self._record.progress)
        for piece in self.ledger.pieces():
            self.live.add(piece)

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

    def begin_chunks(self) -> None:
        """Take the failures that are tried again off the list, now that the files are known."""
        failures = self.book.begin()
        self.report.files.failed(failures)
        for failure in failures:
            self.meter.failed(failure.dataset, 0, 1)

    def fail_chunks(self, failures: list[Failure]) -> None:
        """List chunks that failed."""
        self.book.add(failures)
        self.report.files.failed(failures)

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
        began, busy = time.monotonic(), time.thread_time()
        if began < self._publish_at:
            return
        self._look_at_meter()
        if self.live.publish(self.folder.histograms, fractions(self._record.progress)):
            self._record.histograms_sequence = self.live.sequence
        self.ledger.checkpoint_if_due()
        self._record.reports_sequence = self.report.write_if_due()
        self._write()
        # Not the time that went by: on a busy machine most of that is waiting for a processor.
        cost = time.thread_time() - busy
        self._publish_at = began + max(SNAPSHOT_SECONDS, cost / SNAPSHOT_SHARE)

    @property
    def seconds_to_news(self) -> float:
        """How long until :meth:`tick` has histograms to publish; infinite without new ones."""
        if not self.live.has_changed:
            return math.inf
        return max(0.0, self._publish_at - time.monotonic())

    def ending(self) -> tuple[RunState, str]:
        """Return the final state of a run that has a result, and a sentence about it."""
        failed = self.meter.snapshot().chunks_failed
        return ending(self.stop_requested, failed, self.book.scope.left, self.book.left_out)

    def finish(self, state: RunState, message: str, accumulator: Any | None = None) -> None:
        """End the run with its result, whole or partial.

        Parameters
        ----------
        state
            ``done``, ``stopped`` or ``failed``.
        message
            One sentence.
        accumulator
            The result; when ``None``, it is made from what was counted.

        Notes
        -----
        Never raises for a disk that is full or gone: whoever holds the
        accumulator is to have it, and the run can be resumed.
        """
        if self.meter.is_planned:
            self._give_back_failures()
            self._record.progress = self.meter.finish()
            self.book.note_left_out(self._record.progress)
        if accumulator is None:
            accumulator = self._salvage()
        try:
            self._save(accumulator)
        except Exception as error:  # noqa: BLE001 - a full disk, or what cannot be pickled
            _log.exception("The result could not be saved.")
            state = "failed"
            if FOLDER_UNWRITABLE not in message:
                message = (
                    f"The result cannot be saved: {error}. What was counted is safe: "
                    f"resume the run when that is mended. ({message})"
                )
        check_transition(self._record.state, state)
        self._record.state = state
        self._record.message = message
        self._record.finished = self._record.updated = time.time()
        _log.info("%s: %s", state, message)
        try:
            self._record.reports_sequence = self.report.write(finished=True)
            if self._ledger is not None:
                write_identities(self.folder, self._ledger.identities)
        except OSError:
            _log.exception("The metrics could not be written.")
            self._reserve.spend()
        if not self._write_end():
            self._reserve.spend()
            self._write_end()
        self.watch(self._record.progress)

    def close(self) -> None:
        """Give the folder up; a run that has not ended by now counts as lost."""
        self._reserve.spend()
        if self._ledger is not None:
            self._ledger.close()
        self._owner.release()

    def _write_end(self) -> bool:
        """Write how the run ended; tell whether that could be done."""
        try:
            self._journal.append(self._record.state, message=self._record.message)
            # Last, as whoever waits for the end reads the rest then.
            self.folder.write_state(self._record.model_dump(mode="json"))
        except OSError:
            _log.exception("The end of the run could not be written.")
            return False
        return True

    def _enter_queue(self) -> None:
        """Note that a session begins, whoever asked for it and whatever came before."""
        before = self._record.state
        if before not in ENDED and before != "queued":
            self._journal.append("lost", message="The process that drove this run is gone.")
            self._record.state = "lost"
        if before != "queued":
            self.enter("queued", "Resumed.")
        else:
            self._journal.append("queued", message=self._record.message)

    def _give_back_failures(self) -> None:
        try:
            counted = self.ledger.counted
            failures = self.book.give_back(lambda file: counted.get(FileKey(*file), ()))
            self.report.files.failed(failures)
            for failure in failures:
                self.meter.failed(failure.dataset, 0, 1)
        except (OSError, RunError):
            _log.exception("What was not tried again is missing in the list of failures.")

    def _salvage(self) -> Any | None:
        """Return a result of exactly what is counted on disk, ``None`` if nothing is.

        What is in memory may be half way through a batch.
        """
        try:
            if self._ledger is not None:
                self._ledger.close()
            self._ledger = Ledger(self.folder.groups)
            recount(self._record.progress, self._ledger.by_dataset())
            total = self._ledger.total()
        except Exception:  # noqa: BLE001 - pickles of the user's types
            _log.exception("What was counted cannot be read.")
            return None
        if total is None:
            return None
        accumulator = accumulator_of(total)
        try:
            return self.postprocess(accumulator)
        except Exception:  # noqa: BLE001 - the user's code may raise anything
            _log.exception("postprocess() failed; the partial result is saved without it.")
            return accumulator

    def _save(self, accumulator: Any | None) -> None:
        if accumulator is None:
            return
        from coffea.util import save

        temporary = self.folder.path / ".result.coffea"
        try:
            save(accumulator, str(temporary))
            temporary.replace(self.folder.result)
        finally:
            temporary.unlink(missing_ok=True)
        parts = fractions(self._record.progress)
        self._record.result_chunks = self._record.progress.chunks_done
        self.live.publish_result(self.folder.histograms, accumulator, parts)
        self._record.histograms_sequence = self.live.sequence

    def _look_at_meter(self) -> None:
        # Until the files were looked at, the progress is that of the session before.
        if self.meter.is_planned:
            self._record.progress = self.meter.snapshot()
            self.book.note_left_out(self._record.progress)

    def _write(self) -> None:
        self._look_at_meter()
        self._record.updated = time.time()
        self.folder.write_state(self._record.model_dump(mode="json"))
        self.watch(self._record.progress)


def _unchanged(value: Any) -> Any:
    return value
