"""A run as text that launches the same again: Python for notebooks, a command for terminals."""

from __future__ import annotations

import json
import shlex
from pathlib import Path
from typing import Any

from casa_lab.runs.folder import RunFolder, open_run
from casa_lab.runs.literals import literal
from casa_lab.runs.models import NewRun
from casa_lab.runs.processors.ipynb import SUFFIX

from .again import asked_for, code_of
from .details import files_of
from .models import Transcript

MOST_FILES = 200
"""Filesets of more files are not written out, but read from the run's folder."""


def transcript(run: str) -> Transcript:
    """Write down a run.

    Parameters
    ----------
    run
        Its id.

    Raises
    ------
    Conflict
        When its code was not kept, since a notebook had it.
    """
    folder = open_run(run)
    new = asked_for(folder)
    if code_of(folder) is not None:
        # A processor that lies in no file cannot be named on a command line.
        command = f"casa-lab rerun {_quote(folder.id)}"
        return Transcript(code=_code(folder, new, is_pickled=True), command=command)
    return Transcript(code=_code(folder, new), command=_command(folder, new))


def _code(folder: RunFolder, new: NewRun, is_pickled: bool = False) -> str:
    fileset = folder.spec().fileset
    if sum(len(files_of(dataset)) for dataset in fileset.values()) > MOST_FILES:
        imports = ["import json", "from pathlib import Path", "", "import casa_lab"]
        path = literal(str(folder.path / "spec.json"))
        value = f'json.loads(Path({path}).read_text(encoding="utf-8"))["fileset"]'
    else:
        imports, value = ["import casa_lab"], literal(fileset)
    if is_pickled:
        imports.append("from casa_lab.runs.usercode.pickles import load_pickled")
        made = [f"made = load_pickled({literal(str(folder.processor))})"]
        processor, schema = "made.processor", f"made.schema or {literal(new.schema_name)}"
    else:
        made, processor, schema = [], literal(new.processor.location), literal(new.schema_name)
    options: dict[str, Any] = {
        "arguments": new.processor.arguments,
        "chunksize": new.chunksize,
        "maxchunks": new.maxchunks,
        "column_bytes": new.column_bytes,
        "fail_fast": new.fail_fast,
        "name": new.name,
        "tags": new.tags,
        "note": new.note,
    }
    return "\n".join(
        [
            *imports,
            "",
            f"fileset = {value}",
            *made,
            "run = casa_lab.launch(",
            f"    {processor},",
            "    fileset,",
            f"    schema={schema},",
            *([f"    cluster={literal(new.cluster)},"] if new.cluster else []),
            *(f"    {name}={literal(value, 4)}," for name, value in options.items() if value),
            ")",
            "run",
            "",
        ]
    )


def _command(folder: RunFolder, new: NewRun) -> str:
    options = {
        "fileset-of": folder.id,
        "schema": new.schema_name,
        "chunksize": new.chunksize,
        "maxchunks": new.maxchunks,
        "keep-columns": new.column_bytes,
        "name": new.name,
        "note": new.note,
        "cluster": new.cluster,
        "profile": None if new.cluster or new.profile == "local" else new.profile,
    }
    words = [
        *(
            _option("arg", f"{name}={json.dumps(value, ensure_ascii=False)}")
            for name, value in new.processor.arguments.items()
        ),
        *(_option(name, value) for name, value in options.items() if value),
        *(_option("tag", tag) for tag in new.tags),
        *(["--fail-fast"] if new.fail_fast else []),
    ]
    command = " \\\n  ".join([f"casa-lab run {_quote(new.processor.location)}", *words])
    file = new.processor.location.rpartition(":")[0]
    directory = Path(folder.spec().directory)
    # A module may lie in the folder that the run was launched from.
    if not file.endswith((".py", SUFFIX)) and directory.is_dir():
        command = f"cd {_quote(str(directory))} && \\\n{command}"
    # Without a line's end: what is pasted into a terminal waits for the user's.
    return command


def _option(name: str, value: object) -> str:
    # One word: a value may begin with a dash.
    return f"--{name}={_quote(str(value))}"


def _quote(text: str) -> str:
    # No word of a command line can hold this one.
    return shlex.quote(text.replace("\0", ""))
