"""The test's side of gated processors, and waiting for conditions."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from patience import wait_until

from casa_lab.runs import manager
from casa_lab.runs.models import ProcessorReference, Run
from casa_lab.runs.states import ENDED

from . import gated


class Gate:
    """Lets the chunks of a gated processor pass, and knows which ones came."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name in ("calls", "permissions"):
            (folder / name).mkdir(parents=True)

    @property
    def reference(self) -> ProcessorReference:
        """The processor, for a run that is launched."""
        return ProcessorReference(
            location=f"{gated.__file__}:Gated", arguments={"folder": str(self.folder)}
        )

    def processor(self, breaks: str = "") -> gated.Gated:
        """The processor, for a notebook."""
        return gated.Gated(str(self.folder), breaks)

    def open(self) -> None:
        """Let everything pass from now on."""
        (self.folder / "open").touch()

    def allow(self, chunks: int) -> None:
        """Let some chunks pass."""
        for _ in range(chunks):
            (self.folder / "permissions" / uuid.uuid4().hex).touch()

    def calls(self) -> Counter[str]:
        """How often each chunk came."""
        return Counter(path.name.split("#")[0] for path in (self.folder / "calls").iterdir())

    def processes(self) -> list[int]:
        """The processes in which chunks came."""
        return [int(path.name.split("#")[1]) for path in (self.folder / "calls").iterdir()]

    def wait_for_calls(self, number: int) -> None:
        """Wait until so many calls were made."""
        wait_until(lambda: self.calls().total() >= number, f"{number} chunks at the gate")


def wait_for(run: str, condition: Callable[[Run], bool], what: str) -> Run:
    """Return a run once a condition holds for it; fail when it ends before."""

    def look() -> Run | None:
        found = manager.get(run)
        if condition(found):
            return found
        assert found.state not in ENDED, f"{found.state}: {found.message}\n{manager.log(run).text}"
        return None

    return wait_until(look, what)


def wait_for_end(run: str) -> Run:
    """Return a run once it has ended, whichever way."""
    return wait_for(run, lambda found: found.state in ENDED, "the end of the run")
