"""A process for hostile bytes: whatever a page holds, an answer or a failure after 10 s and 1 GB at most.

lexbor can spend minutes inside one call that nothing but a signal ends, so pages are parsed where a kill costs
nothing. The seconds are of computing (setitimer(2), ITIMER_PROF): on a busy machine a good page is not lost for
having waited its turn. Work and answers are values. Needs `fork`.
"""

from __future__ import annotations

import ctypes
import multiprocessing
import os
import pickle
import resource
import signal
import sys
import time
import traceback
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any, TypeVar

from scraper.errors import ExtractionError, NewsError

T = TypeVar("T")

DEADLINE_S = 9.5  # of computing; with the kill, no page takes more than 10 s where a core is free
_PATIENCE = 6  # times the deadline by the wall clock, for a process that neither computes nor answers
MAX_EXTRA_BYTES = 1 << 30
_WAITING_BYTES = 32 << 10  # of a task in the line's buffer, which holds several times as much: nobody waits to send
_FORK = multiprocessing.get_context("fork")
_DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG, prctl(2)


def n_cores() -> int:
    """The number of cores this process may use."""
    return len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1


class WorkerError(Exception):
    """The work failed in a way nobody foresaw; the message is the worker's traceback."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """A piece of work: a function, found by its name at the top of its module, its values, and the page's address."""

    function: Callable[..., Any]
    values: tuple[Any, ...]
    url: str = ""


@dataclass(slots=True, kw_only=True)
class Answer:
    """What became of a task, as soon as `is_known`; `elapsed_s` of its own, without what it waited for its turn."""

    is_known: bool = False
    value: Any = None
    error: Exception | None = None
    elapsed_s: float = 0.0

    def get(self) -> Any:
        """What the task's function returned. Raises what `Worker.do` raises."""
        if self.error is not None:
            raise self.error
        return self.value


@dataclass(slots=True, kw_only=True)
class _Given:
    """A task that a worker was given, pickled."""

    data: bytes
    url: str
    answer: Answer = field(default_factory=Answer)
    is_sent: bool = False


class Worker:
    """One process, begun with the first piece of work, and anew after one that had to be killed.

    It takes up what it is given in order. A task that waits is with the process already, if it is small enough to
    stand in the line's buffer, so the process goes on with it while nobody has listened to the last answer yet.
    """

    def __init__(self, deadline_s: float = DEADLINE_S, max_extra_bytes: int = MAX_EXTRA_BYTES) -> None:
        self._deadline_s, self._max_extra_bytes = deadline_s, max_extra_bytes
        self._process: BaseProcess | None = None
        self._line: Connection | None = None
        self._given: deque[_Given] = deque()
        self._started_s = 0.0  # of the first of them

    def __enter__(self) -> Worker:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Nothing; afterwards there is no process left, busy or not, and no task."""
        self._end_process()
        self._given.clear()

    def do(self, function: Callable[..., T], *values: Any, url: str = "") -> T:
        """What `function` returns; it is found by its name, so it stands at the top of a module.

        Raises the `NewsError` that the function raised, `ExtractionError` with the reasons `too_slow`, `too_large`
        and `worker_died`, `WorkerError` for anything else.
        """
        try:
            answer = self.begin(Task(function=function, values=values, url=url))
            self.line.poll(self.left_s)
            self.finish()
            result: T = answer.get()
        except BaseException:
            if self._given:  # Ctrl-C: what the process still has to say belongs to nobody
                self.close()
            raise
        return result

    def begin(self, task: Task) -> Answer:
        """The answer that `finish` will make known, when its turn has come."""
        if not self._given:
            self._started_s = time.monotonic()
        given = _Given(data=pickle.dumps((task.function, task.values), pickle.HIGHEST_PROTOCOL), url=task.url)
        self._given.append(given)
        self._send()
        return given.answer

    @property
    def n_tasks(self) -> int:
        """The number of tasks at work or waiting for their turn."""
        return len(self._given)

    @property
    def line(self) -> Connection:
        """Where there is something to read as soon as the task at work is answered, or its process has ended."""
        if self._line is None:
            raise RuntimeError("no task was begun")
        return self._line

    @property
    def left_s(self) -> float:
        """The seconds left until the task at work is given up, although its process may not have had a core."""
        return max(0.0, self._started_s + _PATIENCE * self._deadline_s - time.monotonic())

    def finish(self) -> None:
        """Nothing; afterwards the answer to the first task is known: it has come, or comes too late."""
        given = self._given[0]
        answer = given.answer
        try:
            (failure, value), answer.elapsed_s = self._receive(given.url)
            if failure is not None and value[-1] == "too_large":  # what is left of its memory may be in pieces
                self._end_process()
            answer.value = result(failure, value, given.url)
        except Exception as error:  # noqa: BLE001 - raised again by `Answer.get`
            answer.error = error
            answer.elapsed_s = answer.elapsed_s or time.monotonic() - self._started_s
        answer.is_known = True
        self._given.popleft()
        self._started_s = time.monotonic()
        if self._given:
            self._send()

    def _send(self) -> None:
        line = self._line or self._begin_process()
        for n, given in enumerate(self._given):
            if n and len(given.data) > _WAITING_BYTES:
                return
            if not given.is_sent:
                given.is_sent = True
                with suppress(OSError):  # the process has died since: `finish` meets the end of the line
                    line.send_bytes(given.data)

    def _receive(self, url: str) -> tuple[tuple[type[Exception] | None, Any], float]:
        """What `_serve` sent. Raises `ExtractionError` where nothing came; then there is no process left."""
        try:
            if not self.line.poll(0):
                raise ExtractionError(f"no answer after {_PATIENCE * self._deadline_s:g} s", url=url, reason="too_slow")
            received: tuple[tuple[type[Exception] | None, Any], float] = self.line.recv()
        except (EOFError, OSError) as error:
            reason = self._why_it_ended(url)
            self._end_process()
            raise reason from error
        except BaseException:
            self._end_process()
            raise
        return received

    def _why_it_ended(self, url: str) -> ExtractionError:
        if self._process is not None:
            self._process.join(1)
            if self._process.exitcode == -signal.SIGPROF:
                return ExtractionError(f"no answer after {self._deadline_s:g} s", url=url, reason="too_slow")
        return ExtractionError("the page ended the process that read it", url=url, reason="worker_died")

    def _begin_process(self) -> Connection:
        self._line, far_end = _FORK.Pipe()
        limits = self._deadline_s, self._max_extra_bytes
        process = _FORK.Process(target=_serve, args=(far_end, self._line, *limits), daemon=True)
        process.start()
        self._process = process
        far_end.close()
        return self._line

    def _end_process(self) -> None:
        """Nothing; afterwards there is no process, and what it was sent is to be sent again."""
        if self._process is not None:
            self._process.kill()
            self._process.join()
            self._process.close()
        if self._line is not None:
            self._line.close()
        self._process = self._line = None
        for given in self._given:
            given.is_sent = False


def _serve(line: Connection, near_end: Connection, deadline_s: float, max_extra_bytes: int) -> None:
    near_end.close()
    signal.signal(signal.SIGPROF, signal.SIG_DFL)  # ends the process, wherever it is
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGKILL)
        limit = _data_bytes() + max_extra_bytes
        resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))
    while True:
        try:
            function, values = line.recv()
        except EOFError:
            return
        signal.setitimer(signal.ITIMER_PROF, deadline_s)
        start = time.monotonic()
        answer = attempt(function, values)
        signal.setitimer(signal.ITIMER_PROF, 0)
        line.send((answer, time.monotonic() - start))


def result(failure: type[Exception] | None, value: Any, url: str = "") -> Any:
    """What the function returned of which `attempt` tells. Raises its failure, `WorkerError` for an unforeseen one."""
    if failure is None:
        return value
    message, failed_url, reason = value
    if not issubclass(failure, NewsError):
        raise WorkerError(message)
    raise failure(message, url=failed_url or url, reason=reason)


def attempt(function: Callable[..., Any], values: tuple[Any, ...]) -> tuple[type[Exception] | None, Any]:
    """No failure and what the function returns, or the failure's type with its message, address and reason."""
    try:
        return None, function(*values)
    except MemoryError:
        return ExtractionError, ("the page needs too much memory", "", "too_large")
    except NewsError as error:
        return type(error), (error.detail, error.url, error.reason)
    except Exception:  # noqa: BLE001 - handed to the parent
        return WorkerError, (traceback.format_exc(), "", "crashed")


def _data_bytes() -> int:
    """What RLIMIT_DATA counts, so far (proc(5), VmData)."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) << 10 for line in lines if line.startswith("VmData:"))
