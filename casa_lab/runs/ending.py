"""What is said of a run that has ended with a result."""

from __future__ import annotations

from typing import Literal

from .models import LeftOut


def ending(
    stopped: bool, failed: int, left: int = 0, left_out: LeftOut | None = None
) -> tuple[Literal["done", "stopped"], str]:
    """Return the final state of a run that has a result, and sentences about it.

    Parameters
    ----------
    stopped
        Whether it was stopped before its time.
    failed
        How many chunks failed.
    left
        How many chunks nobody has tried, nor was asked to.
    left_out
        What was accepted as missing.
    """
    missing = f" {describe_left_out(left_out)}" if left_out and left_out.chunks else ""
    if stopped:
        return "stopped", f"Stopped. The result holds what was processed by then.{missing}"
    if left:
        return "stopped", (
            f"The failures were tried again. {_count(left, 'chunk')} "
            f"{'was' if left == 1 else 'were'} never tried: resume the run for the "
            f"rest.{missing}"
        )
    if failed:
        return "done", f"Done, without {_count(failed, 'chunk')} that failed.{missing}"
    return "done", f"Done.{missing}"


def describe_left_out(left_out: LeftOut) -> str:
    """Return a sentence on how much was accepted as missing."""
    read = left_out.files - left_out.unread_files
    parts = []
    if left_out.chunks > left_out.unread_files:
        parts.append(f"{_count(left_out.events, 'event')} of {_count(max(read, 1), 'file')}")
    if left_out.unread_files:
        parts.append(f"{_count(left_out.unread_files, 'file')} that could not be read")
    return f"Left out, as was accepted: {' and '.join(parts)}."


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
