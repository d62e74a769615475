"""The gate of a site: how many at once, and how long between."""

import asyncio
from datetime import timedelta

import pytest

from scraper.errors import BadStatus
from scraper.fetching.politeness import Clock, Gate
from tests.fetching.web import FakeClock

URL = "https://paper.example/"


def starts(gate: Gate, clock: FakeClock, n_times: int, took_s: float = 0.0) -> list[float]:
    """Seconds from the first start at which `n_times` turns of `took_s` each begin, all asked for at once."""
    found = []

    async def one() -> None:
        async with gate.turn(URL):
            found.append(clock.now())
            if took_s:
                await clock.sleep(took_s)
                gate.answered(took_s)

    async def main() -> None:
        await asyncio.gather(*(one() for _ in range(n_times)))

    asyncio.run(main())
    return [(at - found[0]).total_seconds() for at in found]


def make_gate(delay_s: float, n_at_once: int = 1) -> tuple[Gate, FakeClock]:
    clock = FakeClock()
    return Gate(delay_s, n_at_once, Clock(clock.now, clock.sleep)), clock


@pytest.mark.parametrize(
    ("delay_s", "took_s", "expected"),
    [
        (0.0, 0.0, [0, 0, 0]),
        (1.0, 0.0, [0, 1, 2]),
        (1.0, 0.5, [0, 1.5, 3]),
        (1.0, 4.0, [0, 8, 16]),
        (1.0, 30.0, [0, 40, 80]),
        (0.0, 4.0, [0, 4, 8]),
    ],
)
def test_delay(delay_s: float, took_s: float, expected: list[float]) -> None:
    """The pause runs from the end of a request, grows with slow answers up to 10 s, and is none if switched off."""
    assert starts(*make_gate(delay_s), 3, took_s) == expected


@pytest.mark.parametrize(("wanted", "expected"), [(5, [0, 5]), (0.2, [0, 1]), (30, [0, 30]), (3600, [0, 30])])
def test_crawl_delay(wanted: float, expected: list[float]) -> None:
    """A crawl-delay lengthens the pause, never beyond 30 s, and never shortens it."""
    gate, clock = make_gate(1.0)
    gate.slow_down(wanted)
    assert starts(gate, clock, 2) == expected


def test_rest() -> None:
    """A rest holds up everybody at the gate; a shorter one does not cut a longer one short."""
    gate, clock = make_gate(0.0)
    before = clock.now()
    gate.rest(100)
    gate.rest(10)
    starts(gate, clock, 2)
    assert clock.now() - before == timedelta(seconds=100)


def test_long_rest() -> None:
    """Nobody waits for more than five minutes; the failure says for how long it would have been."""
    gate, clock = make_gate(0.0)
    gate.rest(301, status=503)
    with pytest.raises(BadStatus) as caught:
        starts(gate, clock, 1)
    assert (caught.value.status, caught.value.retry_after_s) == (503, 301)
    assert clock.slept == []


def test_failures_let_go() -> None:
    """A turn that fails frees its place."""
    gate, clock = make_gate(0.0)

    async def fail() -> None:
        async with gate.turn(URL):
            raise LookupError

    with pytest.raises(LookupError):
        asyncio.run(fail())
    assert len(starts(gate, clock, 2)) == 2
