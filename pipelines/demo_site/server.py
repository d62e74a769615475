"""Serves the demo site on a loopback port, over real HTTP: ETags, Last-Modified, 304 and gzip included."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, Self

from pipelines.demo_site.content import Piece, pieces
from pipelines.demo_site.site import Answer, answers


class DemoSite:
    """The site as a context manager; `url` is its address, with a slash at its end.

    Set `edition` to 2 for what the site looks like some hours later: one article corrected, one new, all
    else the same byte for byte. `requests` lists what was asked: (method, path, headers).
    """

    def __init__(self, *, edition: int = 1, now: datetime | None = None, port: int = 0) -> None:
        self.edition = edition
        self.requests: list[tuple[str, str, Mapping[str, str]]] = []
        self._answers: dict[int, dict[str, Answer]] = {}
        self._now = (now or datetime.now(UTC)).replace(microsecond=0)
        self._server = ThreadingHTTPServer(("127.0.0.1", port), _handler(self))
        self._server.daemon_threads = True
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
        return pieces(self.edition, self._now)

    def answer(self, path: str) -> Answer | None:
        """What the site answers at `path` in its present edition, None where it has nothing."""
        if self.edition not in self._answers:
            self._answers[self.edition] = answers(self.url, self.edition, self._now)
        return self._answers[self.edition].get(path)


def _handler(site: DemoSite) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            path = self.path.partition("?")[0]
            headers = {name.lower(): value for name, value in self.headers.items()}
            site.requests.append((self.command, path, headers))
            found = site.answer(path)
            if found is None:
                found = Answer(body="<title>Not found</title>", status=404, modified_at=site._now)
            self._send(found)

        do_HEAD = do_GET  # noqa: N815

        def _send(self, found: Answer) -> None:
            body = found.body.encode()
            etag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
            headers = {"ETag": etag, "Last-Modified": format_datetime(found.modified_at.astimezone(UTC), usegmt=True)}
            if found.status == 200 and self.headers.get("If-None-Match") == etag:
                self._write(304, headers, b"")
                return
            headers["Content-Type"] = found.content_type
            if "gzip" in self.headers.get("Accept-Encoding", ""):
                headers["Content-Encoding"] = "gzip"
                body = gzip.compress(body, mtime=0)
            self._write(found.status, headers, body)

        def _write(self, status: int, headers: Mapping[str, str], body: bytes) -> None:
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            if status != 304:
                self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Nothing: `DemoSite.requests` is the log."""

    return Handler
