from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from casa_lab.clusters import manager
from casa_lab.clusters.backends.local import available_cores
from casa_lab.clusters.models import NewCluster, Profile
from casa_lab.clusters.profiles import find_profile, profiles
from casa_lab.errors import BadInput, NotFound


def write_own(home: Path, content: Any) -> Path:
    home.mkdir(exist_ok=True)
    path = home / "profiles.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return path


def test_local_is_on_offer_with_a_worker_per_core() -> None:
    (local,) = profiles()
    assert (local.name, local.title, local.backend) == ("local", "Local", "local")
    assert local.options["workers"] == available_cores() >= 1
    assert local.options["threads_per_worker"] == 1


def test_the_site_and_the_user_add_profiles_and_replace_them(casa_data_dir: Path) -> None:
    write_own(
        casa_data_dir,
        {
            "profiles": [
                {"name": "small", "title": "Small", "backend": "local", "options": {"workers": 1}}
            ]
        },
    )
    site = [
        {"name": "local", "title": "This node", "backend": "local", "options": {"workers": 3}},
        Profile(name="small", title="Replaced", backend="local"),
    ]
    found = profiles(site)
    assert [profile.title for profile in found] == ["This node", "Small"]
    assert [profile.options["workers"] for profile in found] == [3, 1]


def test_an_unknown_profile_is_answered_with_the_known_ones() -> None:
    with pytest.raises(NotFound, match=r"no cluster profile named 'slrum'.*local"):
        find_profile("slrum")
    with pytest.raises(NotFound, match="slrum"):
        manager.start(NewCluster(profile="slrum"))
    assert manager.list_clusters() == []


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("{", "cannot be read as JSON"),
        ([], "must hold an object"),
        ({"profiles": {}}, "must hold an object"),
        ({"profiles": [{"name": "x", "title": "X"}]}, "profile 1: backend: Field required"),
        (
            {"profiles": [{"name": "x", "title": "X", "backend": "lokal"}]},
            "no cluster backend named 'lokal'. Known are: local",
        ),
        (
            {"profiles": [{"name": "x", "title": "X", "backend": "local", "options": {"w": 1}}]},
            "profile 'x': w: Extra inputs are not permitted",
        ),
        (
            {
                "profiles": [
                    {"name": "x", "title": "X", "backend": "local", "options": {"workers": -1}}
                ]
            },
            "profile 'x': workers: Input should be greater than or equal to 0",
        ),
    ],
)
def test_a_broken_profile_is_explained(casa_data_dir: Path, content: Any, sentence: str) -> None:
    write_own(casa_data_dir, content)
    with pytest.raises(BadInput) as caught:
        profiles()
    assert sentence in str(caught.value)


def test_a_site_adds_a_backend_by_entry_point(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "farm.py").write_text(
        "from casa_lab.clusters.backends.local import LocalBackend\n"
        "class Farm(LocalBackend): ...\n"
        "class NoBackend: ...\n"
    )
    information = tmp_path / "farm-1.0.dist-info"
    information.mkdir()
    (information / "METADATA").write_text("Metadata-Version: 2.1\nName: farm\nVersion: 1.0\n")
    (information / "entry_points.txt").write_text(
        "[casa_lab.cluster_backends]\n"
        "farm = farm:Farm\n"
        "gone = no_such_module:Farm\n"
        "odd = farm:NoBackend\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    (_, farm) = profiles([{"name": "farm", "title": "Farm", "backend": "farm"}])
    assert farm.options["threads_per_worker"] == 1
    with pytest.raises(BadInput, match=r"cannot be imported from no_such_module:Farm"):
        profiles([{"name": "x", "title": "X", "backend": "gone"}])
    with pytest.raises(BadInput, match=r"is not a subclass"):
        profiles([{"name": "x", "title": "X", "backend": "odd"}])
