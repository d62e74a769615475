"""Small sites on loopback addresses, and one log of who asked them for what and when; also for `benchmarks.crew`."""

from __future__ import annotations

import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from sqlalchemy.engine import Engine

from db import sources
from db.engine import writing
from scraper.values import Source, SourceKind

_ITEM = "<item><title>{title}</title><link>{url}</link><pubDate>{date}</pubDate></item>"
_LINE = "In paragraph {n} of story {story} the harbour of {host} is described as it lay in the morning, at low tide. "


@dataclass(frozen=True, slots=True)
class Asked:
    """One request: the site, the path, and when it began and was answered, in seconds of `time.monotonic`."""

    host: str
    path: str
    began: float
    ended: float


@dataclass
class PaperSites:
    """A context manager: `n_sites` sites at 127.0.0.2 and up, all on one port, each with a feed and `n_pages` pages.

    Where they are neighbourly, each but the last also announces a story of the next one.
    """

    n_sites: int = 6
    n_pages: int = 4
    pause_s: float = 0.0
    """How long a page takes to be answered."""
    is_neighbourly: bool = False
    asked: list[Asked] = field(default_factory=list)

    def __enter__(self) -> PaperSites:
        self._server = _Server(self)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def port(self) -> int:
        """The one all sites are on."""
        return int(self._server.server_address[1])

    @property
    def hosts(self) -> list[str]:
        """The sites' addresses."""
        return [f"127.0.0.{2 + n}" for n in range(self.n_sites)]

    @property
    def feeds(self) -> list[str]:
        """The addresses of the sites' feeds."""
        return [f"http://{host}:{self.port}/feed.xml" for host in self.hosts]

    def answer(self, host: str, path: str) -> tuple[int, str, str]:
        """Status, type and body."""
        if path == "/feed.xml":
            return 200, "application/rss+xml", self._feed(host)
        if path.startswith("/story/"):
            return 200, "text/html", self._page(host, path.rsplit("/", 1)[1])
        return 404, "text/plain", "nothing here"

    def _feed(self, host: str) -> str:
        now = datetime.now(UTC)
        urls = [f"http://{host}:{self.port}/story/{n}" for n in range(1, self.n_pages + 1)]
        number = int(host.rsplit(".", 1)[1])
        if self.is_neighbourly and number < 1 + self.n_sites:
            urls.append(f"http://127.0.0.{number + 1}:{self.port}/story/guest")
        dates = [format_datetime(now - timedelta(hours=n)) for n in range(len(urls))]
        items = [
            _ITEM.format(title=f"Story {url[-1]}", url=url, date=date) for url, date in zip(urls, dates, strict=True)
        ]
        return f'<?xml version="1.0"?><rss version="2.0"><channel><title>{host}</title>{"".join(items)}</channel></rss>'

    def _page(self, host: str, story: str) -> str:
        time.sleep(self.pause_s)
        lines = "".join(f"<p>{_LINE.format(n=n, story=story, host=host) * 2}</p>" for n in range(6))
        title = f"Story {story} of {host}"
        return (
            f"<html><head><title>{title}</title></head><body><article><h1>{title}</h1>{lines}</article></body></html>"
        )


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, sites: PaperSites) -> None:
        self.sites = sites
        super().__init__(("0.0.0.0", 0), _Handler)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_GET(self) -> None:
        began = time.monotonic()
        host = self.headers["Host"].split(":")[0]
        status, type_, body = self.server.sites.answer(host, self.path)
        data = body.encode()
        self.send_response(status)
        self.send_header("Content-Type", type_)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.server.sites.asked.append(Asked(host, self.path, began, time.monotonic()))
        self.wfile.write(data)

    def handle(self) -> None:
        with suppress(ConnectionError):  # of a client that was killed
            super().handle()

    def log_message(self, *_: Any) -> None:
        """Nothing."""


def follow(engine: Engine, sites: PaperSites) -> None:
    """The database follows every site's feed."""
    with writing(engine) as connection:
        for host, url in zip(sites.hosts, sites.feeds, strict=True):
            source = Source(url=url, kind=SourceKind.FEED, site=f"{host}:{sites.port}")
            sources.add_source(connection, source, datetime.now(UTC) - timedelta(minutes=1))
