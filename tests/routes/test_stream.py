"""The pace of frames: newest first, never too many, and none while the browser is busy."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor

from patience import PATIENCE_SECONDS

from casa_lab.events.scanner import Change
from casa_lab.histograms.models import View, Watch
from casa_lab.routes.stream import FRAME_SECONDS, HistogramStream
from casa_lab.runs import manager
from casa_lab.runs.frames import Frame


class Frames:
    """Makes frames that say which snapshot they are of."""

    newest = 0

    def make(self, watch: Watch, ended: bool) -> Frame:
        return Frame((self.newest, ended), b"%d" % self.newest)


class SlowBrowser:
    """Takes a frame only when told to."""

    def __init__(self) -> None:
        self.arriving: asyncio.Queue[bytes | str] = asyncio.Queue()
        self.ready = asyncio.Semaphore(0)

    async def take(self, message: bytes | str) -> None:
        self.arriving.put_nowait(message)
        await self.ready.acquire()


async def test_a_slow_browser_gets_the_newest_and_none_between(put_run) -> None:
    folder = put_run("done")
    run = manager.get(folder.id)
    frames, browser = Frames(), SlowBrowser()
    with ThreadPoolExecutor(1) as pool:
        stream = HistogramStream(frames, pool, browser.take)
        serving = asyncio.create_task(stream.serve())

        def take_snapshot(number: int) -> None:
            frames.newest = number
            changed = run.model_copy(update={"histograms_sequence": number, "state": "running"})
            stream.on_run(Change(folder.id, changed))

        await stream.watch(Watch(watch="w", run=folder.id, histogram="mass", view=View(x="mass")))
        assert await asyncio.wait_for(browser.arriving.get(), PATIENCE_SECONDS) == b"0"
        for number in range(1, 50):
            take_snapshot(number)
        assert browser.arriving.empty()
        browser.ready.release()
        assert await asyncio.wait_for(browser.arriving.get(), PATIENCE_SECONDS) == b"49"
        serving.cancel()


async def test_a_fast_browser_gets_no_more_than_four_a_second(put_run) -> None:
    folder = put_run("done")
    run = manager.get(folder.id)
    frames = Frames()
    sent: list[float] = []
    enough = asyncio.Event()
    loop = asyncio.get_running_loop()

    async def take(message: bytes | str) -> None:
        sent.append(loop.time())
        if len(sent) == 4:
            enough.set()

    with ThreadPoolExecutor(1) as pool:
        stream = HistogramStream(frames, pool, take)
        serving = asyncio.create_task(stream.serve())
        await stream.watch(Watch(watch="w", run=folder.id, histogram="mass", view=View(x="mass")))

        async def take_snapshots() -> None:
            while True:
                frames.newest += 1
                changed = run.model_copy(update={"histograms_sequence": frames.newest})
                stream.on_run(Change(folder.id, changed))
                await asyncio.sleep(FRAME_SECONDS / 50)

        driving = asyncio.create_task(take_snapshots())
        await asyncio.wait_for(enough.wait(), PATIENCE_SECONDS)
        driving.cancel()
        serving.cancel()
    assert sent[-1] - sent[0] >= 3 * FRAME_SECONDS * 0.9
