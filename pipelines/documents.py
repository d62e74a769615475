"""Feeds, sitemaps and pages are read in processes that can be killed: they come from strangers, too.

What takes longer than `worker.DEADLINE_S` or more memory than `MAX_EXTRA_BYTES` is a failure of its source, while
the fetching of all others goes on. Does not fetch and does not decide what is read.
"""

from __future__ import annotations

import asyncio
from multiprocessing.connection import Connection

from pipelines.worker import DEADLINE_S, Task, Worker, n_cores
from scraper.discovery import reading
from scraper.discovery.shapes import Shape
from scraper.values import Announcement, Page, Source

MAX_EXTRA_BYTES = 256 * 2**20
"""A process that reads may hold this much besides what it began with. Of six hostile documents of the largest size
(elements, links, sitemap entries, parts, distinct names) none then took more than 383 MB in all."""

_UNKNOWN = Shape()


class Documents:
    """The processes, begun at once: one begun later would keep the fetcher's connections open."""

    def __init__(self, n: int | None = None, deadline_s: float = DEADLINE_S) -> None:
        self._workers = [Worker(deadline_s, MAX_EXTRA_BYTES) for _ in range(n or n_cores())]
        self._free = list(self._workers)
        self._turn = asyncio.Semaphore(len(self._workers))

    def __enter__(self) -> Documents:
        for worker in self._workers:
            worker.do(is_ready)
        return self

    def __exit__(self, *_: object) -> None:
        for worker in self._workers:
            worker.close()

    async def read(self, source: Source, page: Page, shape: Shape = _UNKNOWN) -> Announcement:
        """What `reading.read` returns. Raises what it raises, and `ExtractionError` for what had to be killed."""
        task = Task(function=reading.read, values=(source, page, shape), url=page.url)
        async with self._turn:
            worker = self._free.pop()
            try:
                answer = worker.begin(task)
                await _answered(worker.line, worker.left_s)
                worker.finish()
                found: Announcement = answer.get()
            except asyncio.CancelledError:  # what the process still has to say belongs to nobody
                worker.close()
                raise
            finally:
                self._free.append(worker)
        return found


def is_ready() -> bool:
    """Whether the process has begun."""
    return True


async def _answered(line: Connection, timeout_s: float) -> None:
    """Nothing, as soon as there is something to read or the time is over."""
    loop = asyncio.get_running_loop()
    is_there = asyncio.Event()
    loop.add_reader(line.fileno(), is_there.set)
    try:
        await asyncio.wait_for(is_there.wait(), timeout_s)
    except TimeoutError:
        pass
    finally:
        loop.remove_reader(line.fileno())
