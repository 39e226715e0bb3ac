"""What the documentation names is there, and what is there is documented."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import casa_lab
from casa_lab.app import CasaApp
from casa_lab.cli import main

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]

_LINK = re.compile(r"\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)


def anchors(page: Path) -> set[str]:
    """Return where links to a page can lead, by the rules of GitHub."""
    headings = _HEADING.findall(page.read_text())
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    for link in _LINK.findall(page.read_text()):
        if "://" in link:
            continue
        path, _, anchor = link.partition("#")
        target = page.parent / path if path else page
        assert target.exists(), link
        assert not anchor or anchor in anchors(target), link


def test_every_setting_is_listed() -> None:
    text = (ROOT / "docs" / "api.md").read_text()
    own = CasaApp.class_own_traits(config=True)
    assert {name for name in own if f"`CasaApp.{name}`" not in text} == set()


def test_every_command_has_its_heading(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--help"])
    commands = re.findall(r"^    (\S+)(?: |$)", capsys.readouterr().out, re.MULTILINE)
    assert "run" in commands
    text = (ROOT / "docs" / "cli.md").read_text()
    headings = " ".join(_HEADING.findall(text)).replace("casa-lab ", "")
    documented = {name.split()[0] for name in re.findall(r"`([^`]+)`", headings)}
    assert documented == set(commands)


def test_the_notebook_api_is_documented() -> None:
    text = " ".join(page.read_text() for page in PAGES)
    public = set(casa_lab.__all__) - {"__version__"}
    assert {name for name in public if f"casa_lab.{name}" not in text} == set()
    assert {name for name in public if not getattr(casa_lab, name).__doc__} == set()
