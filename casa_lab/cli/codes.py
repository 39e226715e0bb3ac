"""Exit codes of the command line."""

from __future__ import annotations

DONE = 0
"""Everything asked for was done."""

FAILED = 1
"""The run failed, or some of its chunks did."""

BAD_INPUT = 2
"""What was asked makes no sense; nothing was started."""

INTERRUPTED = 130
"""Stopped by Ctrl-C or SIGTERM, as shells count it."""
