"""The errors that Casa tells its users about.

Each message is a sentence for the person who asked: what is wrong and what to
do. The nouns raise them without knowing about HTTP; ``casa_lab.routes.base``
maps each class to a status code, the command line prints the sentence.
"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


def suggestion(name: str, known: Iterable[str]) -> str:
    """Return the question whether a similar name was meant; nothing where there is none.

    Examples
    --------
    >>> suggestion("muon", ["Muon", "Jet"]), suggestion("muon", ["Jet"])
    ("Did you mean 'Muon'?", '')
    """
    close = get_close_matches(name, list(known), n=1)
    return f"Did you mean '{close[0]}'?" if close else ""


class CasaError(Exception):
    """Base of all errors whose message is meant for the user."""


class BadInput(CasaError):
    """What was asked makes no sense as written (HTTP 400)."""


class NotFound(CasaError):
    """The dataset, cluster, run, file or histogram named does not exist (HTTP 404)."""


class Conflict(CasaError):
    """What was asked is not possible in the present state (HTTP 409)."""


class Damaged(Conflict):
    """What was kept cannot be read any more (HTTP 409)."""


class TooLarge(CasaError):
    """The answer or the request is larger than the limit (HTTP 413)."""


class Unavailable(CasaError):
    """A part that is needed is not running or did not answer in time (HTTP 503)."""
