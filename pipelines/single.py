"""One page at a time: from an address, a file or standard input to an article, and into the database if asked."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO

from pipelines import site_rules
from pipelines.importing import read_page, read_row
from pipelines.outcomes import of_error
from pipelines.settings import Settings
from pipelines.worker import Worker
from scraper.errors import ExtractionError, NewsError, TooLarge
from scraper.extraction import extract, second_opinion
from scraper.fetching.browser import Browser
from scraper.fetching.client import MAX_PAGE_BYTES, Fetcher, FetchPolicy
from scraper.record import to_record
from scraper.values import Article, Context, NotModified, Page, Request

DEADLINE_S = 30.0
"""For one address in all: robots.txt, redirects and retries included."""


def policy(settings: Settings, *, obeys_robots: bool = True) -> FetchPolicy:
    """How to fetch, from the settings."""
    return FetchPolicy(
        user_agent=settings.user_agent,
        min_delay_s=settings.min_delay_s,
        concurrency=settings.concurrency,
        concurrency_per_site=settings.concurrency_per_site,
        allow_addresses=settings.allow_addresses,
        obeys_robots=obeys_robots,
        by_site=site_rules.manners(settings.by_site),
    )


def utc_now() -> datetime:
    """The clock of the commands."""
    return datetime.now(UTC)


def fetch_page(url: str, settings: Settings, *, obeys_robots: bool = True, is_rendered: bool = False) -> Page:
    """The page at `url`, as a browser shows it if `is_rendered`. Raises `FetchError`."""

    async def fetch() -> Page | NotModified:
        how = policy(settings, obeys_robots=obeys_robots)
        async with AsyncExitStack() as stack:
            browser = await stack.enter_async_context(Browser(how, now=utc_now)) if is_rendered else None
            fetcher = await stack.enter_async_context(Fetcher(how, now=utc_now))
            answer = await fetcher.fetch(Request(url=url), deadline_s=DEADLINE_S)
            return await browser.render(answer) if browser is not None and isinstance(answer, Page) else answer

    answer = asyncio.run(fetch())
    if isinstance(answer, NotModified):  # nothing was asked conditionally
        raise ExtractionError("the server says not modified, but nothing is known of the page", url=url)
    return answer


def page_of_file(path: Path, url: str | None) -> Page:
    """The page saved at `path`; `url` is its address (default: the file's own)."""
    address = url or path.resolve().as_uri()
    return read_page({"url": address, "html_path": str(path)}, Path())


def page_of_stream(stream: BinaryIO, url: str | None) -> Page:
    """The page read from standard input."""
    body = stream.read(MAX_PAGE_BYTES + 1)
    if len(body) > MAX_PAGE_BYTES:
        raise TooLarge(f"more than {MAX_PAGE_BYTES} bytes", url=url or "-")
    address = url or "file:///dev/stdin"
    return Page(url=address, final_url=address, status=200, body=body, fetched_at=utc_now())


def read(page: Page, settings: Settings, worker: Worker | None = None) -> Article:
    """The article on `page`, with a second opinion if the settings want one; read by `worker` or one for this page."""
    if worker is None:
        with Worker() as own:
            return own.do(_read, page, settings, url=page.url)
    return worker.do(_read, page, settings, url=page.url)


def _read(page: Page, settings: Settings) -> Article:
    article = extract(page, Context(rule=site_rules.rule_of(settings.by_site, page.final_url)))
    return second_opinion.reported(article, page) if settings.second_opinion else article


def is_address(target: str) -> bool:
    """Whether a target is meant as a web address rather than a file."""
    return target.lower().startswith(("http://", "https://"))


def batch(lines: Iterable[bytes], settings: Settings, *, obeys_robots: bool = True) -> Iterator[dict[str, Any]]:
    """One answer a line, in order: an article's record, or `{"url", "error": {"reason", "message"}}`.

    Lines are `{"url", "html_path"}` or `{"url"}`; addresses share one fetcher, and so politeness.
    Nothing is withheld because of its state.
    """
    with _AddressReader(policy(settings, obeys_robots=obeys_robots)) as fetch, Worker() as worker:
        for line in lines:
            if line.strip():
                yield _answer(line, fetch, settings, worker)


def _answer(line: bytes, fetch: Callable[[str], Page], settings: Settings, worker: Worker) -> dict[str, Any]:
    url = ""
    try:
        row = read_row(line)
        url = row["url"]
        page = read_page(row, Path()) if row.get("html_path") else fetch(url)
        return to_record(read(page, settings, worker))
    except Exception as error:  # noqa: BLE001 - of_error raises what must end the program
        outcome = of_error("extract", url, error)
        reason = error.reason if isinstance(error, NewsError) else outcome.kind.value
        return {"url": url, "error": {"reason": reason, "message": outcome.reason}}


class _AddressReader:
    """Fetches addresses one by one on an event loop of its own, opened with the first."""

    def __init__(self, fetch_policy: FetchPolicy) -> None:
        self._policy = fetch_policy
        self._runner = asyncio.Runner()
        self._fetcher: Fetcher | None = None

    def __enter__(self) -> Callable[[str], Page]:
        return lambda url: self._runner.run(self._fetch(url))

    def __exit__(self, *_: object) -> None:
        if self._fetcher is not None:
            self._runner.run(self._fetcher.__aexit__(None, None, None))
        self._runner.close()

    async def _fetch(self, url: str) -> Page:
        if self._fetcher is None:
            self._fetcher = await Fetcher(self._policy, now=utc_now).__aenter__()
        answer = await self._fetcher.fetch(Request(url=url), deadline_s=DEADLINE_S)
        if isinstance(answer, NotModified):
            raise ExtractionError("the server says not modified, but nothing is known of the page", url=url)
        return answer


def check_target(target: str) -> None:
    """Nothing; raises `NewsError` for a target that is neither an address, a file, nor `-`."""
    if target != "-" and not is_address(target) and not Path(target).is_file():
        raise NewsError("no such file, and not an http(s) address", url=target, reason="unreadable")
