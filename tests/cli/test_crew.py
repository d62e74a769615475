"""run --enqueue, worker and status, on PostgreSQL."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.engine import Engine

from tests.cli.conftest import Newsdesk
from tests.conftest import lent
from tests.crew.paper_sites import PaperSites, follow


@pytest.fixture
def address(postgresql: str) -> Iterator[str]:
    yield from lent(postgresql)


def test_the_commands(
    newsdesk: Newsdesk, engine: Engine, address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """run --enqueue, status, worker --drain: what they print, and the statuses."""
    monkeypatch.setenv("NEWSDESK_ALLOW_ADDRESSES", "127.0.0.0/8")
    monkeypatch.setenv("NEWSDESK_ARCHIVE", str(tmp_path / "archive"))
    monkeypatch.setenv("NEWSDESK_MIN_DELAY_S", "0")
    with PaperSites(n_sites=1, n_pages=2) as sites:
        follow(engine, sites)
        assert newsdesk("run", "--enqueue", "--db", address).out == "1 task for workers\n"
        told = newsdesk("status", "--db", address)
        assert (told.status, told.out.splitlines()[0]) == (0, f"waiting\t1\t127.0.0.2:{sites.port}")
        site = f"127.0.0.2:{sites.port}"
        told = newsdesk("worker", "--drain", "--db", address)
        assert (told.status, told.out) == (0, f"{site}: 1 source: 2 announced, 2 new\n{site}: 2 stored\n")
        state = json.loads(newsdesk("status", "--json", "--db", address).out)
        assert (state["waiting"], state["failed"], state["due"]) == ([], [], [])
