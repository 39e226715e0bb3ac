"""Folders that hold the truth about everything that outlives a request.

A run or a cluster is a folder: ``spec.json`` (what was asked, never changes),
``state.json`` (replaced atomically), ``journal.jsonl`` (append-only history),
``requests.jsonl`` (what others ask of the owner), ``owner.lock`` and
``owner.json`` (who owns it and whether that process lives), ``log.txt``.
"""

from .files import read_json, write_json
from .folder import Folder
from .journal import Journal
from .location import clusters_dir, data_dir, forecasts_dir, is_id, new_id, run_index, runs_dir
from .owner import Owner, is_owned
from .requests import RequestInbox, forget_requests, newest_request, send_request

__all__ = [
    "Folder",
    "Journal",
    "Owner",
    "RequestInbox",
    "clusters_dir",
    "data_dir",
    "forecasts_dir",
    "forget_requests",
    "is_id",
    "is_owned",
    "new_id",
    "newest_request",
    "read_json",
    "run_index",
    "runs_dir",
    "send_request",
    "write_json",
]
