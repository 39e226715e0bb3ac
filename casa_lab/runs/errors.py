"""How a run ends when it does not end well."""

from __future__ import annotations

from casa_lab.errors import CasaError


class RunError(CasaError):
    """The run cannot go on; what is counted is kept."""


class RunStopped(CasaError):
    """Somebody asked the run to stop before it had any result."""
