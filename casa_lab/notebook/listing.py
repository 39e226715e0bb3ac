"""``casa_lab.runs()`` and ``casa_lab.run()``: the runs there are, as handles."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, overload

from casa_lab.errors import BadInput, NotFound
from casa_lab.runs import manager
from casa_lab.runs.history.models import MOST, PAGE, RunQuery
from casa_lab.runs.models import Run, RunState
from casa_lab.runs.showing.progress import progress_of
from casa_lab.runs.showing.tables import Table
from casa_lab.validation import parse
from casa_lab.wording import age, count

from .handle import RunHandle

_SHOWN = 20
"""How many runs are printed."""

_NAMED = 1
"""How many datasets of a run are named, where there are still more."""


class Runs(Sequence[RunHandle]):
    """Runs, newest first.

    Parameters
    ----------
    found
        The runs as they were when they were asked for.
    total
        How many there are in all.
    """

    def __init__(self, found: Sequence[Run], total: int) -> None:
        self._found = found
        self.total = total

    def __len__(self) -> int:
        return len(self._found)

    @overload
    def __getitem__(self, index: int) -> RunHandle: ...

    @overload
    def __getitem__(self, index: slice) -> Runs: ...

    def __getitem__(self, index: int | slice) -> RunHandle | Runs:
        if isinstance(index, slice):
            chosen = self._found[index]
            return Runs(chosen, len(chosen))
        return RunHandle(self._found[index].id)

    def __repr__(self) -> str:
        return f"{self._title()}\n{self._table().as_text()}" if self._found else self._title()

    def _repr_html_(self) -> str:
        return self._table().as_html(self._title())

    def _title(self) -> str:
        return f"{count(self.total, 'run')}, newest first" if self._found else "No such runs."

    def _table(self) -> Table:
        shown = self._found[:_SHOWN]
        tags = ("Tags",) if any(run.tags for run in shown) else ()
        columns = ("Name", "State", "Events", "Datasets", "Started", *tags, "Id")
        rows = [[_row(run)[column] for column in columns] for run in shown]
        whole = ("Events", "Started", "Id")
        return Table(columns, rows, ("Events",), whole, self.total - len(shown))


def list_runs(
    search: str = "",
    *,
    state: RunState | None = None,
    tag: str | None = None,
    dataset: str | None = None,
    archived: Literal["no", "yes", "both"] = "no",
    limit: int = PAGE,
) -> Runs:
    """Return the runs that match, whoever launched them, newest first.

    Parameters
    ----------
    search
        Words that all occur in the name, id, tags, note, datasets or processor.
    state
        ``"running"``, ``"done"`` and so on.
    tag, dataset
        Only runs that have it.
    archived
        Whether those that were taken out of the list are in it.
    limit
        Most runs to return, up to a thousand.

    Raises
    ------
    BadInput
        When an argument makes no sense.
    """
    wanted = {
        "search": search,
        "state": state,
        "tag": tag,
        "dataset": dataset,
        "archived": archived,
        "limit": limit,
    }
    found = manager.find_runs(parse(RunQuery, wanted))
    return Runs(found.runs, found.total)


def run(name: str) -> RunHandle:
    """Return a run by its id, by as much of the end of it as is unique, or by its name.

    Parameters
    ----------
    name
        Id, end of an id, or name; of several runs of a name, the newest one is meant.

    Raises
    ------
    NotFound
        When there is none.
    BadInput
        When it could be any of several ids.
    """
    ids = manager.run_ids()
    if name in ids:
        return RunHandle(name)
    if name:
        query = RunQuery(search=name[:500], archived="both", limit=MOST)
        for found in manager.find_runs(query).runs:
            if found.name == name:
                return RunHandle(found.id)
    matches = [known for known in ids if name and known.endswith(name)]
    if len(matches) > 1:
        raise BadInput(f"{name!r} could be any of {', '.join(matches)}.")
    if not matches:
        raise NotFound(f"There is no run {name!r}. casa_lab.runs() lists what there is.")
    return RunHandle(matches[0])


def _some(names: Sequence[str]) -> str:
    more = len(names) - _NAMED
    return ", ".join(names) if more <= 1 else f"{', '.join(names[:_NAMED])} and {more} more"


def _row(found: Run) -> dict[str, str]:
    progress = progress_of(found)
    fraction = progress.fraction
    events = f"{progress.events_done:,}"
    if fraction is not None and fraction < 1:
        events += f" of {progress.events_total:,}"
    return {
        "Name": found.name,
        "State": found.state,
        "Events": events,
        "Datasets": _some(found.datasets),
        "Started": age(found.created),
        "Tags": ", ".join(found.tags),
        "Id": found.id,
    }
