"""Whatever happens in a worker, its parent gets an answer or a failure of ours, and the next page is read."""

import os
import signal
import time
from collections.abc import Callable
from typing import Any

import pytest

from pipelines.worker import Task, Worker, WorkerError
from pipelines.workers import Workers
from scraper.errors import ExtractionError


def double(value: int) -> int:
    return 2 * value


def hang(_value: int) -> int:
    while True:
        pass


def sleep(_value: int) -> int:
    while True:
        time.sleep(1)


def wait_a_while(value: int) -> int:
    time.sleep(0.4)
    return value


def swell(value: int) -> int:
    return len(b"x" * (value << 26))


def die(_value: int) -> int:
    os.kill(os.getpid(), signal.SIGKILL)
    return 0


def refuse(_value: int) -> int:
    raise ExtractionError("the page is empty", url="https://courier.example/1")


def measure(value: bytes, n: int) -> tuple[int, int]:
    return len(value), n


def now() -> float:
    return time.monotonic()


def stumble(_value: int) -> int:
    raise KeyError("unforeseen")


@pytest.mark.parametrize(
    ("function", "reason"),
    [(hang, "too_slow"), (sleep, "too_slow"), (swell, "too_large"), (die, "worker_died"), (refuse, "parse_error")],
)
def test_failures_are_ours_and_cost_only_their_page(function: Callable[[int], Any], reason: str):
    """Hung, swollen, dead or refused: an `ExtractionError` with its own reason, and the next piece of work is done."""
    with Worker(deadline_s=0.3, max_extra_bytes=1 << 28) as worker:
        assert worker.do(double, 4) == 8
        with pytest.raises(ExtractionError) as caught:
            worker.do(function, 8, url="https://courier.example/1")
        assert (caught.value.reason, caught.value.url) == (reason, "https://courier.example/1")
        assert worker.do(double, 5) == 10


def test_waiting_for_a_core_is_not_computing():
    """A page whose process gets no core for longer than the deadline is read all the same, and the next one too."""
    with Worker(deadline_s=0.2) as worker:
        assert [worker.do(wait_a_while, value) for value in (1, 2)] == [1, 2]


def test_what_nobody_foresaw_brings_its_traceback():
    """Any other exception names the place where it was raised."""
    with Worker() as worker, pytest.raises(WorkerError, match="in stumble"):
        worker.do(stumble, 1)


def test_no_process_is_left():
    """A closed worker's process is gone, not a zombie."""
    with Worker() as worker:
        pid = worker.do(os.getpid)
        assert pid != os.getpid()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


@pytest.mark.parametrize(
    ("function", "reason"),
    [(hang, "too_slow"), (sleep, "too_slow"), (swell, "too_large"), (die, "worker_died"), (refuse, "parse_error")],
)
@pytest.mark.parametrize("n_bytes", [1, 1 << 20])
def test_who_waits_behind_a_failure_is_answered(function: Callable[[int], Any], reason: str, n_bytes: int):
    """Each answer is that of its own task, in order, whichever of them ended their process and however large they are."""
    tasks = [
        Task(function=function, values=(80,)),
        *(Task(function=measure, values=(bytes(n_bytes), n)) for n in range(9)),
    ]
    tasks.insert(5, tasks[0])
    with Workers(n=2, deadline_s=0.3) as workers:
        answers = list(workers.each(tasks))
    errors = [answer.error.reason if isinstance(answer.error, ExtractionError) else answer.value for answer in answers]
    expected = [(n_bytes, n) for n in range(9)]
    assert errors == [reason, *expected[:4], reason, *expected[4:]]


def test_a_process_works_while_nobody_listens():
    """While the first answer is in use, a single process has gone on with the second task."""
    with Workers(n=1) as workers:
        answers = workers.each([Task(function=now, values=()) for _ in range(2)])
        next(answers)
        time.sleep(0.3)
        asked_s = time.monotonic()
        assert next(answers).get() < asked_s
