"""Files with replicas: what cannot be read at one place is read at another, if it is the same."""

from __future__ import annotations

import os
import re
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import uproot
from coffea.util import load
from comparison import assert_same_accumulator
from distributed import Client

from casa_lab.clusters.models import Cluster
from casa_lab.reading.places import Places
from casa_lab.runs import manager
from casa_lab.runs.driving.executor import LiveExecutor
from casa_lab.runs.errors import RunError
from casa_lab.runs.failures.grouping import common_cause
from casa_lab.runs.folder import open_run
from casa_lab.runs.models import NewRun
from casa_lab.runs.replicas import replicas_of
from casa_lab.runs.tasks.worker import RETRY_SECONDS

from .conftest import CHUNK, EVENTS, FILES, Process, newest_run, write_file
from .gates import Gate, wait_for_end
from .listed import failure
from .partial import counted_chunks
from .test_failures import damage_last_basket
from .xrootd import IMPATIENCE, Site, unused_port, xrootd_site


class Ranges(SimpleHTTPRequestHandler):
    """Serves a folder as storage sites do: parts of files, too."""

    def send_head(self) -> Any:
        path = Path(self.translate_path(self.path))
        if not path.is_file():
            self.send_error(HTTPStatus.NOT_FOUND)
            return None
        size = path.stat().st_size
        wanted = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range", ""))
        first = int(wanted[1]) if wanted else 0
        last = min(int(wanted[2] or size - 1), size - 1) if wanted else size - 1
        self.send_response(HTTPStatus.PARTIAL_CONTENT if wanted else HTTPStatus.OK)
        self.send_header("Accept-Ranges", "bytes")
        self.send_header("Content-Length", str(last - first + 1))
        if wanted:
            self.send_header("Content-Range", f"bytes {first}-{last}/{size}")
        self.end_headers()
        self._part = first, last - first + 1
        return path.open("rb")

    def copyfile(self, source: Any, outputfile: Any) -> None:
        first, length = self._part
        source.seek(first)
        outputfile.write(source.read(length))

    def log_message(self, format: str, *args: Any) -> None:
        """Keep quiet."""


@pytest.fixture
def site(tmp_path: Path) -> Iterator[tuple[Path, str]]:
    """A folder, and the address at which an HTTP server has it."""
    folder = tmp_path / "site"
    folder.mkdir()

    def handler(*arguments: Any) -> Ranges:
        return Ranges(*arguments, directory=str(folder))

    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield folder, f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture
def copies(fileset: dict[str, Any], site: tuple[Path, str], tmp_path: Path) -> dict[str, Any]:
    """The fileset with its files at a place of their own, and a replica of each at the site."""
    (tmp_path / "first").mkdir()
    folder, address = site
    moved: dict[str, Any] = {}
    for name, dataset in fileset.items():
        entry = moved[name] = {**dataset, "files": {}, "replicas": {}}
        for path in map(Path, dataset["files"]):
            first = tmp_path / "first" / path.name
            shutil.copyfile(path, first)
            shutil.copyfile(path, folder / path.name)
            entry["files"][str(first)] = "Events"
            entry["replicas"][str(first)] = [f"{address}/{path.name}"]
    return moved


def first_file(fileset: dict[str, Any]) -> Path:
    """The first copy of ``background``'s file 0."""
    return Path(next(iter(fileset["background"]["files"])))


def with_first_place(fileset: dict[str, Any], place: str) -> dict[str, Any]:
    """Return a fileset in which the first file of ``background`` is elsewhere."""
    dataset = fileset["background"]
    old = str(first_file(fileset))
    files = {place if file == old else file: tree for file, tree in dataset["files"].items()}
    replicas = {
        place if file == old else file: places for file, places in dataset["replicas"].items()
    }
    return {**fileset, "background": {**dataset, "files": files, "replicas": replicas}}


def write_with_an_early_copy(path: Path, copy: Path) -> None:
    """Write a file in two parts, with a copy of the same UUID that has only the first of them."""
    path.unlink()
    with uproot.recreate(path) as file:
        tree = file.mktree("Events", {"x": np.float64, "w": np.float64})
        rng = np.random.default_rng(0)
        for part in range(2):
            x = rng.integers(0, 64, EVENTS // 2) / 64
            tree.extend({"x": x, "w": rng.normal(1.0, 0.5, EVENTS // 2)})
            if part == 0:
                file.file.sink.flush()
                shutil.copyfile(path, copy)
    with uproot.open(path) as whole, uproot.open(copy) as early:
        assert whole.file.uuid == early.file.uuid
        assert early["Events"].num_entries == EVENTS // 2


@pytest.mark.parametrize("trouble", ["missing", "cut off", "damaged basket", "silent server"])
def test_a_replica_stands_in(
    run_live: Process,
    client: Client,
    copies: dict[str, Any],
    site: tuple[Path, str],
    gate: Gate,
    expected: Any,
    trouble: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    gate.open()
    path = first_file(copies)
    if trouble == "missing":
        path.unlink()
    elif trouble == "cut off":
        path.write_bytes(path.read_bytes()[:200])
    elif trouble == "damaged basket":
        damage_last_basket(path)
    else:
        copies = with_first_place(copies, f"http://127.0.0.1:{unused_port()}/{path.name}")
    executor = LiveExecutor(client, status=False)
    output = run_live(copies, gate.processor(), executor)
    assert not executor.failures
    assert_same_accumulator(output, expected)
    run = newest_run()
    assert (run.state, run.progress.events_done) == ("done", FILES * EVENTS)
    assert counted_chunks(run.id) == set(expected["chunks"]), "a file's name is its first place"
    told = [text for text in caplog.messages if "is read instead" in text]
    assert len(told) == 1
    assert f"its replica {site[1]}/{path.name} is read" in told[0]


@contextmanager
def dying_once_chunks_are_at(gate: Gate, site: Site) -> Iterator[None]:
    """Kill a server when files are open there, before their columns are read."""

    def kill() -> None:
        gate.wait_for_calls(1)
        site.process.kill()
        site.process.wait()
        gate.open()

    killer = threading.Thread(target=kill)
    killer.start()
    yield
    killer.join()


def test_an_xrootd_site_that_dies_in_mid_run_is_replaced_by_another(
    run_live: Process,
    client: Client,
    fileset: dict[str, Any],
    gate: Gate,
    expected: Any,
    caplog: pytest.LogCaptureFixture,
) -> None:
    client.run(os.environ.update, IMPATIENCE)
    with xrootd_site() as first, xrootd_site() as second:
        sites: dict[str, Any] = {}
        for name, dataset in fileset.items():
            entry = sites[name] = {**dataset, "files": {}, "replicas": {}}
            for path in map(Path, dataset["files"]):
                for site in (first, second):
                    shutil.copyfile(path, site.folder / path.name)
                entry["files"][f"{first.address}/{path.name}"] = "Events"
                entry["replicas"][f"{first.address}/{path.name}"] = [
                    f"{second.address}/{path.name}"
                ]
        executor = LiveExecutor(client, status=False)
        with dying_once_chunks_are_at(gate, first):
            output = run_live(sites, gate.processor(), executor)
    assert not executor.failures
    assert_same_accumulator(output, expected)
    told = [text for text in caplog.messages if "is read instead" in text]
    assert len(told) == FILES
    assert all(f"its replica {second.address}" in text for text in told)


def test_an_xrootd_site_that_is_gone_is_not_taken_for_damage(
    run_live: Process, client: Client, gate: Gate
) -> None:
    client.run(os.environ.update, IMPATIENCE)
    with xrootd_site() as site, dying_once_chunks_are_at(gate, site):
        write_file(site.folder / "1.root", 1)
        files = {"data": {"files": {f"{site.address}/1.root": "Events"}}}
        executor = LiveExecutor(client, status=False)
        with pytest.raises(RunError, match="Nothing succeeded"):
            run_live(files, gate.processor(), executor)
    assert {failure.kind for failure in executor.failures} == {"other"}
    assert {failure.attempts for failure in executor.failures} == {1 + len(RETRY_SECONDS)}


@pytest.mark.parametrize("other", ["entries", "identity"])
def test_a_replica_that_is_another_file_is_a_failure_that_says_so(
    run_live: Process,
    client: Client,
    copies: dict[str, Any],
    site: tuple[Path, str],
    gate: Gate,
    other: str,
) -> None:
    gate.open()
    path = first_file(copies)
    if other == "identity":
        write_file(site[0] / path.name, 0)
    else:
        write_with_an_early_copy(path, site[0] / path.name)
    damage_last_basket(path)
    executor = LiveExecutor(client, status=False)
    with pytest.warns(UserWarning, match="1 of 12 chunks failed"):
        run_live(copies, gate.processor(), executor)
    [failed] = executor.failures
    assert (failed.kind, failed.file) == ("file damaged", str(path))
    assert failed.cause.startswith(f"A part of {path} cannot be read")
    replica = f"{site[1]}/{path.name}"
    assert failed.cause.endswith(f"Its replica does not help: {replica} is another file.")
    assert failed.replicas == [replica]


def test_a_failure_names_all_places(
    run_live: Process, client: Client, site: tuple[Path, str], gate: Gate, tmp_path: Path
) -> None:
    gate.open()
    folder, address = site
    (folder / "1.root").write_bytes(b"not ROOT")
    first, copy = str(tmp_path / "1.root"), str(tmp_path / "copy" / "1.root")
    damaged = f"{address}/1.root"
    fileset = {"data": {"files": {first: "Events"}, "replicas": {first: [copy, damaged]}}}
    executor = LiveExecutor(client, status=False)
    with pytest.raises(RunError, match="Nothing succeeded"):
        run_live(fileset, gate.processor(), executor)
    [failed] = executor.failures
    assert failed.kind == "file missing"
    assert failed.cause == (
        f"There is no file {first}. Check its path. Its replicas do not help: "
        f"{copy} is not there; {damaged} is damaged."
    )
    assert f"At {damaged}:\nTraceback" in failed.traceback


def test_a_launched_run_reads_replicas(
    copies: dict[str, Any], gate: Gate, cluster: Cluster, expected: Any
) -> None:
    gate.open()
    path = first_file(copies)
    path.unlink()
    new = NewRun(processor=gate.reference, datasets=list(copies), chunksize=CHUNK)
    run = manager.launch(new, copies, cluster.id, "command line")
    done = wait_for_end(run.id)
    assert (done.state, done.message) == ("done", "Done.")
    assert_same_accumulator(load(open_run(run.id).result), expected)
    assert f"{path} cannot be read now: its replica" in manager.log(run.id).text


def test_failures_with_replicas_are_one_group() -> None:
    def at(name: str) -> str:
        places = f"/data/{name}.root", f"root://site//store/{name}.root"
        return common_cause(
            failure(
                file=places[0],
                replicas=[places[1]],
                cause=f"There is no file {places[0]}. Its replica does not help: {places[1]} is "
                "not there.",
            )
        )

    assert at("first") == at("second")


def test_what_failed_is_tried_last() -> None:
    replicas = {
        "root://one//a": ["root://two//a"],
        "root://one//b": ["root://two//b"],
        "/local/[c": ["root://two//c"],
    }
    places = Places()
    assert places.order("root://one//a", replicas) == ["root://one//a", "root://two//a"]
    places.failed("root://one//a", is_silent=False)
    assert places.order("root://one//a", replicas) == ["root://two//a", "root://one//a"]
    assert places.order("root://one//b", replicas) == ["root://one//b", "root://two//b"]
    places.failed("root://one//a", is_silent=True)
    assert places.order("root://one//b", replicas) == ["root://two//b", "root://one//b"]
    places.worked("root://one//b")
    assert places.order("root://one//b", replicas) == ["root://one//b", "root://two//b"]
    places.failed("/local/[c", is_silent=True)
    assert places.order("/local/[c", replicas) == ["root://two//c", "/local/[c"]
    assert places.order("/local/d", replicas) == ["/local/d"]


def test_replicas_of_a_file_in_two_datasets_are_put_together() -> None:
    fileset = {
        "one": {"files": {"a": "Events"}, "replicas": {"a": ["b"]}},
        "two": {"files": {"a": "Events"}, "replicas": {"a": ["c", "b"]}},
        "three": ["d"],
    }
    assert replicas_of(fileset) == {"a": ("b", "c")}
