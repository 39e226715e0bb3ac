"""Of a traceback, the user sees first what is hers."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path, PurePath

import pytest

from casa_lab.runs.failures.tracebacks import UserCode, trim

LIBRARY = """\
  File "/opt/env/lib/python3.11/site-packages/coffea/processor/executor.py", line 1720, in _work
    out = processor_instance.process(events)
          ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
"""
MINE = """\
  File "/home/me/analysis/dimuon.py", line 20, in process
    return select(events)
           ^^^^^^^^^^^^^^
  File "/home/me/analysis/cuts.py", line 7, in select
    return events[99]
           ~~~~~~^^^^
"""
AWKWARD = """\
  File "/opt/env/lib/python3.11/site-packages/awkward/highlevel.py", line 1100, in __getitem__
    return self._layout[where]
"""
HEAD = "Traceback (most recent call last):\n"


def test_the_user_s_own_frames_are_left() -> None:
    message = (
        "IndexError: cannot slice\n\nThis error occurred while slicing\n\n"
        '  File "/home/me/data.txt", line 3, in a message\n'
    )
    trimmed = trim(HEAD + LIBRARY + MINE + AWKWARD + message, UserCode())
    assert trimmed + "\n" == HEAD + MINE + message


def test_without_any_the_last_frame_is_left() -> None:
    trimmed = trim(HEAD + LIBRARY + AWKWARD + "IndexError: too far\n", UserCode())
    assert trimmed + "\n" == HEAD + AWKWARD + "IndexError: too far\n"


def test_a_chain_of_exceptions_keeps_its_messages() -> None:
    between = "\nThe above exception was the direct cause of the following exception:\n\n"
    whole = f"{HEAD}{AWKWARD}KeyError: 'x'\n{between}{HEAD}{MINE}ValueError: no x\n"
    expected = f"KeyError: 'x'\n{between}{HEAD}{MINE}ValueError: no x\n"
    assert trim(whole, UserCode()) + "\n" == expected


@pytest.mark.parametrize(
    ("file", "own"),
    [
        ("/home/me/dimuon.py", True),
        ("/tmp/ipykernel_12/345.py", True),
        ("<ipython-input-3-abc>", True),
        ("/usr/lib/python3.11/json/decoder.py", False),
        ("/opt/env/lib64/python3.12/site-packages/hist/basehist.py", False),
        ("/usr/lib/python3/dist-packages/uproot/source.py", False),
        ("C:\\env\\Lib\\site-packages\\dask\\base.py", False),
        ("/work/checkout/casa_lab/runs/tasks/worker.py", False),
        ("/work/checkout/casa_lab/reading/chunks.py", False),
        ("/home/me/casa_lab_analysis/runs.py", True),
        ("<frozen importlib._bootstrap>", False),
        ("<string>", False),
    ],
)
def test_whose_a_frame_is(file: str, own: bool) -> None:
    assert UserCode().holds(file) is own


def test_an_installed_processor_is_the_user_s_own() -> None:
    file = "/opt/env/lib/python3.11/site-packages/myanalysis/dimuon.py"
    assert UserCode(package="myanalysis").holds(file)
    assert UserCode(package="single").holds("/opt/env/lib/python3.11/site-packages/single.py")
    assert not UserCode().holds(file)


def test_a_processor_in_an_unlikely_place_is_the_user_s_own(tmp_path: Path) -> None:
    original = PurePath("/opt/env/lib/python3.11/site-packages/dimuon.py")
    code = UserCode({original: tmp_path / "processor" / "dimuon.py"})
    assert code.holds(str(original))
    assert code.holds(str(tmp_path / "processor" / "dimuon.py"))


def test_lines_that_a_worker_could_not_see_come_from_the_run_s_copy(tmp_path: Path) -> None:
    copy = tmp_path / "dimuon.py"
    copy.write_text("def process(events):\n    return events[99]\n")
    code = UserCode({PurePath("/home/me/dimuon.py"): copy})
    bare = '  File "/home/me/dimuon.py", line {}, in process\n'
    trimmed = trim(f"{HEAD}{bare.format(2)}{bare.format(9)}IndexError: too far\n", code)
    assert trimmed + "\n" == (
        f"{HEAD}{bare.format(2)}    return events[99]\n{bare.format(9)}IndexError: too far\n"
    )


def test_what_python_really_prints(tmp_path: Path) -> None:
    script = tmp_path / "mine.py"
    script.write_text(
        "import json\n\n\ndef again(depth):\n    if depth:\n        again(depth - 1)\n"
        "    json.loads('{')\n\n\nagain(9)\n"
    )
    whole = subprocess.run(
        [sys.executable, str(script)], capture_output=True, text=True, check=False
    ).stderr
    assert "json/decoder.py" in whole
    assert "Previous line repeated" in whole
    trimmed = trim(whole, UserCode())
    assert "decoder.py" not in trimmed
    assert "Previous line repeated" in trimmed
    assert f'  File "{script}", line 7, in again\n    json.loads' in trimmed
    assert trimmed.splitlines()[-1].startswith("json.decoder.JSONDecodeError: ")


def test_what_is_not_a_traceback_stays() -> None:
    assert trim("", UserCode()) == ""
    assert trim("KilledWorker: away", UserCode()) == "KilledWorker: away"
