"""One living owner at a time, whoever looks on and however the owner dies."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from casa_lab.errors import Conflict
from casa_lab.folders import Owner, is_owned
from casa_lab.folders.owner import HEARTBEAT_LIMIT_SECONDS

HOLD = """
import sys, pathlib
from casa_lab.folders import Owner
owner = Owner(pathlib.Path(sys.argv[1]))
print("owned", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def other_process(tmp_path: Path) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "owned\n"
    yield process
    process.kill()
    process.communicate()


def pretend_owner(folder: Path, host: str, age: float = 0.0, released: bool = False) -> None:
    path = folder / "owner.json"
    path.write_text(json.dumps({"host": host, "pid": 17, "released": released}))
    then = time.time() - age
    os.utime(path, (then, then))


def test_a_folder_that_never_had_an_owner_is_not_owned(tmp_path: Path) -> None:
    assert not is_owned(tmp_path)


def test_a_second_owner_is_refused_with_the_first_ones_name(
    tmp_path: Path, other_process: subprocess.Popen[str]
) -> None:
    assert is_owned(tmp_path)
    with pytest.raises(Conflict, match=f"already owned by process {other_process.pid} on"):
        Owner(tmp_path)
    assert json.loads((tmp_path / "owner.json").read_text())["pid"] == other_process.pid


def test_the_kernel_releases_what_a_killed_process_owned(
    tmp_path: Path, other_process: subprocess.Popen[str]
) -> None:
    other_process.send_signal(signal.SIGKILL)
    other_process.wait()
    assert not is_owned(tmp_path)
    Owner(tmp_path).release()


def test_releasing_twice_does_no_harm_and_lets_the_next_one_in(tmp_path: Path) -> None:
    owner = Owner(tmp_path)
    owner.release()
    owner.release()
    assert not is_owned(tmp_path)
    Owner(tmp_path).release()


def test_those_who_only_look_never_keep_an_owner_out(tmp_path: Path) -> None:
    Owner(tmp_path).release()
    done = threading.Event()

    def look() -> None:
        while not done.is_set():
            is_owned(tmp_path)

    lookers = [threading.Thread(target=look) for _ in range(3)]
    for looker in lookers:
        looker.start()
    try:
        for _ in range(50):
            Owner(tmp_path).release()
    finally:
        done.set()
        for looker in lookers:
            looker.join()


def test_an_owner_on_another_host_lives_as_long_as_its_heart_beats(tmp_path: Path) -> None:
    pretend_owner(tmp_path, "elsewhere")
    assert is_owned(tmp_path)
    with pytest.raises(Conflict, match="process 17 on elsewhere"):
        Owner(tmp_path)
    pretend_owner(tmp_path, "elsewhere", age=HEARTBEAT_LIMIT_SECONDS + 1)
    assert not is_owned(tmp_path)
    Owner(tmp_path).release()


def test_another_host_sees_a_release_at_once(tmp_path: Path) -> None:
    pretend_owner(tmp_path, "elsewhere", released=True)
    assert not is_owned(tmp_path)
    Owner(tmp_path).release()


def test_a_deleted_folder_is_released_in_silence(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    folder.mkdir()
    owner = Owner(folder)
    for path in folder.iterdir():
        path.unlink()
    folder.rmdir()
    owner.release()
    assert not is_owned(folder)
