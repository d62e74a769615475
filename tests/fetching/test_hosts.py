"""What one fetcher learned about hosts, and what the next one does with it, over real HTTP."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from scraper.errors import BadStatus, FetchError, LeftAlone, RobotsDisallowed, RobotsUnavailable, Unreachable
from scraper.values import Host, Request
from tests.fetching.web import HTML, ROBOTS, Server, answer, run


async def _ask(server: Server, known: list[Host], *urls: str) -> tuple[list[Host], list[Any]]:
    """What is known of hosts after one run over `urls`, and what each brought."""
    found: list[Any] = []
    async with server.fetcher(known, allow_addresses=("127.0.0.0/8",), n_tries=1) as fetcher:
        for url in urls:
            try:
                found.append(await fetcher.fetch(Request(url=url)))
            except FetchError as error:
                found.append(error)
        learned = {host.origin: host for host in (*known, *fetcher.learned())}
        assert fetcher.learned() == []
        return list(learned.values()), found


def test_robots_is_kept_for_a_day() -> None:
    """A later run asks for robots.txt again after 24 hours and not before, and obeys it all the while."""

    async def scenario(server: Server) -> None:
        known: list[Host] = []
        for _ in range(25):
            known, found = await _ask(server, known, server.url("/a"), server.url("/private/x"))
            assert isinstance(found[1], RobotsDisallowed)
            server.clock.at += timedelta(hours=1)

    server = run(scenario, robots_txt=answer(200, ROBOTS), a=answer(200, HTML))
    asked = [seen.at for seen in server.log if seen.path == "/robots.txt"]
    assert [at - asked[0] for at in asked] == [timedelta(), timedelta(hours=24)]
    assert len(server.paths) == 25


@pytest.mark.parametrize(("status", "n_asked"), [(404, 1), (410, 1), (403, 2), (503, 2), (429, 2)])
def test_robots_that_is_not_there(status: int, n_asked: int) -> None:
    """That there is none is kept for a day; an error is not kept beyond the run."""

    async def scenario(server: Server) -> None:
        known, _ = await _ask(server, [], server.url("/a"), server.url("/a"))
        await _ask(server, known, server.url("/a"))

    server = run(scenario, robots_txt=answer(status), a=answer(200, HTML))
    assert [seen.path for seen in server.log].count("/robots.txt") == n_asked


def test_a_long_rest_outlives_the_run() -> None:
    """The hour a server asked for holds for later runs too, for its whole site, and ends."""

    async def scenario(server: Server) -> None:
        known, _ = await _ask(server, [], server.url("/busy"))
        server.clock.at += timedelta(minutes=30)
        known, (error,) = await _ask(server, known, server.url("/a"))
        assert isinstance(error, BadStatus)
        assert (error.status, error.retry_after_s) == (503, 1800)
        server.clock.at += timedelta(minutes=30)
        _, (page,) = await _ask(server, known, server.url("/a"))
        assert page.body == HTML

    server = run(scenario, busy=answer(503, Retry_After="3600"), a=answer(200, HTML))
    assert server.paths == ["/busy", "/a"]
    assert server.log[-1].at - server.log[1].at == timedelta(hours=1)


def test_a_short_rest_does_not() -> None:
    """A minute is waited for within the run and is nobody's business afterwards."""

    async def scenario(server: Server) -> None:
        known, _ = await _ask(server, [], server.url("/busy"))
        assert [host.rests_until for host in known] == [None]

    run(scenario, busy=answer(503, Retry_After="60"))


def _lost(server: Server, n: int) -> list[str]:
    return [f"http://127.9.9.9:{server.port}/{i}" for i in range(n)]


def test_a_host_that_does_not_answer() -> None:
    """After five addresses the run has failed; while it rests it is not asked; then one failure is enough."""

    async def scenario(server: Server) -> None:
        (host,), found = await _ask(server, [], *_lost(server, 7))
        assert host == Host(origin=f"http://127.9.9.9:{server.port}", n_failed_runs=1)
        assert ["left alone" in str(error) for error in found] == [False] * 5 + [True] * 2
        resting = replace(host, alone_until=server.clock.now() + timedelta(hours=1))
        server.clock.at += timedelta(minutes=20)
        known, (error,) = await _ask(server, [resting], *_lost(server, 1))
        assert isinstance(error, LeftAlone)
        assert (error.is_retryable, error.retry_after_s, known) == (True, 2400, [resting])
        server.clock.at += timedelta(minutes=40)
        (host,), found = await _ask(server, known, *_lost(server, 3))
        assert (host.n_failed_runs, host.alone_until) == (2, None)
        assert ["left alone" in str(error) for error in found] == [False, True, True]
        assert all(type(error) is Unreachable for error in found)

    run(scenario)


def test_a_host_that_answers_again() -> None:
    """One answer, and the failures of earlier runs are forgotten."""

    async def scenario(server: Server) -> None:
        failed = Host(origin=server.url(""), n_failed_runs=3, alone_until=server.clock.now())
        (host,), (page,) = await _ask(server, [failed], server.url("/a"))
        assert page.body == HTML
        assert (host.n_failed_runs, host.alone_until) == (0, None)

    run(scenario, a=answer(200, HTML))


def test_robots_on_a_host_left_alone() -> None:
    """A robots.txt that leads to a host that is left alone forbids for now, and nobody is asked."""

    async def scenario(server: Server) -> None:
        there = f"http://127.9.9.9:{server.port}"
        server.routes["/robots.txt"] = answer(302, Location=there + "/robots.txt")
        alone = Host(origin=there, n_failed_runs=1, alone_until=server.clock.now() + timedelta(hours=1))
        _, (error,) = await _ask(server, [alone], server.url("/a"))
        assert isinstance(error, Unreachable | RobotsUnavailable)

    assert run(scenario, a=answer(200, HTML)).paths == []


def test_nothing_is_shared() -> None:
    """Two fetchers over the same values do not hear of each other."""

    async def scenario(server: Server) -> None:
        one, two = await asyncio.gather(*(_ask(server, [], server.url("/a")) for _ in range(2)))
        assert one[0] == two[0]

    server = run(scenario, robots_txt=answer(200, ROBOTS), a=answer(200, HTML))
    assert [seen.path for seen in server.log].count("/robots.txt") == 2
