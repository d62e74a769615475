"""A process of its own for hostile bytes: whatever they contain, an answer or a failure after 10 s and 1 GB at most.

lexbor can spend minutes inside one call that nothing but a signal ends, so pages are parsed where a kill costs
nothing. Work and answers are values. Does not run several pages at once; needs `fork` (Linux, macOS).
"""

from __future__ import annotations

import ctypes
import multiprocessing
import resource
import signal
import sys
import traceback
from collections.abc import Callable
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any, TypeVar

from scraper.errors import ExtractionError, NewsError

T = TypeVar("T")

DEADLINE_S = 9.5  # with the kill, no page takes more than 10 s
MAX_EXTRA_BYTES = 1 << 30
_FORK = multiprocessing.get_context("fork")
_DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG, prctl(2)


class WorkerError(Exception):
    """The work failed in a way nobody foresaw; the message is the worker's traceback."""


class Worker:
    """One process, begun with the first piece of work, and anew after one that had to be killed."""

    def __init__(self, deadline_s: float = DEADLINE_S, max_extra_bytes: int = MAX_EXTRA_BYTES) -> None:
        self._deadline_s, self._max_extra_bytes = deadline_s, max_extra_bytes
        self._process: BaseProcess | None = None
        self._line: Connection | None = None

    def __enter__(self) -> Worker:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Nothing; afterwards there is no process left, busy or not."""
        if self._process is not None:
            self._process.kill()
            self._process.join()
            self._process.close()
        if self._line is not None:
            self._line.close()
        self._process = self._line = None

    def do(self, function: Callable[..., T], *values: Any, url: str = "") -> T:
        """What `function` returns; it is found by its name, so it stands at the top of a module.

        Raises `ExtractionError` for its failures of ours, and with the reasons `too_slow`, `too_large` and
        `worker_died`; `WorkerError` for anything else.
        """
        line = self._line or self._begin()
        is_done = False
        try:
            line.send((function, values))
            if not line.poll(self._deadline_s):
                raise ExtractionError(f"no answer after {self._deadline_s:g} s", url=url, reason="too_slow")
            is_good, answer = line.recv()
            is_done = True
        except (EOFError, OSError) as error:
            raise ExtractionError("the page ended the process that read it", url=url, reason="worker_died") from error
        finally:
            if not is_done:
                self.close()
        if is_good:
            result: T = answer
            return result
        kind, message, failed_url = answer
        if kind == "too_large":  # what is left of the process's memory may be in pieces
            self.close()
        if kind == "crashed":
            raise WorkerError(message)
        raise ExtractionError(message, url=failed_url or url, reason=kind)

    def _begin(self) -> Connection:
        self._line, far_end = _FORK.Pipe()
        process = _FORK.Process(target=_serve, args=(far_end, self._line, self._max_extra_bytes), daemon=True)
        process.start()
        self._process = process
        far_end.close()
        return self._line


def _serve(line: Connection, near_end: Connection, max_extra_bytes: int) -> None:
    near_end.close()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGKILL)
        limit = _data_bytes() + max_extra_bytes
        resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))
    while True:
        try:
            function, values = line.recv()
        except EOFError:
            return
        line.send(_attempt(function, values))


def _attempt(function: Callable[..., Any], values: tuple[Any, ...]) -> tuple[bool, Any]:
    try:
        return True, function(*values)
    except MemoryError:
        return False, ("too_large", "the page needs too much memory", "")
    except NewsError as error:
        return False, (error.reason, error.detail, error.url)
    except Exception:  # noqa: BLE001 - handed to the parent
        return False, ("crashed", traceback.format_exc(), "")


def _data_bytes() -> int:
    """What RLIMIT_DATA counts, so far (proc(5), VmData)."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) << 10 for line in lines if line.startswith("VmData:"))
