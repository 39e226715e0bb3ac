"""The handle of a run: what a notebook holds of it."""

from __future__ import annotations

import asyncio
import warnings
from collections.abc import Generator
from concurrent import futures
from typing import TYPE_CHECKING, Any

from casa_lab.errors import Conflict
from casa_lab.runs import manager
from casa_lab.runs.errors import RunError, RunStopped
from casa_lab.runs.failures import recovery
from casa_lab.runs.folder import open_run
from casa_lab.runs.models import Run, RunState
from casa_lab.runs.showing.bundle import bundle_of, line_of
from casa_lab.runs.showing.cells import follow_again, in_kernel, show_run
from casa_lab.runs.showing.progress import RunProgress, progress_of
from casa_lab.runs.showing.watching import ended

from .failures import Failures

if TYPE_CHECKING:
    import hist


class RunHandle:
    """A run, whoever launched it: the sidebar, the command line or a notebook.

    As the last expression of a cell it shows the run live. It holds nothing but
    the id: all that it tells is read from the run's folder, at the moment it is
    asked.

    Parameters
    ----------
    run
        Id of the run.

    Examples
    --------
    >>> run = casa_lab.launch(MyProcessor(), "fileset.json")  # doctest: +SKIP
    >>> run.progress  # doctest: +SKIP
    running, 1,200,000 of 3,000,000 events (40 %), 84,210 events/s, 21 s left
    >>> run.histograms()["mass"]  # doctest: +SKIP
    >>> output = run.result()  # doctest: +SKIP
    """

    def __init__(self, run: str) -> None:
        self._id = open_run(run).id

    @property
    def id(self) -> str:
        """The id of the run, the name of its folder."""
        return self._id

    @property
    def name(self) -> str:
        """What the run is called by now."""
        return self._run().name

    @property
    def state(self) -> RunState:
        """``queued``, ``preparing``, ``running``, ``paused``, ``finishing``, or how it ended:
        ``done``, ``stopped``, ``failed`` or ``lost``.
        """
        return self._run().state

    @property
    def progress(self) -> RunProgress:
        """How far the run is: events, chunks, fraction, pace and time left."""
        return progress_of(self._run())

    def histograms(self) -> dict[str, hist.Hist[Any]]:
        """Return the histograms by their path in the accumulator, while the run goes on, too.

        Returns
        -------
        dict
            What has been counted so far; empty before the first chunk. The
            path of a histogram in nested dictionaries is joined by ``/``.
        """
        import hist

        from casa_lab.histograms.snapshot import read_all

        path = open_run(self._id).histograms
        if not path.exists():
            return {}
        return {name: hist.Hist(uhi) for name, uhi in read_all(path).items()}

    def result(self, timeout: float | None = None, *, partial: bool = False) -> Any:
        """Return what the processor made of all events; wait until it is there.

        Parameters
        ----------
        timeout
            Seconds to wait; as long as it takes when not given. Interrupting
            the kernel ends the waiting, not the run.
        partial
            Return what was counted of a run that did not reach its end, in
            place of raising.

        Returns
        -------
        Any
            The accumulator, as ``coffea.processor.Runner`` returns it.

        Raises
        ------
        TimeoutError
            When the run goes on by then.
        RunStopped
            When the run was stopped before its end.
        RunError
            When it failed, or nobody drives it any more.
        """
        return self._accumulator(self._ended(timeout), partial)

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until the run has ended, whichever way.

        Parameters
        ----------
        timeout
            Seconds to wait; as long as it takes when not given.

        Returns
        -------
        bool
            Whether it has ended.
        """
        try:
            self._ended(timeout)
        except TimeoutError:
            return False
        return True

    def __await__(self) -> Generator[Any, None, Any]:
        """Wait for the result; meanwhile the kernel's event loop is free."""
        return self._result_later().__await__()

    def failures(self) -> Failures:
        """Return what failed, grouped by cause, the most frequent one first."""
        return Failures(recovery.list_failures(self._id))

    def stop(self) -> None:
        """Ask the run to stop with what it has; it can be resumed."""
        manager.stop(self._id)

    def pause(self) -> None:
        """Ask the run to send out no more chunks for now."""
        manager.pause(self._id)

    def resume(self) -> None:
        """Go on with a paused run, or process what is missing of one that has ended."""
        manager.resume(self._id)
        follow_again(self._id)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, RunHandle) and other.id == self._id

    def __hash__(self) -> int:
        return hash(self._id)

    def __repr__(self) -> str:
        return line_of(self._run())

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        return bundle_of(self._run())

    def _ipython_display_(self) -> None:
        if not in_kernel():
            raise NotImplementedError  # IPython in a terminal then prints the line
        show_run(self._id)

    def _run(self) -> Run:
        return manager.get(self._id)

    def _ended(self, timeout: float | None) -> Run:
        future = ended(self._id)
        try:
            return future.result(timeout)
        except futures.TimeoutError:  # not Python's own before 3.11
            raise TimeoutError(
                f"The run {self.name!r} is {self.state} after {timeout:g} s; it goes on."
            ) from None
        finally:
            future.cancel()

    async def _result_later(self) -> Any:
        run = await asyncio.wrap_future(ended(self._id))
        return await asyncio.to_thread(self._accumulator, run, False)

    def _accumulator(self, run: Run, partial: bool) -> Any:
        if run.state != "done" and not partial:
            kept = "run.result(partial=True) returns what was counted."
            if run.state == "stopped":
                raise RunStopped(f"The run {run.name!r} was stopped before its end; {kept}")
            hint = f" {kept[0].upper()}{kept[1:]}" if run.result_chunks else ""
            raise RunError(f"The run {run.name!r} is {run.state}: {run.message}{hint}")
        path = open_run(self._id).result
        if not path.exists():
            raise Conflict(f"The run {run.name!r} is {run.state} and has no result: {run.message}")
        if run.progress.chunks_failed:
            warnings.warn(
                f"{run.progress.chunks_failed} of {run.progress.chunks_total} chunks failed and "
                "are not in the result; run.failures() tells why.",
                stacklevel=3,
            )
        return _load(path)


def _load(path: Any) -> Any:
    from coffea.util import load

    try:
        return load(str(path))
    except Exception as error:
        raise RunError(
            f"The result {path} cannot be read in this notebook: {type(error).__name__}: {error}. "
            "It needs the environment of the run; run.histograms() needs none."
        ) from error
