"""The companion as a part of the server: what it loads, how it is configured, how it stops."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from jupyter_server.extension.application import ExtensionApp

from casa_lab.app import CasaApp
from casa_lab.folders import data_dir

HEAVY = ("awkward", "coffea", "dask", "distributed", "hist", "matplotlib", "uproot")

START = f"""
import asyncio, sys
from jupyter_server.serverapp import ServerApp
from tornado.httpclient import AsyncHTTPClient
from tornado.httpserver import HTTPServer
from tornado.testing import bind_unused_port

async def start():
    app = ServerApp(allow_root=True, open_browser=False)
    app.config.ServerApp.jpserver_extensions = {{"casa_lab": True}}
    app.initialize(argv=[], find_extensions=False, new_httpserver=False)
    socket, port = bind_unused_port(address="127.0.0.1")
    HTTPServer(app.web_app).add_socket(socket)
    for noun in ("datasets", "profiles", "clusters", "processors", "runs", "openapi.json"):
        await AsyncHTTPClient().fetch(
            f"http://127.0.0.1:{{port}}/casa/{{noun}}",
            headers={{"Authorization": f"token {{app.identity_provider.token}}"}},
        )
    await app.extension_manager.stop_all_extensions()

asyncio.run(start())
loaded = sorted(name for name in {HEAVY!r} if name in sys.modules)
assert not loaded, f"the companion loads {{loaded}}"
assert "casa_lab.app" in sys.modules
print("ok")
"""


def test_the_companion_loads_nothing_heavy(tmp_path: Path) -> None:
    result = subprocess.run(
        [sys.executable, "-c", START],
        env={
            **os.environ,
            "JUPYTER_CONFIG_DIR": str(tmp_path / "config"),
            "JUPYTER_DATA_DIR": str(tmp_path / "data"),
            "JUPYTER_RUNTIME_DIR": str(tmp_path / "runtime"),
        },
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert result.stdout.strip() == "ok", result.stderr


def test_every_setting_says_what_it_is_for() -> None:
    for name, trait in CasaApp.class_own_traits(config=True).items():
        assert trait.help, name


class TestConfigured:
    @pytest.fixture
    def jp_server_config(self, jp_server_config, tmp_path: Path):
        (tmp_path / "shared").mkdir()
        jp_server_config["CasaApp"] |= {
            "data_dir": str(tmp_path / "elsewhere"),
            "allowed_folders": [str(tmp_path / "shared")],
            "cluster_profiles": [
                {"name": "big", "title": "Big", "backend": "local", "options": {"workers": 64}}
            ],
        }
        return jp_server_config

    async def test_a_site_may_choose(self, ask, tmp_path: Path) -> None:
        reply = await ask("GET", "/casa/profiles")
        assert [profile["name"] for profile in reply.body["profiles"]] == ["local", "big"]
        assert data_dir() == tmp_path / "elsewhere"
        (tmp_path / "shared" / "mass.py").write_text(
            "from coffea.processor import ProcessorABC\n\n"
            "class Mass(ProcessorABC):\n"
            '    """Mass of everything."""\n\n'
            "    def process(self, events):\n        return {}\n"
        )
        reply = await ask("GET", "/casa/processors")
        assert [processor["name"] for processor in reply.body["processors"]] == ["Mass"]


async def test_it_stops(jp_serverapp) -> None:
    app = jp_serverapp.web_app.settings["casa_lab"]
    await app.stop_extension()
    await app.stop_extension()


async def test_it_does_not_wait_for_ever(jp_serverapp, monkeypatch, caplog) -> None:
    import asyncio

    app = jp_serverapp.web_app.settings["casa_lab"]
    app.stop_timeout = 0.05
    monkeypatch.setattr(app.companion.watcher, "stop", asyncio.Event().wait)
    await app.stop_extension()
    assert "did not stop within 0.05 s" in caplog.text


def test_the_documentation_lists_every_setting() -> None:
    text = (Path(__file__).parents[2] / "docs" / "api.md").read_text()
    listed = set(re.findall(r"^\| `CasaApp\.(\w+)`", text, re.MULTILINE))
    inherited = set(ExtensionApp.class_traits(config=True))
    assert listed == set(CasaApp.class_own_traits(config=True)) - inherited
