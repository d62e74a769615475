"""Processes for hostile bytes: whatever a page holds, an answer or a failure after 10 s and 1 GB at most.

lexbor can spend minutes inside one call that nothing but a signal ends, so pages are parsed where a kill costs
nothing. The seconds are of computing (setitimer(2), ITIMER_PROF): on a busy machine a good page is not lost for
having waited its turn. Work and answers are values; answers come in the order of the work. Needs `fork`.
"""

from __future__ import annotations

import ctypes
import multiprocessing
import os
import resource
import signal
import sys
import time
import traceback
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing import connection
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any, TypeVar

from scraper.errors import ExtractionError, NewsError

T = TypeVar("T")

DEADLINE_S = 9.5  # of computing; with the kill, no page takes more than 10 s where a core is free
_PATIENCE = 6  # times the deadline by the wall clock, for a process that neither computes nor answers
MAX_EXTRA_BYTES = 1 << 30
_AHEAD = 4  # answers kept per process until it is their turn: one slow page among quick ones holds up nobody
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
    """What became of a task, as soon as `is_known`."""

    is_known: bool = False
    value: Any = None
    error: Exception | None = None
    elapsed_s: float = 0.0

    def get(self) -> Any:
        """What the task's function returned. Raises what `Worker.do` raises."""
        if self.error is not None:
            raise self.error
        return self.value


class Worker:
    """One process, begun with the first piece of work, and anew after one that had to be killed."""

    def __init__(self, deadline_s: float = DEADLINE_S, max_extra_bytes: int = MAX_EXTRA_BYTES) -> None:
        self._deadline_s, self._max_extra_bytes = deadline_s, max_extra_bytes
        self._process: BaseProcess | None = None
        self._line: Connection | None = None
        self._started_s = 0.0
        self._is_busy = False

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

        Raises the `NewsError` that the function raised, `ExtractionError` with the reasons `too_slow`, `too_large`
        and `worker_died`, `WorkerError` for anything else.
        """
        task = Task(function=function, values=values, url=url)
        try:
            line = self.begin(task)
            line.poll(self.left_s)
            result: T = self.finish(task).get()
        except BaseException:
            if self._is_busy:  # Ctrl-C: what the process still has to say belongs to nobody
                self.close()
            raise
        return result

    def begin(self, task: Task) -> Connection:
        """The line on which the process will answer; only for a worker that has nothing else to do."""
        self._started_s = time.monotonic()
        self._is_busy = True
        line = self._line or self._begin_process()
        with suppress(OSError):  # the process has died since: `finish` meets the end of the line
            line.send((task.function, task.values))
        return line

    @property
    def left_s(self) -> float:
        """The seconds left until the task at work is given up, although its process may not have had a core."""
        return max(0.0, self._started_s + _PATIENCE * self._deadline_s - time.monotonic())

    def finish(self, task: Task) -> Answer:
        """The answer to the task begun, which has come or comes too late."""
        answer = Answer(is_known=True)
        try:
            answer.value = self._receive(task.url)
        except Exception as error:  # noqa: BLE001 - raised again by `Answer.get`
            answer.error = error
        answer.elapsed_s = time.monotonic() - self._started_s
        return answer

    def _receive(self, url: str) -> Any:
        if self._line is None:
            raise RuntimeError("no task was begun")
        try:
            if not self._line.poll(0):
                raise ExtractionError(f"no answer after {_PATIENCE * self._deadline_s:g} s", url=url, reason="too_slow")
            failure, value = self._line.recv()
            self._is_busy = False
        except (EOFError, OSError) as error:
            raise self._why_it_ended(url) from error
        finally:
            if self._is_busy:
                self.close()
                self._is_busy = False
        if failure is not None and value[-1] == "too_large":  # what is left of the process's memory may be in pieces
            self.close()
        return result(failure, value, url)

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


class Workers:
    """Several processes for the pages of one stage; `n` of them, by default one for each core."""

    def __init__(self, n: int | None = None, deadline_s: float = DEADLINE_S) -> None:
        self._workers = [Worker(deadline_s) for _ in range(n or n_cores())]
        self._spare = Worker(deadline_s)
        self._at_work: dict[Connection, tuple[Worker, Task, Answer]] = {}

    def __enter__(self) -> Workers:
        return self

    def __exit__(self, *_: object) -> None:
        for worker in (*self._workers, self._spare):
            worker.close()

    def do(self, function: Callable[..., T], *values: Any, url: str = "") -> T:
        """What `function` returns, at once, whatever else is at work; raises what `Worker.do` raises."""
        return self._spare.do(function, *values, url=url)

    def each(self, tasks: Iterable[Task]) -> Iterator[Answer]:
        """One answer a task, in order; tasks are taken up a little ahead of the answers, and worked on meanwhile."""
        idle = list(self._workers)
        todo = iter(tasks)
        answers: deque[Answer] = deque()
        try:
            while True:
                self._hand_out(todo, idle, answers)
                if not answers:
                    return
                if answers[0].is_known:
                    yield answers.popleft()
                else:
                    idle += self._wait()
        finally:  # left early: what is still at work belongs to nobody
            for worker, _task, _answer in self._at_work.values():
                worker.close()
            self._at_work.clear()

    def _hand_out(self, todo: Iterator[Task], idle: list[Worker], answers: deque[Answer]) -> None:
        while idle and len(answers) < _AHEAD * len(self._workers) and (task := next(todo, None)) is not None:
            answers.append(Answer())
            worker = idle.pop()
            self._at_work[worker.begin(task)] = worker, task, answers[-1]

    def _wait(self) -> list[Worker]:
        """The workers that have answered, died, or were too slow, when at least one has."""
        patience_s = min(worker.left_s for worker, _task, _answer in self._at_work.values())
        ready = connection.wait(list(self._at_work), patience_s)
        done = [line for line, (worker, _, _) in self._at_work.items() if line in ready or not worker.left_s]
        free = []
        for line in done:
            worker, task, answer = self._at_work.pop(line)
            found = worker.finish(task)
            answer.value, answer.error, answer.elapsed_s = found.value, found.error, found.elapsed_s
            answer.is_known = True
            free.append(worker)
        return free


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
        answer = attempt(function, values)
        signal.setitimer(signal.ITIMER_PROF, 0)
        line.send(answer)


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
