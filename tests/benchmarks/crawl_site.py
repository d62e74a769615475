"""The loopback site of `tests.benchmarks.crawl`: 20 hosts of 100 article pages each, with a feed on every host.

    python -m tests.benchmarks.crawl_site PORT

Listens on all loopback addresses; the hosts are 127.0.0.2 to 127.0.0.21. Answers are made beforehand and sent as they
are, gzip for those who take it, so that the server costs the measured programs little.
"""

from __future__ import annotations

import asyncio
import gzip
import json
import os
import random
import sys
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

N_HOSTS, N_PAGES = 20, int(os.environ.get("PAGES_PER_HOST", "100"))
PAGE_BYTES = 90_000
HOSTS = tuple(f"127.0.0.{n + 2}" for n in range(N_HOSTS))
_SYLLABLES = [
    "ba",
    "ber",
    "cor",
    "dan",
    "el",
    "fen",
    "gar",
    "hol",
    "in",
    "jor",
    "kel",
    "lan",
    "mor",
    "nes",
    "or",
    "pel",
    "quin",
    "ras",
    "sen",
    "tor",
    "ul",
    "ver",
    "win",
    "yar",
    "zel",
]
_COMMON = [
    "the",
    "of",
    "and",
    "to",
    "in",
    "a",
    "is",
    "that",
    "for",
    "it",
    "was",
    "on",
    "are",
    "as",
    "with",
    "his",
    "they",
    "at",
    "be",
    "this",
    "from",
    "have",
    "or",
    "by",
    "one",
    "had",
    "not",
    "but",
]


def _words(chance: random.Random, n: int, vocabulary: list[str]) -> str:
    return " ".join(chance.choice(_COMMON if chance.random() < 0.45 else vocabulary) for _ in range(n))


def _sentence(chance: random.Random, vocabulary: list[str]) -> str:
    return _words(chance, chance.randrange(9, 24), vocabulary).capitalize() + "."


def article(host: str, number: int, at: datetime) -> bytes:
    """A page of about 90 kB: 13 paragraphs of text of its own, among styles, scripts, navigation and teasers."""
    chance = random.Random(f"{host} {number}")
    vocabulary = ["".join(chance.choices(_SYLLABLES, k=chance.randrange(1, 4))) for _ in range(700)]
    title = _words(chance, 8, vocabulary).capitalize()
    text = "\n".join(
        f"<p>{' '.join(_sentence(chance, vocabulary) for _ in range(chance.randrange(2, 6)))}</p>" for _ in range(13)
    )
    data = {"@type": "NewsArticle", "headline": title, "datePublished": at.isoformat()}
    data["author"] = {"@type": "Person", "name": f"{_words(chance, 1, vocabulary).title()} Ferrant"}  # type: ignore[assignment]
    nav = "".join(f'<li class="nav__item"><a href="/section/{n}">Section {n}</a></li>' for n in range(60))
    teasers = "".join(
        f'<div class="teaser teaser--{n % 5}"><a href="/news/{chance.randrange(10**6)}"><img src="/i/{n}.jpg" alt="">'
        f'<h3>{_words(chance, 7, vocabulary).capitalize()}</h3></a><span class="teaser__time">{n} hours ago</span></div>\n'
        for n in range(90)
    )
    head = (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title} | {host} News</title>'
        f'<meta property="og:title" content="{title}"><meta property="og:type" content="article">'
        f'<script type="application/ld+json">{json.dumps(data)}</script>'
    )
    body = (
        f'</head><body><header><ul class="nav">{nav}</ul></header><main><article><h1>{title}</h1>'
        f'<div class="body">{text}</div></article><aside class="more">{teasers}</aside></main>'
        "<footer><p>All rights reserved. Terms of use. Privacy.</p></footer></body></html>"
    )
    missing = max(0, PAGE_BYTES - len(head) - len(body) - 40)
    rules = "".join(f".c{n}{{margin:{n % 9}px;color:#{n * 977 % 0xFFFFFF:06x}}}\n" for n in range(missing // 90))
    state = "".join(f'window.a{n}={{"k":{chance.random():.12f}}};\n' for n in range(missing))[
        : max(0, missing - len(rules))
    ]
    return f"{head}<style>{rules}</style><script>{state}</script>{body}".encode()


def feed(host: str, port: int, now: datetime) -> bytes:
    """RSS with all articles of the host."""
    items = "".join(
        f"<item><title>Article {n}</title><link>http://{host}:{port}/news/{n}</link>"
        f"<pubDate>{format_datetime(now - timedelta(minutes=n))}</pubDate></item>"
        for n in range(N_PAGES)
    )
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>{host}</title>{items}</channel></rss>'.encode()


def answers(port: int, now: datetime) -> dict[tuple[str, str], tuple[bytes, bytes]]:
    """(host, path) -> the whole answer, plain and gzip."""
    found = {}
    for host in HOSTS:
        found[host, "/feed.xml"] = _answer("application/rss+xml", feed(host, port, now))
        found[host, "/robots.txt"] = _answer("text/plain", b"User-agent: *\nDisallow: /private/\n")
        for n in range(N_PAGES):
            found[host, f"/news/{n}"] = _answer(
                "text/html; charset=utf-8", article(host, n, now - timedelta(minutes=n))
            )
    return found


def _answer(kind: str, body: bytes) -> tuple[bytes, bytes]:
    packed = gzip.compress(body, 6, mtime=0)
    head = f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nVary: Accept-Encoding\r\n"
    return (
        f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body,
        f"{head}Content-Encoding: gzip\r\nContent-Length: {len(packed)}\r\n\r\n".encode() + packed,
    )


class _Connection(asyncio.Protocol):
    known: dict[tuple[str, str], tuple[bytes, bytes]]

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport, self.data = transport, b""

    def data_received(self, data: bytes) -> None:
        self.data += data
        while b"\r\n\r\n" in self.data:
            request, _, self.data = self.data.partition(b"\r\n\r\n")
            path = request.split(b" ", 2)[1].decode()
            host = self.transport.get_extra_info("sockname")[0]
            missing = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
            plain, packed = self.known.get((host, path), (missing, missing))
            self.transport.write(packed if b"gzip" in request.lower() else plain)  # type: ignore[attr-defined]


async def serve(port: int) -> None:
    """Answers until the process ends."""
    _Connection.known = answers(port, datetime.now(UTC))
    server = await asyncio.get_running_loop().create_server(_Connection, "0.0.0.0", port)
    print("ready", flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1])))
