"""What is known of each origin beyond one address: does it answer, does it want a rest, what does its robots.txt say.

Begins with what earlier runs left behind and hands back what later runs should know. Does not store anything, and
does not decide for how long a host that does not answer is left alone over runs: `pipelines.schedule` does.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from scraper import urls
from scraper.errors import LeftAlone, Unreachable
from scraper.fetching.politeness import MAX_REST_S
from scraper.fetching.retries import MAX_RETRY_AFTER_S
from scraper.values import Host

MAX_FAILURES = 5
"""So many addresses in a row without any answer (each tried again as the policy says), and a host is left alone.
One is enough where the last run ended so."""


MAX_ROBOTS_AGE = timedelta(hours=24)


class Hosts:
    """The origins met so far, and those of earlier runs."""

    def __init__(self, known: Iterable[Host]) -> None:
        self._hosts = {host.origin: host for host in known}
        self._n_failed = {origin: MAX_FAILURES - 1 for origin, host in self._hosts.items() if host.n_failed_runs}
        self._changed: set[str] = set()
        self._n_runs_before = {origin: host.n_failed_runs for origin, host in self._hosts.items()}

    def check(self, url: str, now: datetime) -> None:
        """Return if the host of `url` may be asked. Raises `LeftAlone`, `Unreachable`."""
        origin = urls.origin(url)
        host = self._host(origin)
        if host.alone_until is not None and now < host.alone_until:
            message = f"left alone until {host.alone_until:%Y-%m-%d %H:%M} UTC: no answer in {host.n_failed_runs} runs"
            raise LeftAlone(message, url=url, retry_after_s=(host.alone_until - now).total_seconds())
        if self._n_failed.get(origin, 0) >= MAX_FAILURES:
            raise Unreachable(f"left alone for this run after {MAX_FAILURES} addresses without an answer", url=url)

    def failed(self, url: str) -> None:
        """Take note that `url` brought no answer at all."""
        origin = urls.origin(url)
        self._n_failed[origin] = self._n_failed.get(origin, 0) + 1
        if self._n_failed[origin] == MAX_FAILURES:
            n_runs = self._n_runs_before.get(origin, 0) + 1
            self._keep(replace(self._host(origin), n_failed_runs=n_runs, alone_until=None))

    def answered(self, url: str) -> None:
        """Take note that the host of `url` answers: its failures are over."""
        origin = urls.origin(url)
        self._n_failed.pop(origin, None)
        self._n_runs_before.pop(origin, None)
        if self._host(origin).n_failed_runs:
            self._keep(replace(self._host(origin), n_failed_runs=0, alone_until=None))

    def rests(self, url: str, pause_s: float, status: int, now: datetime) -> None:
        """Take note that the host of `url` asked for a rest. Only a long one outlives the run."""
        if pause_s > MAX_RETRY_AFTER_S:
            origin, until = urls.origin(url), now + timedelta(seconds=min(pause_s, MAX_REST_S))
            self._keep(replace(self._host(origin), rests_until=until, rest_status=status))

    def robots(self, origin: str, now: datetime) -> bytes | None:
        """The body of robots.txt as it was read less than `MAX_ROBOTS_AGE` ago, if it was."""
        host = self._host(origin)
        is_fresh = host.robots_read_at is not None and timedelta() <= now - host.robots_read_at < MAX_ROBOTS_AGE
        return host.robots if is_fresh else None

    def save_robots(self, origin: str, body: bytes | None, now: datetime) -> None:
        """Keep the body of robots.txt in place of the last one; None: it could not be had."""
        if body is not None or self._host(origin).robots is not None:
            read_at = now if body is not None else None
            self._keep(replace(self._host(origin), robots=body, robots_read_at=read_at))

    def tdmrep(self, origin: str, now: datetime) -> bytes | None:
        """The body of tdmrep.json as it was read less than `MAX_ROBOTS_AGE` ago, if it was."""
        host = self._host(origin)
        is_fresh = host.tdmrep_read_at is not None and timedelta() <= now - host.tdmrep_read_at < MAX_ROBOTS_AGE
        return host.tdmrep if is_fresh else None

    def save_tdmrep(self, origin: str, body: bytes, now: datetime) -> None:
        """Keep the body of tdmrep.json in place of the last one."""
        self._keep(replace(self._host(origin), tdmrep=body, tdmrep_read_at=now))

    def learned(self) -> list[Host]:
        """What has changed since this was last asked, by origin."""
        found = [self._hosts[origin] for origin in sorted(self._changed)]
        self._changed.clear()
        return found

    def _keep(self, host: Host) -> None:
        self._hosts[host.origin] = host
        self._changed.add(host.origin)

    def _host(self, origin: str) -> Host:
        return self._hosts.get(origin) or Host(origin=origin)
