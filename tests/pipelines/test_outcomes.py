"""Outcomes add up to inputs, whatever the addresses answer."""

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.engine import Engine

from db import ledger, runs, sources
from db.engine import open_engine, reading, writing
from db.upgrading import upgrade
from pipelines.run import Job, run
from pipelines.settings import Settings
from scraper.values import Outcome, Source, SourceKind
from tests.builders import NOW
from tests.fetching.web import answer

WORDS = "The ferry number {n} sails again from the old pier, the harbour office of the town said on Monday. "
ARTICLE = (
    "<html><body><nav>Menu</nav><article><h1>Ferry {n} sails</h1>"
    + f"<p>{WORDS * 4}</p>" * 3
    + "</article></body></html>"
)
# What can be asked for once and needs no pause before the next try.
ANSWERS = {
    "article": lambda n: answer(200, ARTICLE.replace("{n}", str(n)).encode(), Content_Type="text/html"),
    "copy": lambda n: answer(200, ARTICLE.replace("{n}", "0").encode(), Content_Type="text/html"),
    "nothing": lambda n: answer(200, b"", Content_Type="text/html"),
    "short": lambda n: answer(200, b"<p>Subscribe to read.</p>", Content_Type="text/html"),
    "picture": lambda n: answer(200, b"\x89PNG", Content_Type="image/png"),
    "garbage": lambda n: answer(200, bytes(range(256)) * 20, Content_Type="text/html; charset=rot13"),
    "away": lambda n: answer(302, Location=f"/{n + 1}"),
    "inwards": lambda n: answer(302, Location="http://10.0.0.1/"),
    "circle": lambda n: answer(302, Location=f"/{n}"),
    "forbidden": lambda n: answer(403),
    "missing": lambda n: answer(404),
    "gone": lambda n: answer(410),
}


@contextmanager
def serving(kinds: Sequence[str]) -> Iterator[str]:
    """A site whose feed announces one address for each kind of answer, the last of them closed by robots.txt."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            name = self.path[1:]
            if name == "feed":
                links = "".join(f"<item><link>{address}/{n}</link></item>" for n in range(len(kinds)))
                body = f"<rss version='2.0'><channel>{links}</channel></rss>".encode()
                self.wfile.write(answer(200, body, Content_Type="text/xml"))
            elif name == "robots.txt":
                self.wfile.write(answer(200, f"User-agent: *\nDisallow: /{len(kinds) - 1}\n".encode()))
            elif not name.isdigit():
                self.wfile.write(answer(404))
            else:
                self.wfile.write(ANSWERS[kinds[int(name)]](int(name)) if int(name) < len(kinds) else answer(404))

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        address = f"http://127.0.0.1:{server.server_port}"
        thread = Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield address
        finally:
            server.shutdown()
            thread.join()


def fates(engine: Engine) -> Counter[str]:
    """Outcome -> number of addresses, by the ledger."""
    with reading(engine) as connection:
        return Counter(str(link["state"]) for link in ledger.iter_links(connection, ledger.Wanted()))


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(kinds=st.lists(st.sampled_from(sorted(ANSWERS)), min_size=1, max_size=14))
def test_every_address_ends_in_one_outcome(kinds: list[str]):
    """Told, reported, kept for the run and kept in the ledger: each time every address once, and the sums agree."""
    with TemporaryDirectory() as folder, serving(kinds) as address:
        engine = open_engine(str(Path(folder) / "news.db"))
        upgrade(engine)
        told: list[Outcome] = []
        site = address.removeprefix("http://")
        own = Settings(db="", archive=f"{folder}/archive", min_delay_s=0, allow_addresses=(site,))
        with writing(engine) as connection:
            sources.add_source(connection, Source(url=f"{address}/feed", kind=SourceKind.FEED, site=site), NOW)
        report = run(Job(engine=engine, settings=own, now=lambda: NOW, on_outcome=told.append))
        by_url = Counter(outcome.url for outcome in told)
        assert by_url == Counter({f"{address}/{n}": 1 for n in range(len(kinds))})
        counted = Counter(outcome.kind.value for outcome in told)
        assert sum(counted.values()) == report.n_new == len(kinds)
        assert Counter({kind.value: n for kind, n in report.kinds.items()}) == counted == fates(engine)
        with reading(engine) as connection:
            assert Counter({kind.value: n for kind, n in runs.count_outcomes(connection, 1).items()}) == counted
        engine.dispose()
