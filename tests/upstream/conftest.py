"""Says at the end how many of Coffea's own tests passed."""

from __future__ import annotations

import pytest

REPORT = pytest.StashKey[list[str]]()
"""What there is to say."""


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    if REPORT in config.stash:
        terminalreporter.section("Coffea's own tests through LiveExecutor")
        for line in config.stash[REPORT]:
            terminalreporter.line(line)
