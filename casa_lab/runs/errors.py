"""How a run ends when it does not end well."""

from __future__ import annotations

from casa_lab.errors import CasaError


class RunError(CasaError):
    """The run cannot go on; what is counted is kept."""


class RunStopped(CasaError):
    """Somebody asked the run to stop before it had any result."""


class OutputsDiffer(RunError):
    """The outputs of two chunks cannot be added: Coffea itself would raise here, too.

    Parameters
    ----------
    error
        What adding them raised.
    """

    def __init__(self, error: Exception) -> None:
        super().__init__(
            "The processor's outputs of two chunks cannot be added: "
            f"{type(error).__name__}: {error}. It must return the same structure for all chunks, "
            "with the same axes in each histogram; give categories growth=True."
        )
