"""The routes of the clusters; a real one lives in test_live.py."""

from __future__ import annotations

import pytest


async def test_the_profiles(ask) -> None:
    reply = await ask("GET", "/casa/profiles")
    assert reply.status == 200
    assert reply.body["profiles"][0]["name"] == "local"


async def test_clusters_are_listed_and_shown(ask, put_cluster, owners) -> None:
    folder = put_cluster("running")
    owners(folder)
    put_cluster("stopped", cluster="20260101-000000-local-0002")
    listed = await ask("GET", "/casa/clusters")
    states = {cluster["id"]: cluster["state"] for cluster in listed.body["clusters"]}
    assert states == {folder.id: "running", "20260101-000000-local-0002": "stopped"}
    shown = await ask("GET", f"/casa/clusters/{folder.id}")
    assert shown.body["id"] == folder.id
    assert f'casa_lab.connect("{folder.id}")' in shown.body["code"]


async def test_a_profile_that_there_is_not(ask) -> None:
    reply = await ask("POST", "/casa/clusters", {"profile": "locla"})
    assert (reply.status, "locla" in reply.message) == (404, True)


@pytest.mark.parametrize("workers", [-1, 10_001, 1.5, "many", None])
async def test_a_number_of_workers_that_makes_no_sense(ask, put_cluster, owners, workers) -> None:
    folder = put_cluster("running")
    owners(folder)
    reply = await ask("PATCH", f"/casa/clusters/{folder.id}", {"workers": workers})
    assert reply.status == 400
    assert reply.message.startswith("Field 'workers': ")


async def test_an_ended_cluster_is_not_scaled_but_forgotten(ask, put_cluster, owners) -> None:
    folder = put_cluster("running")
    owners(folder).release()  # its host died: it is lost
    reply = await ask("PATCH", f"/casa/clusters/{folder.id}", {"workers": 2})
    assert (reply.status, "lost" in reply.message) == (409, True)
    reply = await ask("DELETE", f"/casa/clusters/{folder.id}")
    assert (reply.status, reply.body["state"]) == (202, "lost")
    assert not folder.path.exists()


@pytest.mark.parametrize("name", ["none", "..", "a b", "\N{SNOWMAN}", "x" * 300])
async def test_a_cluster_that_there_is_not(ask, name) -> None:
    for method, body in (("GET", None), ("PATCH", {"workers": 1}), ("DELETE", None)):
        reply = await ask(method, f"/casa/clusters/{name}", body)
        assert reply.status == 404
        assert reply.message
