"""The database from Python, on both databases."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy.engine import Engine

from db.engine import writing
from db.library import Library
from db.query import QueryError
from scraper.errors import StoreError
from tests.builders import NOW, make_article, make_moment
from tests.stored import store


@pytest.fixture
def library(engine: Engine, address: str):
    with writing(engine) as connection:
        for n in range(3):
            moment = make_moment(NOW - timedelta(days=n))
            url, text = f"https://{'ab'[n % 2]}.example/{n}", f"The ferry of day {n} sails. " * 9
            store(connection, make_article(url, text, site=f"{'ab'[n % 2]}.example", published_at=moment))
    with Library.open(address) as found:
        yield found


def test_articles_come_as_values(library: Library):
    """By id or address, by site and day, by search, best first; lists are iterators."""
    assert library.article(1) == library.article("https://a.example/0")
    assert library.article(9) is None
    assert [stored.id for stored in library.articles()] == [1, 2, 3]
    assert [stored.id for stored in library.articles(site="a.example")] == [1, 3]
    assert [stored.id for stored in library.articles(since=NOW - timedelta(hours=30))] == [1, 2]
    assert list(library.search("ferry NOT day")) == []
    assert [stored.id for stored in library.search("ferry site:b.example")] == [2]
    assert len(list(library.search("ferry", limit=2))) == 2
    assert [revision.number for revision in library.history(1)] == [1]


def test_faults_are_ours(library: Library, tmp_path: Path):
    """A query that can't be read, a database that is not there."""
    with pytest.raises(QueryError):
        list(library.search("(ferry"))
    with pytest.raises(StoreError, match="no database yet"):
        Library.open(str(tmp_path / "none.db"))
