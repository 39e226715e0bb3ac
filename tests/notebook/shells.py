"""A notebook's shell without a kernel around it, and what it shows."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from IPython.core.displaypub import DisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config


class Screen(DisplayPublisher):
    """Remembers what was displayed, by id: each update replaces what was there."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.outputs: dict[str, dict[str, Any]] = {}
        self.updates = 0
        self._news = threading.Condition()

    def publish(
        self,
        data: dict[str, Any],
        metadata: object = None,
        *,
        transient: dict[str, str] | None = None,
        update: bool = False,
        **kwargs: object,
    ) -> None:
        with self._news:
            self.outputs[(transient or {}).get("display_id", "")] = data
            self.updates += update
            self._news.notify_all()

    def wait_for(self, condition: Callable[[], bool]) -> None:
        """Wait until something is shown that is waited for."""
        with self._news:
            assert self._news.wait_for(condition, timeout=30)

    @property
    def last(self) -> dict[str, Any]:
        return list(self.outputs.values())[-1]


@dataclass
class Kernel:
    """Tells which cell runs, as JupyterLab tells the kernel."""

    cell: str | None = None
    run: int = 0

    def get_parent(self) -> dict[str, Any]:
        metadata = {} if self.cell is None else {"cellId": self.cell}
        return {"metadata": metadata, "header": {"msg_id": str(self.run)}}


@dataclass
class Notebook:
    shell: InteractiveShell
    screen: Screen
    kernel: Kernel = field(default_factory=Kernel)

    def run(self, code: str, cell: str | None = None, **names: Any) -> None:
        """Run a cell; names are what it finds in its namespace."""
        self.kernel.cell = cell
        self.kernel.run += 1
        self.shell.push(names)
        self.shell.run_cell(code).raise_error()


@contextmanager
def open_notebook() -> Iterator[Notebook]:
    """A shell in which cells run, with Casa imported."""
    config = Config()
    config.HistoryManager.enabled = False
    InteractiveShell.clear_instance()
    shell = InteractiveShell.instance(config=config)
    try:
        screen = Screen(shell=shell)
        notebook = Notebook(shell, screen)
        shell.display_pub = screen
        shell.kernel = notebook.kernel  # type: ignore[attr-defined]
        notebook.run("import casa_lab")
        yield notebook
    finally:
        InteractiveShell.clear_instance()
