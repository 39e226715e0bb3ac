"""The states of a run and the legal ways between them."""

from __future__ import annotations

from .models import RunState

TRANSITIONS: dict[RunState, frozenset[RunState]] = {
    "queued": frozenset({"preparing", "stopped", "failed", "lost"}),
    "preparing": frozenset({"running", "finishing", "stopped", "failed", "lost"}),
    "running": frozenset({"paused", "finishing", "stopped", "failed", "lost"}),
    "paused": frozenset({"running", "finishing", "stopped", "failed", "lost"}),
    "finishing": frozenset({"done", "stopped", "failed", "lost"}),
    "done": frozenset({"queued"}),
    "stopped": frozenset({"queued", "done"}),
    "failed": frozenset({"queued", "done"}),
    "lost": frozenset({"queued"}),
}
"""For each state, the states that may follow it.

``queued`` again is a resume; a run that ended early is ``done`` once all that is
missing of it was accepted.
"""

ENDED: frozenset[RunState] = frozenset({"done", "stopped", "failed", "lost"})
"""States in which no process works on the run."""


def has_work_left(state: RunState, chunks_failed: int) -> bool:
    """Tell whether a run that has ended can be resumed to process what is missing.

    A run that is done misses the chunks that failed, if there are any: the
    files may have been mended since.
    """
    return state in ("stopped", "failed", "lost") or (state == "done" and chunks_failed > 0)


def check_transition(before: RunState, after: RunState) -> None:
    """Refuse an illegal change of state.

    Raises
    ------
    ValueError
        When ``after`` may not follow ``before``. That is a fault in Casa, not
        of the user.
    """
    if after != before and after not in TRANSITIONS[before]:
        raise ValueError(f"a run cannot go from {before!r} to {after!r}")
