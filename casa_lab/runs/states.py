"""The states of a run and the legal ways between them."""

from __future__ import annotations

from .models import RunState

TRANSITIONS: dict[RunState, frozenset[RunState]] = {
    "queued": frozenset({"preparing", "stopped", "failed", "lost"}),
    "preparing": frozenset({"running", "finishing", "stopped", "failed", "lost"}),
    "running": frozenset({"paused", "finishing", "stopped", "failed", "lost"}),
    "paused": frozenset({"running", "finishing", "stopped", "failed", "lost"}),
    "finishing": frozenset({"done", "stopped", "failed", "lost"}),
    "done": frozenset(),
    "stopped": frozenset({"queued"}),
    "failed": frozenset({"queued"}),
    "lost": frozenset({"queued"}),
}
"""For each state, the states that may follow it; ``queued`` again is a resume."""

ENDED: frozenset[RunState] = frozenset({"done", "stopped", "failed", "lost"})
"""States in which no process works on the run."""

RESUMABLE: frozenset[RunState] = frozenset({"stopped", "failed", "lost"})
"""States from which what is missing can be processed."""


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
