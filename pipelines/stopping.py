"""When a run ends before its work is done: at a time limit, on SIGTERM, or when its lock is lost.

Nothing is interrupted in the middle of a unit of work: the stages ask between two of them, and what waits for the
network is cancelled there.
"""

from __future__ import annotations

import asyncio
import signal
import time
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager, suppress
from typing import Any

_LOOK_S = 0.2


class Stop:
    """Whether the run is to end now, and why."""

    def __init__(self, max_runtime_s: float | None = None) -> None:
        self._until = None if max_runtime_s is None else time.monotonic() + max_runtime_s
        self._reason = ""

    def request(self, reason: str) -> None:
        """Nothing; from now on the run is to end."""
        self._reason = self._reason or reason

    @property
    def reason(self) -> str:
        """Why the run is to end; empty while it may go on."""
        if not self._reason and self._until is not None and time.monotonic() >= self._until:
            self._reason = "time limit reached"
        return self._reason

    @contextmanager
    def on_sigterm(self) -> Iterator[None]:
        """While the block lasts, SIGTERM asks the run to end. Only in a process's main thread."""
        former = signal.signal(signal.SIGTERM, lambda *_: self.request("asked to stop"))
        try:
            yield
        finally:
            signal.signal(signal.SIGTERM, former)


async def until_stopped(work: Coroutine[Any, Any, None], stop: Stop) -> None:
    """Does the work, or as much of it as is done before the run is to end."""
    task = asyncio.ensure_future(work)
    while not task.done():
        if stop.reason:
            task.cancel()
        await asyncio.wait([task], timeout=_LOOK_S)
    with suppress(asyncio.CancelledError):
        task.result()
