"""Several processes for the pages of one stage; answers come in the order of the work."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from multiprocessing import connection
from typing import Any, TypeVar

from pipelines.worker import DEADLINE_S, Answer, Task, Worker, n_cores

T = TypeVar("T")

_DEPTH = 2  # tasks a process has: one at work, and one that it begins while this process is busy with the last answer
_AHEAD = 4  # answers kept per process until it is their turn: one slow page among quick ones holds up nobody


class Workers:
    """`n` processes, by default one for each core."""

    def __init__(self, n: int | None = None, deadline_s: float = DEADLINE_S) -> None:
        self._workers = [Worker(deadline_s) for _ in range(n or n_cores())]
        self._spare = Worker(deadline_s)

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
        todo = iter(tasks)
        answers: deque[Answer] = deque()
        try:
            while True:
                self._hand_out(todo, answers)
                if not answers:
                    return
                if answers[0].is_known:
                    yield answers.popleft()
                else:
                    self._wait()
        finally:  # left early: what is still at work belongs to nobody
            for worker in self._busy():
                worker.close()

    def _hand_out(self, todo: Iterator[Task], answers: deque[Answer]) -> None:
        while len(answers) < _AHEAD * len(self._workers):
            worker = min(self._workers, key=lambda one: one.n_tasks)
            if worker.n_tasks == _DEPTH or (task := next(todo, None)) is None:
                return
            answers.append(worker.begin(task))

    def _wait(self) -> None:
        """Nothing, when at least one worker has answered, died, or was too slow."""
        busy = self._busy()
        ready = connection.wait([worker.line for worker in busy], min(worker.left_s for worker in busy))
        for worker in busy:
            if worker.line in ready or not worker.left_s:
                worker.finish()

    def _busy(self) -> list[Worker]:
        return [worker for worker in self._workers if worker.n_tasks]
