"""Labels can be changed; what was asked at the launch stays."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from casa_lab.errors import NotFound
from casa_lab.runs import manager
from casa_lab.runs.history.models import NewLabels

from .conftest import PutRun


def test_labels_begin_with_those_of_the_launch(put_run: PutRun) -> None:
    run = manager.get(put_run(1, tags=["a"], note="Why not.").id)
    assert (run.name, run.tags, run.note, run.archived) == ("mass 1", ["a"], "Why not.", False)


def test_only_what_is_named_changes(put_run: PutRun) -> None:
    folder = put_run(1, tags=["a"], note="Why not.")
    spec = folder.spec()
    run = manager.label(folder.id, NewLabels(tags=["b", " c ", "b"]))
    assert (run.name, run.tags, run.note) == ("mass 1", ["b", "c"], "Why not.")
    run = manager.label(folder.id, NewLabels(name=" new ", note="", archived=True))
    assert (run.name, run.tags, run.note, run.archived) == ("new", ["b", "c"], "", True)
    assert manager.get(folder.id) == run
    assert folder.spec() == spec


def test_labels_are_news(put_run: PutRun) -> None:
    folder = put_run(1)
    before = manager.get(folder.id)
    assert manager.label(folder.id, NewLabels(note="new")).updated > before.updated


@pytest.mark.parametrize("text", ["{", "[]", '{"name": 1}'])
def test_damaged_labels_hide_no_run(put_run: PutRun, text: str) -> None:
    folder = put_run(1)
    folder.labels.write_text(text)
    assert manager.get(folder.id).name == "mass 1"


def test_there_must_be_a_run(tmp_path: object) -> None:
    with pytest.raises(NotFound, match="no run"):
        manager.label("nothing", NewLabels(name="x"))


@pytest.mark.parametrize("bad", [{"name": " "}, {"name": "x" * 501}, {"tags": [""]}, {"x": 1}])
def test_labels_have_limits(bad: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        NewLabels.model_validate(bad)
