"""The REST API, written once: the endpoints and their pydantic models.

``python -m casa_lab.openapi`` prints the OpenAPI 3.1 document from which the
TypeScript types are generated; the companion publishes the same at
``casa/openapi.json``. Only pydantic is imported, so that a build can run it.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from casa_lab.forecasts.forecast import DryRun

from .clusters.models import Cluster, ClusterList, NewCluster, ProfileList, ScaleCluster
from .datasets.models import DatasetList, NewSource, Source
from .histograms.models import FrameHeader, HistogramCatalog, Unwatch, ViewProblem, Watch
from .histograms.takeaway.models import Code, CodeRequest, Export
from .runs.counting.metrics import RunMetrics
from .runs.history.models import (
    ChangeQuery,
    NewLabels,
    RunChanges,
    RunDetails,
    RunList,
    RunQuery,
    RunRequest,
    Transcript,
)
from .runs.models import (
    Acceptance,
    FailureList,
    NewRun,
    ProcessorList,
    ProcessorQuery,
    Retry,
    Run,
    RunLog,
)
from .runs.watching.models import FileQuery, FileTiles, RunFileList, RunSeries


class ErrorReply(BaseModel):
    """The body of every reply that is not a success."""

    message: str
    """A sentence for the user: what is wrong and what to do."""


@dataclass(frozen=True)
class Endpoint:
    """One method of one path."""

    method: str
    path: str
    summary: str
    reply: type[BaseModel] | None = None
    body: type[BaseModel] | None = None
    status: int = 200
    query: type[BaseModel] | None = None
    upload: str | None = None
    """Media type of a body that is not JSON."""
    file: bool = False
    """Whether the reply is a file, whose name and type its headers tell."""


ENDPOINTS: tuple[Endpoint, ...] = (
    Endpoint("GET", "/casa/datasets", "List datasets and their sources.", DatasetList),
    Endpoint("POST", "/casa/sources", "Add a source of datasets.", Source, NewSource, 201),
    Endpoint(
        "DELETE", "/casa/sources/{source}", "Remove a source (no file is touched).", None, None, 204
    ),
    Endpoint("GET", "/casa/profiles", "List the cluster profiles.", ProfileList),
    Endpoint("GET", "/casa/clusters", "List the clusters.", ClusterList),
    Endpoint(
        "POST", "/casa/clusters", "Start a cluster; answers at once.", Cluster, NewCluster, 202
    ),
    Endpoint("GET", "/casa/clusters/{cluster}", "Show a cluster.", Cluster),
    Endpoint("PATCH", "/casa/clusters/{cluster}", "Scale a cluster.", Cluster, ScaleCluster, 202),
    Endpoint(
        "DELETE",
        "/casa/clusters/{cluster}",
        "Stop a cluster, or forget one that has ended or is lost.",
        Cluster,
        None,
        202,
    ),
    Endpoint(
        "GET",
        "/casa/processors",
        "List the processors found in source files, or in one file or module.",
        ProcessorList,
        query=ProcessorQuery,
    ),
    Endpoint(
        "POST",
        "/casa/dry-runs",
        "Try a processor on one chunk of each dataset; answers at once.",
        DryRun,
        NewRun,
        202,
    ),
    Endpoint("GET", "/casa/dry-runs/{dry_run}", "Show a dry run and its forecast.", DryRun),
    Endpoint("DELETE", "/casa/dry-runs/{dry_run}", "Cancel a dry run.", None, None, 204),
    Endpoint(
        "GET", "/casa/runs", "List the runs, newest first, page by page.", RunList, query=RunQuery
    ),
    Endpoint("POST", "/casa/runs", "Launch a run; answers at once.", Run, NewRun, 202),
    Endpoint(
        "POST",
        "/casa/imports",
        "Take in a run that was exported as one file.",
        Run,
        None,
        201,
        upload="application/zip",
    ),
    Endpoint("GET", "/casa/runs/{run}", "Show a run.", Run),
    Endpoint(
        "PATCH",
        "/casa/runs/{run}",
        "Rename, tag, annotate or archive a run.",
        Run,
        NewLabels,
    ),
    Endpoint(
        "DELETE",
        "/casa/runs/{run}",
        "Delete a run that has ended, with its folder.",
        None,
        None,
        204,
    ),
    Endpoint(
        "POST", "/casa/runs/{run}/stop", "Stop a run, keeping its partial result.", Run, None, 202
    ),
    Endpoint("POST", "/casa/runs/{run}/pause", "Pause a run.", Run, None, 202),
    Endpoint(
        "POST",
        "/casa/runs/{run}/resume",
        "Resume a paused, stopped, failed or lost run.",
        Run,
        None,
        202,
    ),
    Endpoint(
        "POST",
        "/casa/runs/{run}/rerun",
        "Launch the same run again; answers at once.",
        Run,
        None,
        202,
    ),
    Endpoint(
        "GET",
        "/casa/runs/{run}/request",
        "Show what a run was launched with, to be changed and launched.",
        RunRequest,
    ),
    Endpoint(
        "GET",
        "/casa/runs/{run}/transcript",
        "Write a run as Python and as a command that launch it again.",
        Transcript,
    ),
    Endpoint(
        "GET", "/casa/runs/{run}/failures", "List the failures of a run by cause.", FailureList
    ),
    Endpoint(
        "POST",
        "/casa/runs/{run}/retry",
        "Try failed chunks of a run that has ended again, and nothing else.",
        Run,
        Retry,
        202,
    ),
    Endpoint(
        "POST",
        "/casa/runs/{run}/accept",
        "Accept that failed chunks are missing: without them the run is complete.",
        Run,
        Acceptance,
    ),
    Endpoint(
        "GET", "/casa/runs/{run}/metrics", "Show how well a run used its cluster.", RunMetrics
    ),
    Endpoint("GET", "/casa/runs/{run}/series", "Show a run over time.", RunSeries),
    Endpoint("GET", "/casa/runs/{run}/tiles", "Show all files of a run at a glance.", FileTiles),
    Endpoint(
        "GET",
        "/casa/runs/{run}/files",
        "List some of the files of a run, with how they are.",
        RunFileList,
        query=FileQuery,
    ),
    Endpoint(
        "GET",
        "/casa/runs/{run}/details",
        "Show what a run was made of and with: code, files, versions.",
        RunDetails,
    ),
    Endpoint(
        "GET",
        "/casa/runs/{run}/changes",
        "Show what changed since another run.",
        RunChanges,
        query=ChangeQuery,
    ),
    Endpoint("GET", "/casa/runs/{run}/log", "Show the end of a run's log.", RunLog),
    Endpoint(
        "GET", "/casa/runs/{run}/histograms", "List the histograms of a run.", HistogramCatalog
    ),
    Endpoint(
        "POST",
        "/casa/runs/{run}/histograms/code",
        "Write Python that loads a histogram and draws it.",
        Code,
        CodeRequest,
    ),
    Endpoint("GET", "/casa/runs/{run}/export", "Send a run as one file.", None, file=True),
    Endpoint(
        "POST",
        "/casa/runs/{run}/histograms/export",
        "Make a file of histograms.",
        None,
        Export,
        file=True,
    ),
)
"""Every JSON endpoint. Histograms travel over the websocket at ``/casa/histograms``."""

BROWSER_MESSAGES: tuple[type[BaseModel], ...] = (Watch, Unwatch)
"""What the browser sends over the histogram websocket."""

SERVER_MESSAGES: tuple[type[BaseModel], ...] = (ViewProblem, FrameHeader)
"""What the companion answers; FrameHeader heads a binary frame."""


def document(version: str = "1") -> dict[str, Any]:
    """Return the OpenAPI document."""
    # Bodies are described as they may be sent (defaults left out), replies as
    # they are always sent (defaults filled in).
    modes: dict[tuple[type[BaseModel], JsonSchemaMode], None] = {
        (ErrorReply, "serialization"): None,
        **{(model, "validation"): None for model in BROWSER_MESSAGES},
        **{(model, "serialization"): None for model in SERVER_MESSAGES},
    }
    for endpoint in ENDPOINTS:
        if endpoint.reply:
            modes[endpoint.reply, "serialization"] = None
        if endpoint.body:
            modes[endpoint.body, "validation"] = None
    _, schemas = models_json_schema(list(modes), ref_template="#/components/schemas/{model}")
    paths: dict[str, dict[str, Any]] = {}
    for endpoint in ENDPOINTS:
        paths.setdefault(endpoint.path, {})[endpoint.method.lower()] = _operation(endpoint)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Casa", "version": version},
        "paths": paths,
        "components": {"schemas": schemas["$defs"]},
    }


def _operation(endpoint: Endpoint) -> dict[str, Any]:
    success: dict[str, Any] = {"description": "Success."}
    if endpoint.reply:
        success["content"] = _content(endpoint.reply)
    if endpoint.file:
        success["content"] = {"*/*": {"schema": {"type": "string", "format": "binary"}}}
    operation: dict[str, Any] = {
        "summary": endpoint.summary,
        "responses": {
            str(endpoint.status): success,
            "default": {"description": "What is wrong.", "content": _content(ErrorReply)},
        },
    }
    parameters = re.findall(r"\{(\w+)\}", endpoint.path)
    if parameters or endpoint.query:
        operation["parameters"] = [
            {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
            for name in parameters
        ] + _query(endpoint.query)
    if endpoint.upload:
        operation["requestBody"] = {"required": True, "content": {endpoint.upload: {}}}
    if endpoint.body:
        operation["requestBody"] = {"required": True, "content": _content(endpoint.body)}
    return operation


def _query(model: type[BaseModel] | None) -> list[dict[str, Any]]:
    """Return the parameters behind the question mark; a model of them has plain fields only."""
    if model is None:
        return []
    schema = model.model_json_schema()
    return [
        {
            "name": name,
            "in": "query",
            "required": name in schema.get("required", ()),
            "description": field.pop("description", ""),
            "schema": field,
        }
        for name, field in schema["properties"].items()
    ]


def _content(model: type[BaseModel]) -> dict[str, Any]:
    reference = {"$ref": f"#/components/schemas/{model.__name__}"}
    return {"application/json": {"schema": reference}}


if __name__ == "__main__":
    print(json.dumps(document(), indent=2))
