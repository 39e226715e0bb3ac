"""How numbers and names read in sentences and tables."""

from __future__ import annotations

import time

_PREFIXES = ("", "k", "M", "G", "T", "P")

#: Longer names fill a dialog or a line of a terminal.
_MOST_CHARACTERS = 80


def visible(text: str) -> str:
    r"""Return text with escapes for what cannot be seen: ``a\u202eb`` for a change of direction.

    Such characters have power over the text around them.
    """
    return "".join(
        character if character.isprintable() else repr(character)[1:-1] for character in text
    )


def name(text: str) -> str:
    """Return a name as it stands in a sentence: visible, and shortened in its middle."""
    shown = visible(text)
    if len(shown) <= _MOST_CHARACTERS:
        return shown
    half = _MOST_CHARACTERS // 2
    return f"{shown[:half]}…{shown[-half:]}"


def count(number: int, noun: str) -> str:
    """Return a number with its noun: ``1 run``, ``1,200 events``."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def digits(number: float, significant: int = 3) -> str:
    """Return a number with the digits that matter: ``1,094``, ``12.3``, ``0.012``."""
    shown = f"{number:.{significant}g}"
    return f"{number:,.0f}" if "e+" in shown else shown


def rate(number: float) -> str:
    """Return a rate of events: ``84,210 events/s``."""
    return f"{number:,.0f} events/s"


def byte_rate(number: float) -> str:
    """Return a rate of bytes with three digits: ``1.03 MB/s``."""
    prefix = 0
    while number >= 999.5 and prefix < len(_PREFIXES) - 1:
        number /= 1000
        prefix += 1
    digits = 0 if number >= 99.95 or not prefix else 1 if number >= 9.995 else 2
    return f"{number:.{digits}f} {_PREFIXES[prefix]}B/s"


def duration(seconds: float) -> str:
    """Return a duration in the two units that matter: ``4.2 s``, ``3 min 20 s``, ``2 h 5 min``."""
    if seconds < 9.95:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"


def age(moment: float) -> str:
    """Return how long ago something was: ``12 s ago``."""
    return f"{duration(max(0.0, time.time() - moment))} ago"
