"""Code for a notebook that runs into the same exception as a chunk did."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from casa_lab.runs.literals import literal
from casa_lab.runs.models import Failure, RunSpec
from casa_lab.runs.processors.ipynb import SUFFIX
from casa_lab.runs.usercode.keeping import as_launched
from casa_lab.runs.usercode.pickles import is_code_kept, is_pickled

_COFFEA_SCHEMAS = frozenset(
    {
        "BaseSchema",
        "DelphesSchema",
        "EDM4HEPSchema",
        "FCCSchema",
        "NanoAODSchema",
        "PDUNESchema",
        "PFNanoAODSchema",
        "PHYSLITESchema",
        "ScoutingNanoAODSchema",
        "TreeMakerSchema",
    }
)
"""Schemas to import from Coffea; a notebook may have one of its own."""


def reproducing_code(failure: Failure, spec: RunSpec, kept: Path) -> str:
    """Return Python code that processes one failed chunk alone, in a notebook.

    Parameters
    ----------
    failure
        The chunk.
    spec
        Its run.
    kept
        The run's copy of the processor's code.
    """
    from_notebook = not is_code_kept(spec, kept)
    pickled = is_pickled(spec, kept)
    own_schema = (from_notebook or pickled) and spec.schema_name not in _COFFEA_SCHEMAS
    names = ["NanoEventsFactory"] if own_schema else [spec.schema_name, "NanoEventsFactory"]
    lines = [f"# {line}" for line in _remarks(failure, spec)]
    if pickled:
        lines.append("from casa_lab.runs.usercode.pickles import load_pickled")
    elif not from_notebook:
        lines += [
            "from casa_lab.runs.usercode.loading import load_processor",
            "from casa_lab.runs.models import ProcessorReference",
        ]
    lines += [f"from coffea.nanoevents import {', '.join(sorted(names))}", ""]
    if own_schema and from_notebook:
        lines.append(f"# `{spec.schema_name}` must be the one in this notebook.")
    if from_notebook:
        lines.append("# `processor` must be the one in this notebook.")
    elif pickled:
        lines += [f"code = load_pickled({str(kept)!r})", "processor = code.processor"]
        lines += [f"{spec.schema_name} = code.schema", ""] if own_schema else [""]
    else:
        lines += [*_loading(spec, kept), ""]
    lines += [*_opening(failure, spec), 'getattr(processor, "process", processor)(events)']
    return "\n".join(lines) + "\n"


def _remarks(failure: Failure, spec: RunSpec) -> list[str]:
    remarks = [f"A failure of the run {spec.id}.", *failure.exception.splitlines()[:1]]
    if failure.kind == "worker lost":
        remarks.append("It ended its worker: it may end this kernel, too.")
    return remarks


def _loading(spec: RunSpec, kept: Path) -> list[str]:
    reference = as_launched(spec.processor, kept)
    lines = []
    # What was taken from a notebook is in the run's folder from the start.
    in_notebook = f"{SUFFIX}:" in spec.processor.location
    if reference.location != spec.processor.location and not in_notebook:
        lines.append("# The code as it was when the run was launched; its file has changed since.")
    return [
        *lines,
        "processor = load_processor(",
        "    ProcessorReference(",
        f"        location={reference.location!r},",
        f"        arguments={literal(reference.arguments, 8)},",
        "    ),",
        f"    directory={spec.directory!r},",
        ")",
    ]


def _opening(failure: Failure, spec: RunSpec) -> list[str]:
    dataset = spec.fileset.get(failure.dataset) or {}
    # What Coffea's Runner says of a chunk, then what the fileset says of its dataset.
    metadata: dict[str, Any] = {
        "dataset": failure.dataset,
        "filename": failure.file,
        "treename": failure.treename,
    }
    entries = []
    if failure.entry_start is not None and failure.entry_stop is not None:
        metadata |= {"entrystart": failure.entry_start, "entrystop": failure.entry_stop}
        entries = [
            f"    entry_start={failure.entry_start},",
            f"    entry_stop={failure.entry_stop},",
        ]
    metadata |= dataset.get("metadata") or {}
    if failure.file.endswith((".parquet", ".parq")):
        opening = ["events = NanoEventsFactory.from_parquet(", f"    {failure.file!r},"]
    else:
        opening = [
            "events = NanoEventsFactory.from_root(",
            f"    {{{failure.file!r}: {failure.treename!r}}},",
        ]
    return [
        *opening,
        *entries,
        f"    schemaclass={spec.schema_name},",
        f"    metadata={literal(metadata, 4)},",
        ").events()",
    ]
