"""Journals and requests: lines that a crash may tear anywhere."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from casa_lab.folders import Journal, RequestInbox, forget_requests, send_request
from casa_lab.folders.journal import read_journal

FACTS = st.dictionaries(
    st.sampled_from(["message", "files", "µ"]), st.text(max_size=8) | st.integers(), max_size=2
)


@settings(max_examples=60)
@given(
    before=st.lists(FACTS, max_size=4),
    cut=st.integers(0, 40),
    after=st.lists(FACTS, max_size=3),
)
def test_a_torn_journal_goes_on_without_a_gap(
    before: list[dict[str, Any]], cut: int, after: list[dict[str, Any]]
) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "journal.jsonl"
        journal = Journal(path)
        for facts in before:
            journal.append("before", **facts)
        whole = list(read_journal(path))
        data = path.read_bytes() if before else b""
        path.write_bytes(data[: max(0, len(data) - cut)])
        # A cut that takes the newline alone takes the entry, too: it was not written whole.
        kept = whole[: path.read_bytes().count(b"\n")]

        journal = Journal(path)
        for facts in after:
            journal.append("after", **facts)
        entries = list(read_journal(path))
        assert entries[: len(kept)] == kept
        assert len(entries) == len(kept) + len(after)
        sequences = [entry["sequence"] for entry in entries]
        assert sequences == sorted(set(sequences))


@settings(max_examples=60)
@given(
    requests=st.lists(st.sampled_from(["stop", "pause", "resume"]), min_size=1, max_size=5),
    torn=st.sampled_from([b"", b'{"act', b"null\n", b"\xff\xfe", b'"stop"\n', b"{}\n"]),
)
def test_a_torn_request_loses_no_other(requests: list[str], torn: bytes) -> None:
    with TemporaryDirectory() as name:
        folder = Path(name)
        inbox = RequestInbox(folder)
        send_request(folder, "first")
        with (folder / "requests.jsonl").open("ab") as stream:
            stream.write(torn)
        for action in requests:
            send_request(folder, action, reason="µ")
        taken = inbox.take()
        assert [request["action"] for request in taken] == ["first", *requests]
        assert inbox.take() == []


def test_an_unfinished_request_waits_for_its_end(tmp_path: Path) -> None:
    inbox = RequestInbox(tmp_path)
    path = tmp_path / "requests.jsonl"
    path.write_bytes(b'{"action": "st')
    assert inbox.take() == []
    with path.open("ab") as stream:
        stream.write(b'op"}\n')
    assert inbox.take() == [{"action": "stop"}]


def test_requests_to_an_earlier_owner_are_delivered_only_on_demand(tmp_path: Path) -> None:
    send_request(tmp_path, "stop")
    assert RequestInbox(tmp_path).take() == []
    assert RequestInbox(tmp_path, earlier=True).take() == [{"action": "stop"}]
    forget_requests(tmp_path)
    assert RequestInbox(tmp_path, earlier=True).take() == []
