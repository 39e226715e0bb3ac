"""A run that continues another one gives what a fresh run over all files would."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pytest
from coffea.processor.executor import WorkItem
from hypothesis import given, settings
from hypothesis import strategies as st

from casa_lab.errors import Conflict
from casa_lab.runs.continuation import check_covers, continued, take_over, without_counted
from casa_lab.runs.counting.ledger import Ledger
from casa_lab.runs.counting.merge import fold
from casa_lab.runs.counting.plan import Batch, FileKey, FileWork, Queue, make_plan
from casa_lab.runs.environment import package_versions
from casa_lab.runs.errors import RunError
from casa_lab.runs.folder import RunFolder
from casa_lab.runs.models import NewRun, ProcessorReference, RunSpec
from casa_lab.runs.tasks.packing import pack
from casa_lab.runs.usercode.keeping import keep_source
from casa_lab.runs.usercode.pickles import PickledCode, pickle_code
from casa_lab.runs.watching.filemap import About, empty_arrays, write_arrays, write_names

from .chunks import chunks_of

Files = dict[tuple[str, str], list[int]]
"""Events of the chunks of each file, by dataset and name."""

BINS = 4

REASSOCIATION = 1e-12
"""How much sums of weights may differ, relatively, when they are added in another order."""


def output_of(item: WorkItem) -> dict[str, Any]:
    """What a chunk gives: counts that must agree, and weights whose sums depend on their order."""
    rng = np.random.default_rng([*f"{item.dataset}{item.filename}".encode(), item.entrystart])
    weights = rng.exponential(size=BINS) * 10.0 ** rng.integers(-6, 6)
    return {
        "chunks": {f"{item.dataset}:{item.filename}:{item.entrystart}": 1},
        "events": {item.dataset: len(item)},
        "bins": rng.integers(0, 100, BINS),
        "weights": weights,
    }


def open_batches(ledger: Ledger, items: Sequence[WorkItem], limit: int) -> list[Batch]:
    """Begin a session as ``ChunkProcessing`` does, and return what is left to process."""
    plan = make_plan(items)
    ledger.open_files(plan.files)
    queue = Queue()
    for position, chunks in enumerate(plan.chunks):
        fresh, besides = [], []
        missing = ledger.open_chunks(position, chunks)
        for number, (item, parts) in enumerate(zip(chunks, missing, strict=True)):
            if parts == [item] and not ledger.has_place(position, number):
                fresh.append(number)
            else:
                ledger.leave_out(position, number)
                besides += parts
        queue.add(FileWork(position, chunks, fresh, besides))
    batches = []
    while queue:
        batches.append(queue.take(lambda _: limit))
    return batches


def process(ledger: Ledger, batch: Batch, failing: int = -1) -> None:
    """Count a batch, all of it or all but one chunk."""
    outputs = [None if at == failing else output_of(item) for at, item in enumerate(batch.items)]
    good = [item for at, item in enumerate(batch.items) if at != failing]
    waiting = iter(outputs)
    total = fold([[next(waiting) for _ in range(count)] for count in batch.shape])
    output = None
    if total is not None:
        output = ledger.accept(batch, good, pack(total))
        assert output is not None, "a chunk came twice"
    ledger.merge(batch, output)


def fresh_run(items: Sequence[WorkItem]) -> Any:
    with TemporaryDirectory() as folder:
        ledger = Ledger(Path(folder) / "groups")
        for batch in open_batches(ledger, items, 10):
            process(ledger, batch)
        ledger.close()
        return ledger.total()


def content(folder: RunFolder) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.groups.iterdir()}


def tear(folder: RunFolder) -> None:
    [log] = folder.groups.glob("log-*.bin")
    with log.open("ab") as stream:
        stream.write(b"CASA, and then the power went")


@st.composite
def growing_filesets(draw: st.DrawFn) -> list[Files]:
    """Filesets, each of which has the files of the one before, somewhere among more of them."""
    lengths = st.lists(st.integers(1, 9), min_size=1, max_size=5)
    names = draw(st.lists(st.sampled_from("abc"), min_size=1, max_size=14))
    files = [((dataset, f"{at}.root"), draw(lengths)) for at, dataset in enumerate(names)]
    sizes = sorted(draw(st.lists(st.integers(1, len(files)), min_size=2, max_size=3)))
    grown = []
    for size in sizes:
        # Datasets may come in any order, and new files before old ones.
        mixed = draw(st.booleans())
        grown.append(dict(draw(st.permutations(files[:size])) if mixed else files[:size]))
    return grown


@settings(max_examples=80, deadline=None)
@given(growing_filesets(), st.data())
def test_any_chain_of_continuations_is_the_fresh_run(
    filesets: list[Files], data: st.DataObject
) -> None:
    with TemporaryDirectory() as place:
        older: RunFolder | None = None
        seen: set[str] = set()
        for number, files in enumerate(filesets):
            folder = RunFolder(Path(place) / str(number))
            folder.path.mkdir()
            kept: dict[str, bytes] = {}
            if older is not None:
                if data.draw(st.booleans()):  # it was killed in the midst of a record
                    tear(older)
                kept = content(older)
                take_over(older, folder)
            items = chunks_of(files)
            ledger = Ledger(folder.groups)
            batches = open_batches(ledger, items, data.draw(st.integers(0, 30)))
            for batch in batches:
                assert not seen & {name_of(item) for item in batch.items}, "processed again"
            is_last = number == len(filesets) - 1
            for batch in batches:
                fate = "counts" if is_last else data.draw(st.sampled_from(FATES))
                if fate == "is not reached":
                    break
                failing = 0 if fate == "fails partly" else -1
                process(ledger, batch, failing)
                seen |= {name_of(item) for item in batch.items[failing + 1 :]}
                if data.draw(st.booleans()):  # its driver is killed, and the run is resumed
                    ledger.close()
                    ledger = Ledger(folder.groups)
                    open_batches(ledger, items, 10)
            if data.draw(st.booleans()):
                ledger.checkpoint()
            ledger.close()
            if older is not None:
                assert content(older) == kept, "the older run is not as it was"
            older = folder
        expected = fresh_run(chunks_of(filesets[-1]))
        total = ledger.total()
    assert total["chunks"] == expected["chunks"]
    assert set(total["chunks"].values()) == {1}
    assert total["events"] == expected["events"]
    np.testing.assert_array_equal(total["bins"], expected["bins"])
    np.testing.assert_allclose(total["weights"], expected["weights"], rtol=REASSOCIATION)


FATES = ("counts", "counts", "fails partly", "is not reached")


def name_of(item: WorkItem) -> str:
    return f"{item.dataset}:{item.filename}:{item.entrystart}"


@settings(max_examples=40, deadline=None)
@given(growing_filesets())
def test_files_that_are_added_at_the_end_give_the_same_bits(filesets: list[Files]) -> None:
    files = filesets[-1]
    items = chunks_of(files)
    with TemporaryDirectory() as place:
        older, newer = RunFolder(Path(place) / "1"), RunFolder(Path(place) / "2")
        for folder in (older, newer):
            folder.path.mkdir()
        first = dict(list(files.items())[: len(filesets[0])])
        ledger = Ledger(older.groups)
        for batch in open_batches(ledger, chunks_of(first), 10):
            process(ledger, batch)
        ledger.close()
        take_over(older, newer)
        ledger = Ledger(newer.groups)
        for batch in open_batches(ledger, items, 20):
            process(ledger, batch)
        ledger.close()
        total = ledger.total()
    assert total["weights"].tobytes() == fresh_run(items)["weights"].tobytes()


CODE = "import cuts\n\n\ndef Mass(events, cut=5):\n    return {}\n"


@pytest.fixture
def processor(tmp_path: Path) -> ProcessorReference:
    (tmp_path / "mass.py").write_text(CODE)
    (tmp_path / "cuts.py").write_text("CUT = 5\n")
    return ProcessorReference(location=f"{tmp_path / 'mass.py'}:Mass", arguments={"cut": 5})


def fileset(*files: str, **metadata: Any) -> dict[str, Any]:
    return {"dy": {"files": dict.fromkeys(files, "Events"), "metadata": metadata}}


@pytest.fixture
def older(tmp_path: Path, processor: ProcessorReference) -> RunFolder:
    """A run that has ended, which counted events of one of its two files."""
    folder = RunFolder(tmp_path / "mass-1")
    spec = RunSpec(
        id="mass-1",
        name="mass",
        door="sidebar",
        processor=processor,
        fileset=fileset("/1.root", "/2.root", xsec=1.5),
        schema_name="NanoAODSchema",
        cluster=None,
        chunksize=100,
        directory="/",
        python="python",
        created=1.0,
        user="somebody",
        versions=package_versions(),
    )
    folder.create(spec.model_dump(mode="json"), {})
    keep_source(processor, folder.processor)
    Ledger(folder.groups).close()
    write_names(folder, [("dy", "/1.root", "Events"), ("dy", "/2.root", "Events")])
    arrays = empty_arrays(2)
    arrays["events_done"][0] = 100
    write_arrays(folder, arrays, About())
    return folder


def ask(
    older: RunFolder,
    processor: ProcessorReference,
    files: dict[str, Any] | None = None,
    code: PickledCode | None = None,
    **options: Any,
) -> NewRun:
    new = NewRun(processor=processor, datasets=["dy"], continues=older.id, **options)
    return continued(
        new, files or fileset("/1.root", "/2.root", "/3.root", xsec=1.5), older, "done", code
    )


def test_what_is_left_open_is_as_it_was(older: RunFolder, processor: ProcessorReference) -> None:
    new = ask(older, processor)
    assert (new.schema_name, new.chunksize) == ("NanoAODSchema", 100)


def test_files_that_nothing_was_counted_of_may_go(
    older: RunFolder, processor: ProcessorReference
) -> None:
    ask(older, processor, fileset("/3.root", "/1.root", xsec=1.5))


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"chunksize": 50}, "the chunk size is 50 and was 100"),
        ({"schema_name": "BaseSchema"}, "the schema is BaseSchema and was NanoAODSchema"),
        ({"maxchunks": 3}, "has no limit of chunks"),
        (
            {"files": fileset("/1.root", xsec=2)},
            "'xsec' in the metadata of dataset 'dy' is 2 and was 1.5",
        ),
        ({"files": fileset("/2.root", xsec=1.5)}, "mass-1 counted /1.root of dataset 'dy', which"),
        (
            {"files": {"dy": {"files": {"/1.root": "Runs"}, "metadata": {"xsec": 1.5}}}},
            "counted /1.root of dataset 'dy'",
        ),
    ],
)
def test_what_is_different_is_named(
    older: RunFolder, processor: ProcessorReference, options: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(Conflict, match=sentence):
        ask(older, processor, **options)


@pytest.mark.parametrize("file", ["mass.py", "cuts.py"])
def test_changed_code_is_named(
    older: RunFolder, processor: ProcessorReference, tmp_path: Path, file: str
) -> None:
    with (tmp_path / file).open("a") as stream:
        stream.write("# changed\n")
    with pytest.raises(Conflict, match=rf"its code has changed \({file}\)\. .* Launch a new run"):
        ask(older, processor)


def test_other_arguments_and_processors_are_named(
    older: RunFolder, processor: ProcessorReference
) -> None:
    other = processor.model_copy(update={"arguments": {"cut": 7, "eta": 2}})
    with pytest.raises(Conflict, match="'cut' is 7 and was 5, the argument 'eta' is 2 and was abs"):
        ask(older, other)
    other = processor.model_copy(update={"location": processor.location + "es"})
    with pytest.raises(Conflict, match="the processor is Masses and was Mass"):
        ask(older, other)


def test_installed_code_cannot_be_compared(older: RunFolder, processor: ProcessorReference) -> None:
    (older.path / "processor" / "mass.py").unlink()
    (older.path / "processor" / "cuts.py").unlink()
    installed = processor.model_copy(update={"location": "analysis.mass:Mass"})
    with pytest.raises(Conflict, match="cannot be told, since code that is installed is not kept"):
        ask(older, installed)


@pytest.fixture
def pickled() -> PickledCode:
    return pickle_code(output_of)


NOTEBOOK_CODE = ProcessorReference(location="notebook:output_of")


@pytest.fixture
def older_of_notebook(older: RunFolder, pickled: PickledCode) -> RunFolder:
    """The same, with code from a notebook."""
    shutil.rmtree(older.processor)
    pickled.keep(older.processor)
    spec = older.spec().model_copy(update={"processor": NOTEBOOK_CODE, "python": pickled.python})
    folder = RunFolder(older.path.with_name("mass-2"))
    folder.create(spec.model_dump(mode="json"), {})
    for path in older.path.iterdir():
        if path.name not in ("spec.json", "state.json"):
            path.rename(folder.path / path.name)
    return folder


def test_pickled_code_is_the_same_to_the_bit_or_not_known(
    older_of_notebook: RunFolder, pickled: PickledCode, processor: ProcessorReference
) -> None:
    ask(older_of_notebook, NOTEBOOK_CODE, code=pickled)
    changed = {name: f"{text}#" for name, text in pickled.sources.items()}
    assert changed
    others = replace(pickled, data=pickled.data + b"."), replace(pickled, sources=changed), None
    for other in others:
        with pytest.raises(Conflict, match="'casa-lab rerun mass-2 --continue --fileset FILE'"):
            ask(older_of_notebook, NOTEBOOK_CODE, code=other)
    with pytest.raises(Conflict, match="The processor of mass-2 was made in a notebook"):
        ask(older_of_notebook, processor)
    with pytest.raises(Conflict, match="the chunk size is 50 and was 100"):
        ask(older_of_notebook, NOTEBOOK_CODE, code=pickled, chunksize=50)


def test_code_of_a_notebook_does_not_go_on_from_that_of_a_file(
    older: RunFolder, pickled: PickledCode
) -> None:
    with pytest.raises(Conflict, match=r"mass-1 has its processor from .*mass\.py:Mass, and this"):
        ask(older, NOTEBOOK_CODE, code=pickled)


def test_what_only_a_kernel_had_cannot_be_continued(
    older_of_notebook: RunFolder, pickled: PickledCode
) -> None:
    shutil.rmtree(older_of_notebook.processor)
    with pytest.raises(Conflict, match="mass-2 was driven by a notebook, which alone has"):
        ask(older_of_notebook, NOTEBOOK_CODE, code=pickled)


def test_another_version_is_named(
    older: RunFolder, processor: ProcessorReference, monkeypatch: pytest.MonkeyPatch
) -> None:
    newer = {**package_versions(), "coffea": "9999.1.0"}
    monkeypatch.setattr("casa_lab.runs.continuation.package_versions", lambda *_: newer)
    with pytest.raises(Conflict, match=r"there is coffea 9999\.1\.0 instead of"):
        ask(older, processor)


def test_a_run_that_goes_on_or_left_nothing_cannot_be_continued(
    older: RunFolder, processor: ProcessorReference
) -> None:
    new = NewRun(processor=processor, datasets=["dy"], continues=older.id)
    with pytest.raises(Conflict, match="mass-1 is paused"):
        continued(new, {}, older, "paused")
    for path in older.groups.iterdir():
        path.unlink()
    with pytest.raises(Conflict, match="What mass-1 counted is not here"):
        continued(new, {}, older, "done")


def test_the_driver_looks_at_what_was_really_counted(older: RunFolder) -> None:
    spec = older.spec().model_copy(update={"continues": "mass-0"})
    check_covers([FileKey("dy", "/1.root", "Events")], spec)
    with pytest.raises(RunError, match=r"mass-0 counted /9\.root of dataset 'dy', which"):
        check_covers([FileKey("dy", "/9.root", "Events")], spec)


def test_what_a_run_has_counted_is_not_tried_again(older: RunFolder) -> None:
    listed = {"dy": {"files": ["/1.root", "/2.root"], "metadata": {"xsec": 1}}, "data": ["/1.root"]}
    assert without_counted(listed, older) == {
        "dy": {"files": ["/2.root"], "metadata": {"xsec": 1}},
        "data": ["/1.root"],
    }
    mapped = {"dy": {"files": {"/1.root": "Events", "/2.root": {"object_path": "Events"}}}}
    assert without_counted(mapped, older) == {
        "dy": {"files": {"/2.root": {"object_path": "Events"}}}
    }
    with pytest.raises(Conflict, match="nothing new to try"):
        without_counted({"dy": {"/1.root": "Events"}}, older)
