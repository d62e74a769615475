"""Serves the demo site on a loopback port, over real HTTP: ETags, Last-Modified, 304 and gzip included.

Follows RFC 9110 where it matters to a crawler: conditional requests (13), content codings (8.4), HEAD (9.3.2).
"""

from __future__ import annotations

import gzip
import hashlib
import socket
import sys
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, Self

from pipelines.demo_site.addresses import Answer, answers
from pipelines.demo_site.content import Piece, pieces
from pipelines.demo_site.expected import Expected, expected

_COMPRESSED = ("text/", "application/", "image/svg")


class DemoSite:
    """The site as a context manager; `url` is its address, with a slash at its end.

    Set `edition` to 2 for what the site looks like later: one article corrected, one new, with the feeds and
    lists that name them; all else the same byte for byte. Times are placed before `now`, within seven days.
    `requests` lists what was asked: (method, path, headers with lower-case names).
    """

    def __init__(self, *, edition: int = 1, now: datetime | None = None, port: int = 0) -> None:
        self.edition = edition
        self.requests: list[tuple[str, str, Mapping[str, str]]] = []
        self.now = (now or datetime.now(UTC)).replace(microsecond=0)
        self._answers: dict[int, dict[str, Answer]] = {}
        self._server = _Server(self, port)
        self._thread = Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def pieces(self) -> list[Piece]:
        """The articles of the present edition, for tests."""
        return pieces(self.edition, self.now)

    @property
    def expected(self) -> list[Expected]:
        """What ought to become of each announced address of the present edition, for tests."""
        return expected(self.edition, self.now)

    def answer(self, path: str) -> Answer:
        """What the site answers at `path` in its present edition."""
        if self.edition not in self._answers:
            self._answers[self.edition] = answers(self.url, self.edition, self.now)
        missing = Answer(body="<title>Not found</title><p>Nothing here.</p>\n", status=404, modified_at=self.now)
        return self._answers[self.edition].get(path, missing)


class _Server(ThreadingHTTPServer):
    """Ends the connections that clients keep open when it is closed, and waits for their threads."""

    daemon_threads = False

    def __init__(self, site: DemoSite, port: int) -> None:
        self.site = site
        self._open: set[socket.socket] = set()
        super().__init__(("127.0.0.1", port), _Handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self._open.discard(request)
        super().shutdown_request(request)

    def server_close(self) -> None:
        for request in tuple(self._open):
            with suppress(OSError):
                request.shutdown(socket.SHUT_RDWR)
        super().server_close()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Says what went wrong, but not that a client hung up."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.server.site.requests.append((self.command, path, headers))
        self._send(self.server.site.answer(path), headers)

    do_HEAD = do_GET  # noqa: N815

    def _send(self, found: Answer, asked: Mapping[str, str]) -> None:
        body = found.body.encode()
        headers = {
            # Weak, since the compressed answer carries the same one.
            "ETag": f'W/"{hashlib.sha256(body).hexdigest()[:16]}"',
            "Last-Modified": format_datetime(found.modified_at.astimezone(UTC), usegmt=True),
            "Vary": "Accept-Encoding",
        }
        if found.status == 200 and _is_known(asked, headers["ETag"], found.modified_at):
            self._write(304, headers, b"")
            return
        headers["Content-Type"] = found.content_type
        if "gzip" in asked.get("accept-encoding", "") and found.content_type.startswith(_COMPRESSED):
            headers["Content-Encoding"] = "gzip"
            body = gzip.compress(body, mtime=0)
        headers["Content-Length"] = str(len(body))
        self._write(found.status, headers, body)

    def _write(self, status: int, headers: Mapping[str, str], body: bytes) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Nothing: `DemoSite.requests` is the log."""


def _is_known(asked: Mapping[str, str], etag: str, modified_at: datetime) -> bool:
    """Whether the client has this version already (RFC 9110 13.2.2: the ETag decides, if it names one)."""
    if "if-none-match" in asked:
        tags = {tag.strip() for tag in asked["if-none-match"].split(",")}
        return "*" in tags or etag in tags
    with suppress(ValueError):
        return modified_at <= parsedate_to_datetime(asked.get("if-modified-since", ""))
    return False
