"""A list that grows is read on, and one that was replaced is read again."""

from __future__ import annotations

from pathlib import Path

import pytest

from casa_lab.folders import runs_dir
from casa_lab.runs.failures import tallies
from casa_lab.runs.failures.book import write_failures, write_left_out
from casa_lab.runs.failures.tallies import Tallies
from casa_lab.runs.folder import RunFolder
from casa_lab.runs.models import Failure, FailureList, LeftOutChunk

from .listed import failure, no_example, whole_file


@pytest.fixture
def folder(tmp_path: Path) -> RunFolder:
    return RunFolder(tmp_path)


def look(at: Tallies, folder: RunFolder) -> FailureList:
    return at.list_failures(folder, no_example)


def append(folder: RunFolder, *failures: Failure, end: str = "\n") -> None:
    with folder.failures.open("a") as stream:
        stream.writelines(each.model_dump_json() + end for each in failures)


def test_what_was_read_is_not_read_again(
    folder: RunFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = Tallies()
    assert look(known, folder).total == 0
    append(folder, failure(), failure(entry_start=100, entry_stop=150))
    assert look(known, folder).groups[0].events == 150
    read: list[int] = []
    parse = Failure.model_validate_json

    def counting(line: bytes) -> Failure:
        read.append(len(line))
        return parse(line)

    monkeypatch.setattr(Failure, "model_validate_json", counting)
    append(folder, whole_file("/data/gone.root"))
    listed = look(known, folder)
    assert (listed.total, len(listed.groups), len(read)) == (3, 2, 1)
    assert look(known, folder) == listed == look(Tallies(), folder)
    assert len(read) == 4


def test_half_a_line_waits_for_its_end(folder: RunFolder) -> None:
    known = Tallies()
    line = failure().model_dump_json()
    folder.failures.write_text(line + "\n" + line[:50])
    assert look(known, folder).total == 1
    with folder.failures.open("a") as stream:
        stream.write(line[50:] + "\n")
    assert look(known, folder).total == 2


def test_a_line_torn_by_a_crash_is_left_out(folder: RunFolder) -> None:
    append(folder, failure(), end="\n{torn\n")
    append(folder, failure(entry_start=100, entry_stop=150))
    assert look(Tallies(), folder).total == 2


def test_lists_that_were_replaced_are_read_again(folder: RunFolder) -> None:
    known = Tallies()
    first, second = failure(), failure(entry_start=100, entry_stop=150)
    for listed, accepted in (
        ([first, second], []),
        ([second], [first]),
        ([], [second, first]),
        ([first], []),
        ([second], []),
        ([], []),
    ):
        write_left_out(folder, [LeftOutChunk(**each.model_dump(), accepted=1) for each in accepted])
        write_failures(folder, listed)
        shown = look(known, folder)
        assert shown.total == len(listed)
        assert [group.chunks for group in shown.accepted] == ([len(accepted)] if accepted else [])
        assert shown == look(Tallies(), folder)


def test_what_a_crash_left_in_both_lists_was_accepted(folder: RunFolder) -> None:
    known = Tallies()
    append(folder, failure(), failure(entry_start=100, entry_stop=150))
    assert look(known, folder).total == 2
    write_left_out(folder, [LeftOutChunk(**failure().model_dump(), accepted=1)])
    shown = look(known, folder)
    assert (shown.total, shown.accepted[0].chunks) == (1, 1)


def test_few_runs_are_remembered() -> None:
    known = Tallies()
    for number in range(3 * tallies.MOST_RUNS):
        folder = RunFolder(runs_dir() / str(number))
        folder.path.mkdir()
        append(folder, failure())
        assert look(known, folder).total == 1
    assert len(known._lists) == tallies.MOST_RUNS
