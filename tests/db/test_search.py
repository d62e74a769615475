"""Search finds the same articles on both databases."""

from datetime import timedelta

import pytest
from sqlalchemy.engine import Connection, Engine

from db import articles, search
from db.engine import reading, writing
from scraper.values import PageState
from tests.builders import NOW, make_article, make_moment
from tests.stored import store

TEXTS = {
    "ferry": "The night ferry to Øresund sails again at dawn, said the harbour master.",
    "straße": "Die Straße am Übersee-Kai bleibt gesperrt; Grüße von der Baustelle.",
    "tokyo": "東京都は新しい条例を発表した。",
    "greek": "Η Αθήνα γιορτάζει σήμερα.",
    "sign": "C++ and 5.5% of O'Neill's e-mail: a_b \"quoted\" (parentheses) & more",
}


@pytest.fixture
def filled(engine: Engine) -> Engine:
    with writing(engine) as connection:
        for name, text in TEXTS.items():
            store(connection, make_article(f"https://courier.example/{name}", text=text, title=name, authors=()))
    return engine


def names(connection: Connection, query: str) -> set[str]:
    found = articles.get_articles(connection, search.search(connection, query))
    return {stored.article.title or "" for stored in found}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("ferry", {"ferry"}),
        ("FERRY Dawn", {"ferry"}),
        ("ferry baustelle", set()),
        ('"night ferry"', {"ferry"}),
        ('"ferry night"', set()),
        ("harb*", {"ferry"}),
        ("harb", set()),
        ("strasse", {"straße"}),
        ("STRASSE ubersee", {"straße"}),
        ("gruße", {"straße"}),
        ("grusse", {"straße"}),
        ("条例", {"tokyo"}),
        ("新しい条例", {"tokyo"}),
        ("新条例", set()),
        ('"例条"', set()),
        ("αθηνα", {"greek"}),
        ("o'neill", {"sign"}),
        ("a_b", {"sign"}),
        ("e-mail", {"sign"}),
        ("AND OR NOT NEAR", set()),
        ('"unclosed ferry', set()),
        ('"night', {"ferry"}),
    ],
)
def test_queries(filled: Engine, query: str, expected: set[str]):
    """Words in any order, phrases, beginnings; accents, case and script never stand in the way."""
    with reading(filled) as connection:
        assert names(connection, query) == expected


@pytest.mark.parametrize("query", ["", "   ", '""', "***", "' OR 1=1 --", ") AND (", "\x00", "a" * 10_000, ":* <-> |"])
def test_no_query_is_malformed(filled: Engine, query: str):
    """Whatever a person types is a query, if only one that finds nothing."""
    with reading(filled) as connection:
        assert isinstance(search.search(connection, query), list)


def test_title_counts_more_than_body(engine: Engine):
    """An article about the word comes before one that mentions it."""
    with writing(engine) as connection:
        store(
            connection, make_article("https://courier.example/1", title="Weather", text="A ferry. " * 3 + "Rain. " * 50)
        )
        store(connection, make_article("https://courier.example/2", title="Ferry sails", text="It was late. " * 30))
    with reading(engine) as connection:
        ids = search.search(connection, "ferry")
        titles = [stored.article.title for stored in articles.get_articles(connection, ids)]
    assert titles == ["Ferry sails", "Weather"]


def test_site_and_day_narrow_the_search(engine: Engine):
    """`site` and `since` leave out the rest."""
    with writing(engine) as connection:
        for i, site in enumerate(("a.example", "b.example")):
            moment = make_moment(NOW - timedelta(days=i))
            store(
                connection, make_article(f"https://{site}/1", site=site, published_at=moment, text=f"ferry {i} " * 20)
            )
    with reading(engine) as connection:
        assert len(search.search(connection, "ferry")) == 2
        assert len(search.search(connection, "ferry", site="b.example")) == 1
        assert len(search.search(connection, "ferry", since=NOW - timedelta(hours=1))) == 1
        assert len(search.search(connection, "ferry", limit=1)) == 1


def test_a_withdrawn_article_is_not_found(filled: Engine):
    """What turned out to be no article leaves the index."""
    with writing(filled) as connection:
        (article_id,) = search.search(connection, "ferry")
        articles.save_state(connection, article_id, PageState.INDEX_PAGE, NOW)
        assert search.search(connection, "ferry") == []
