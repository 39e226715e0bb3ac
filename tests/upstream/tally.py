"""What became of Coffea's tests: how the pytest that runs them tells the one that started it."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path

NO_EXECUTOR = "execute nothing"


@dataclass
class Tally:
    """Coffea's tests, by what became of them.

    Attributes
    ----------
    passed
        How many passed, and had LiveExecutor execute something.
    failed
        Name and message of each that failed.
    not_applicable
        How many say nothing about LiveExecutor, by reason.
    """

    passed: int = 0
    failed: dict[str, str] = field(default_factory=dict)
    not_applicable: dict[str, int] = field(default_factory=dict)

    def write(self, path: Path) -> None:
        """Write it as JSON."""
        path.write_text(json.dumps(asdict(self)), encoding="utf-8")

    @classmethod
    def read(cls, path: Path) -> Tally:
        """Return what was written."""
        return cls(**json.loads(path.read_text(encoding="utf-8")))

    def leave_out(self, reason: str) -> None:
        """Count a test that says nothing about LiveExecutor."""
        self.not_applicable[reason] = self.not_applicable.get(reason, 0) + 1

    @property
    def summary(self) -> str:
        """How many tests passed, and how many did not."""
        left_out = sum(self.not_applicable.values())
        return f"{self.passed} passed, {len(self.failed)} failed, {left_out} not applicable"

    @property
    def reasons(self) -> list[str]:
        """Why tests are not applicable, and how many."""
        return [f"  {number} {reason}" for reason, number in self.not_applicable.items()]
