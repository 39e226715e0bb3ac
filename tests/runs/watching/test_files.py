"""How the files of a run are: kept by the driver, written, read, put into tiles and listed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casa_lab.runs.failures.scope import FileName
from casa_lab.runs.folder import RunFolder
from casa_lab.runs.models import Failure
from casa_lab.runs.watching.board import MOST_CAUSES, FileBoard, FileShare
from casa_lab.runs.watching.filemap import MOST_TILES, About, FileMap, empty_arrays, read_file_map
from casa_lab.runs.watching.models import FILE_STATES, FileQuery

from .test_series import Clock


def files(**numbers: int) -> list[FileName]:
    return [
        (dataset, f"{dataset}{number}.root", "Events")
        for dataset, count in numbers.items()
        for number in range(count)
    ]


def failure(name: FileName, cause: str = "It broke.") -> Failure:
    return Failure(
        dataset=name[0], file=name[1], treename=name[2], entry_start=0, entry_stop=10,
        kind="processor error", cause=cause, exception="", traceback="",
    )  # fmt: skip


class Board:
    """A board with its folder and its clock."""

    def __init__(self, folder: RunFolder, names: list[FileName]) -> None:
        self.folder = folder
        self.names = names
        self.clock = Clock()
        self.board = FileBoard(self.clock)
        self.board.open(names, read_file_map(folder))
        self.board.write_names(folder)
        for name in names:
            self.board.plan(name, chunks=2, events=100, done=0)

    def do(self, name: FileName, events: int = 100, seconds: float = 1.0) -> None:
        self.board.sent([name])
        self.clock.now += 1.0
        self.board.returned([name])
        self.board.worked(FileShare(name, events, seconds), "tcp://one:1", "one")

    def written(self) -> FileMap:
        self.board.write(self.folder, 1)
        return read_file_map(self.folder)

    def states(self) -> dict[str, str]:
        listed = self.written().list(FileQuery(limit=200)).files
        return {file.file: file.state for file in listed}


@pytest.fixture
def folder(tmp_path: Path) -> RunFolder:
    return RunFolder(tmp_path)


@pytest.fixture
def board(folder: RunFolder) -> Board:
    return Board(folder, files(a=6, b=2))


def test_there_is_nothing_before_a_driver_wrote_it(folder: RunFolder) -> None:
    tiles = read_file_map(folder).tiles()
    assert (tiles.sequence, tiles.datasets) == (0, [])
    assert read_file_map(folder).list(FileQuery()).total == 0


def test_each_file_has_the_state_that_matters_most(board: Board) -> None:
    done, running, failed, slow, part, *_ = board.names
    board.do(done)
    board.board.sent([running, failed])
    board.board.failed([failure(failed)])
    board.do(slow, seconds=50.0)
    board.do(part, events=40)
    states = board.states()
    assert states["a0.root"] == "done"
    assert states["a1.root"] == "running"
    assert states["a2.root"] == "failed"
    assert states["a3.root"] == "slow"
    assert states["a4.root"] == states["a5.root"] == "waiting"


def test_a_file_is_slow_when_its_task_is_out_for_long(board: Board) -> None:
    board.board.sent([board.names[0]])
    for name in board.names[1:4]:
        board.do(name)
    assert board.states()["a0.root"] == "running"
    board.clock.now += 60
    assert board.states()["a0.root"] == "slow"
    board.board.recall()
    assert board.states()["a0.root"] == "waiting"


def test_a_large_file_may_take_long(folder: RunFolder) -> None:
    names = files(a=5)
    board = Board(folder, names)
    board.board.plan(names[0], chunks=100, events=10_000, done=0)
    for name in names[1:]:
        board.do(name)
    board.do(names[0], events=10_000, seconds=100.0)
    assert set(board.states().values()) == {"done"}


def test_files_are_listed_with_what_is_known_of_them(board: Board) -> None:
    first, second, *_ = board.names
    board.do(first, seconds=1.5)
    board.board.failed([failure(second, "It broke at 17."), failure(second, "It broke at 18.")])
    listed = board.written().list(FileQuery(limit=2))
    assert listed.total == 8
    known, broken = listed.files
    assert (known.events_done, known.events_total, known.chunks_total) == (100, 100, 2)
    assert (known.seconds, known.worker, known.host) == (1.5, "tcp://one:1", "one")
    assert broken.chunks_failed == 2
    assert broken.failure is not None
    assert (broken.failure.kind, broken.failure.cause) == ("processor error", "It broke at ….")


def test_files_that_nobody_has_looked_at_have_no_totals(folder: RunFolder) -> None:
    board = Board(folder, [])
    board.board.open(files(a=1), read_file_map(folder))
    board.board.write_names(folder)
    (file,) = board.written().list(FileQuery()).files
    assert (file.state, file.events_total, file.chunks_total, file.worker) == (
        "waiting", None, None, "",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"dataset": "b"}, ["b0", "b1"]),
        ({"dataset": "a", "first": 2, "last": 3}, ["a2", "a3"]),
        ({"state": "failed"}, ["a3", "b1"]),
        ({"dataset": "a", "state": "failed"}, ["a3"]),
        ({"offset": 5, "limit": 2}, ["a5", "b0"]),
        ({"dataset": "a", "first": 50, "last": 60}, []),
        ({"dataset": "c"}, []),
    ],
)
def test_files_are_asked_for(board: Board, query: dict[str, Any], found: list[str]) -> None:
    board.board.failed([failure(board.names[3]), failure(board.names[7])])
    listed = board.written().list(FileQuery(**query))
    assert [file.file for file in listed.files] == [f"{name}.root" for name in found]


def test_what_was_accepted_since_is_told_apart(board: Board) -> None:
    first, second, third, *_ = board.names
    board.board.failed([failure(first)])
    board.do(third)
    found = board.written()
    found.leave_out({first, second, third})
    states = [file.state for file in found.list(FileQuery(limit=3)).files]
    assert states == ["left out", "left out", "done"]


def test_a_resumed_session_knows_where_files_were(board: Board) -> None:
    board.do(board.names[1], seconds=2.5)
    board.board.write(board.folder, 1)
    again = FileBoard(board.clock)
    again.open(files(b=2, a=6), read_file_map(board.folder))
    again.write_names(board.folder)
    again.plan(board.names[1], chunks=2, events=100, done=100)
    again.write(board.folder, 2)
    (file,) = read_file_map(board.folder).list(FileQuery(dataset="a", first=1, last=1)).files
    assert (file.state, file.seconds, file.host) == ("done", 2.5, "one")


def test_between_new_names_and_new_states_nothing_is_known(board: Board) -> None:
    board.do(board.names[0])
    board.board.write(board.folder, 1)
    again = FileBoard(board.clock)
    again.open(files(a=3), read_file_map(board.folder))
    again.write_names(board.folder)
    assert read_file_map(board.folder).tiles().datasets[0].counts == [3, 0, 0, 0, 0, 0]


def test_very_many_causes_are_told_as_one(folder: RunFolder) -> None:
    names = files(a=1)
    board = Board(folder, names)
    for number in range(MOST_CAUSES + 50):
        board.board.failed([failure(names[0], f"It is {'x' * number}.")])
    assert len(board.written().about.causes) == MOST_CAUSES


@given(
    st.dictionaries(st.sampled_from("abcd"), st.integers(1, 300), min_size=1), st.integers(1, 60)
)
def test_tiles_hold_every_file_once(numbers: dict[str, int], most: int) -> None:
    names = tuple(files(**numbers))
    tiles = FileMap(names, empty_arrays(len(names)), About()).tiles(most)
    assert {each.dataset: each.files for each in tiles.datasets} == numbers
    for each in tiles.datasets:
        assert [sum(tile) for tile in each.tiles[:-1]] == [tiles.files_per_tile] * (
            len(each.tiles) - 1
        )
        assert sum(map(sum, each.tiles)) == sum(each.counts) == each.files
        assert len(each.done) == len(each.tiles)
    assert sum(len(each.tiles) for each in tiles.datasets) <= most + len(numbers)


def test_the_size_of_tiles_does_not_grow_with_the_files(folder: RunFolder) -> None:
    names = tuple(files(a=60_000, b=4_000))
    board = FileBoard()
    board.open(names, read_file_map(folder))
    board.write_names(folder)
    board.write(folder, 1)
    tiles = read_file_map(folder).tiles()
    assert tiles.states == list(FILE_STATES)
    assert tiles.files_per_tile == 50
    assert sum(len(each.tiles) for each in tiles.datasets) == 1_280 <= MOST_TILES
    assert len(tiles.model_dump_json()) < 60_000
