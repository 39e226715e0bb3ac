"""The routes of the datasets and their sources."""

from __future__ import annotations

import json

import pytest


@pytest.fixture
def fileset(jp_root_dir) -> str:
    (jp_root_dir / "mine.json").write_text(
        json.dumps({"dy": {"files": {"dy.root": "Events"}, "metadata": {"xsec": 1.5}}})
    )
    return "mine.json"


async def test_a_source_is_added_listed_and_removed(ask, fileset) -> None:
    assert (await ask("GET", "/casa/datasets")).body == {"datasets": [], "sources": []}
    added = await ask("POST", "/casa/sources", {"path": fileset})
    assert added.status == 201
    assert (added.body["kind"], added.body["label"]) == ("fileset", "mine.json")
    listed = await ask("GET", "/casa/datasets")
    (dataset,) = listed.body["datasets"]
    assert (dataset["name"], dataset["metadata"]) == ("dy", {"xsec": 1.5})
    assert dataset["source"] == added.body["id"]
    assert (await ask("DELETE", f"/casa/sources/{added.body['id']}")).status == 204
    assert (await ask("GET", "/casa/datasets")).body["sources"] == []


async def test_a_source_that_there_is_not(ask) -> None:
    reply = await ask("DELETE", "/casa/sources/none")
    assert (reply.status, "no such source" in reply.message) == (404, True)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("missing.json", 404),
        ("../outside.json", 400),
        ("/etc/passwd", 400),
        ("~nobody-of-that-name/x.json", 400),
        ("null\0byte.json", 400),
        ("x" * 5000, 400),
        ("", 400),
    ],
)
async def test_a_path_that_cannot_be_added(ask, path, status) -> None:
    reply = await ask("POST", "/casa/sources", {"path": path})
    assert reply.status == status
    assert reply.message


async def test_a_fileset_with_a_mistake_in_it(ask, jp_root_dir) -> None:
    (jp_root_dir / "typo.json").write_text('{"dy": {"flies": {}}}')
    reply = await ask("POST", "/casa/sources", {"path": "typo.json"})
    assert reply.status == 400
    assert "dy" in reply.message
