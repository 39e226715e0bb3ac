"""Prints the closing lines of pytest, Jest and Playwright found in a log, and their sum."""

from __future__ import annotations

import re
import sys
from itertools import chain
from pathlib import Path

ANSI = re.compile(r"\x1b\[[0-9;]*m")
# One pattern per runner; Playwright writes one line per kind of outcome.
RUNNERS = {
    "pytest": re.compile(r"=+ (.*\b(?:passed|failed|error|errors)\b.* in [\d.]+s.*?) =+"),
    "Jest": re.compile(r"(Tests: +.*\d+ total)"),
    "Playwright": re.compile(
        r" +(\d+ (?:passed|failed|flaky|skipped|did not run|interrupted)\b.*)"
    ),
}
PASSED = re.compile(r"(\d+) passed")
FAILED = re.compile(r"(\d+) (?:failed|errors?|flaky|did not run|interrupted)")


def main() -> None:
    """Read the log named on the command line and print what it came to."""
    text = Path(sys.argv[1]).read_text(encoding="utf-8", errors="replace")
    lines = ANSI.sub("", text).splitlines()
    closing = {
        runner: [match[1] for line in lines if (match := pattern.fullmatch(line))]
        for runner, pattern in RUNNERS.items()
    }
    print("-" * 72)
    for runner, results in closing.items():
        print(f"{runner}: {', '.join(results) or 'did not get as far as a result'}")
    everything = "\n".join(chain.from_iterable(closing.values()))
    passed = sum(map(int, PASSED.findall(everything)))
    failed = sum(map(int, FAILED.findall(everything)))
    print(f"{passed} passed, {failed} failed")


if __name__ == "__main__":
    main()
