"""Search finds the same articles on both databases."""

from contextlib import suppress
from datetime import timedelta

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.engine import Connection, Engine

from db import articles, search
from db.engine import reading, writing
from db.query import QueryError, hits, parse
from pipelines.snippets import snippet
from scraper.values import ArticleKind, PageState
from tests.builders import NOW, make_article, make_moment
from tests.stored import store

TEXTS = {
    "ferry": "The night ferry to Øresund sails again at dawn, said the harbour master.",
    "straße": "Die Straße am Übersee-Kai bleibt gesperrt; Grüße von der Baustelle.",
    "tokyo": "東京都は新しい条例を発表した。",
    "greek": "Η Αθήνα γιορτάζει σήμερα.",
    "sign": "C++ and 5.5% of O'Neill's e-mail: a_b \"quoted\" (parentheses) & more",
}

FIELDS = {
    "tokyo": {"language": "ja"},
    "greek": {"language": "el", "kind": ArticleKind.OPINION, "details": {"opt_outs": {"noai": "meta:robots"}}},
    "sign": {"authors": ("Ada Brink",), "tags": ("Ropes", "knots"), "language": "sv-SE"},
}


@pytest.fixture
def filled(engine: Engine) -> Engine:
    with writing(engine) as connection:
        for name, text in TEXTS.items():
            fields = {"title": name, "authors": (), "tags": (), **FIELDS.get(name, {})}
            store(connection, make_article(f"https://courier.example/{name}", text=text, **fields))
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
        ("and or not near", set()),
        ("ferry OR strasse", {"ferry", "straße"}),
        ("ferry OR strasse OR αθηνα -dawn", {"ferry", "straße", "greek"}),
        ("(ferry OR strasse) NOT baustelle", {"ferry"}),
        ("NOT ferry NOT straße", {"tokyo", "greek", "sign"}),
        ("-ferry -title:tokyo -sign -greek", {"straße"}),
        ("ferry AND (dawn OR noon)", {"ferry"}),
        ("ferry AND NOT dawn", set()),
        ("title:ferry", {"ferry"}),
        ("title:dawn", set()),
        ("body:dawn OR title:tok*", {"ferry", "tokyo"}),
        ('title:"ferry"', {"ferry"}),
        ("author:brink", {"sign"}),
        ("author:bri* tag:ropes", {"sign"}),
        ("brink", {"sign"}),
        ("title:brink", set()),
        ("lang:ja", {"tokyo"}),
        ("optout:noai", {"greek"}),
        ("optout:ANY", {"greek"}),
        ("optout:gptbot", set()),
        ("αθηνα optout:noai", {"greek"}),
        ("-optout:any -ferry -straße", {"tokyo", "sign"}),
        ("lang:ja OR lang:el", {"tokyo", "greek"}),
        ("kind:Opinion", {"greek"}),
        ("lang:EL-gr OR lang:sv-se", {"sign"}),
        ("site:courier.example ferry", {"ferry"}),
        ("site:example -ferry", {"straße", "tokyo", "greek", "sign"}),
        ("site:urier.example", set()),
        ("after:2026-11-21", set()),
        ("before:2026-11-21 ferry", {"ferry"}),
        ("after:2026-11-20T13:00+01:00 before:2027 dawn OR nothing", {"ferry"}),
        ("NOT (ferry OR lang:ja) NOT (author:brink OR kind:opinion)", {"straße"}),
        ("https://courier", set()),
    ],
)
def test_queries(filled: Engine, query: str, expected: set[str]):
    """Words in any order, phrases, beginnings; accents, case and script never stand in the way."""
    with reading(filled) as connection:
        assert names(connection, query) == expected


@pytest.mark.parametrize(
    ("query", "at", "message"),
    [
        ("", 0, "no word"),
        ("\x00 ***", 0, "no word"),
        ('ferry "night train', 6, "quotation mark"),
        ("(ferry OR (dawn)", 0, "never closed"),
        ("ferry) dawn", 5, "never opened"),
        ("ferry OR", 8, "nothing follows OR"),
        ("OR ferry", 0, "nothing stands before OR"),
        ("ferry AND", 6, "AND stands between"),
        ("ferry NOT", 9, "nothing follows NOT"),
        ("ferry after:soon", 6, "expected a day"),
        ("kind:rumour", 0, "kind is one of"),
        ("ferry title:(a b)", 12, "must follow title"),
        ("ferry site:", 11, "must follow site"),
        ("(" * 200, 51, "too many brackets"),
        ("NOT " * 200 + "a", None, "too many"),
        ("a" * 10_001, 10_000, "longer than"),
    ],
)
def test_a_malformed_query_says_where(filled: Engine, query: str, at: int | None, message: str):
    """The place of the fault is named and shown."""
    with reading(filled) as connection, pytest.raises(QueryError, match=message) as caught:
        search.search(connection, query)
    assert at is None or caught.value.at == at
    shown, mark = caught.value.shown.splitlines()
    assert mark.endswith("^")
    assert len(shown) <= 103


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ('ferry "night train', 'ferry "night train\n      ^'),
        ("東京 (é", "東京 (é\n     ^"),
        ("e\u0301\t(b", "e\u0301 (b\n  ^"),
        ("a " * 40 + "(b " + "c " * 40, "…" + "a " * 25 + "(b " + "c " * 23 + "c…\n" + " " * 51 + "^"),
    ],
)
def test_the_place_of_a_fault_is_marked(query: str, shown: str):
    """A caret stands under it, whatever the width of the characters before."""
    with pytest.raises(QueryError) as caught:
        parse(query)
    assert caught.value.shown == shown


def test_filters_beside_words_narrow_what_is_ranked(engine: Engine):
    """Whatever stands beside a word: columns in brackets, their negation, words inside either."""
    texts = ["ferry and fog", "ferry and rain", "ferry"]
    with writing(engine) as connection:
        for i, text in enumerate(texts):
            site = ("a.example", "b.example")[i % 2]
            fields = {"site": site, "title": str(i), "language": ("en", "de", "en-GB")[i], "tags": ()}
            store(connection, make_article(f"https://{site}/{i}", text=text, **fields))
    with reading(engine) as connection:
        assert names(connection, "ferry NOT fog") == {"1", "2"}
        assert names(connection, "ferry NOT (fog OR rain)") == {"2"}
        assert names(connection, "ferry NOT fog NOT lang:de") == {"2"}
        assert names(connection, "ferry (site:b.example OR fog)") == {"0", "1"}
        assert names(connection, "ferry NOT (site:a.example fog)") == {"1", "2"}


def test_only_the_latest_hits_are_ranked_unless_more_are_asked_for(filled: Engine, monkeypatch: pytest.MonkeyPatch):
    """Nothing that is asked for is left out for speed."""
    monkeypatch.setattr(search, "MAX_RANKED", dict.fromkeys(search.MAX_RANKED, 2))
    with reading(filled) as connection:
        query = " OR ".join(("ferry", "strasse", "αθηνα", "parentheses"))
        latest = search.search(connection, query, limit=1)
        assert len(latest) == 1
        assert latest[0] >= 4
        assert len(search.search(connection, query, limit=10)) == 4


@pytest.mark.parametrize(
    "query", ["x' or 1=1 --;", ":* <-> | x", "a" * 10_000, "NEAR(a b)", "head:", "^x + b", "a:x:c"]
)
def test_foreign_syntax_is_only_words(filled: Engine, query: str):
    """Nothing a person types reaches a database's own query language."""
    with reading(filled) as connection:
        assert search.search(connection, query) == []


@given(st.text(alphabet='ab "():*-ORNOTAD\x00é東', max_size=30))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_query_is_answered_or_refused(filled: Engine, query: str):
    """No query makes a database complain."""
    with reading(filled) as connection, suppress(QueryError):
        search.search(connection, query)


def test_news_comes_first(engine: Engine):
    """Of two articles that say the same, the later one; relevance outweighs some days."""
    texts = ["The ferry sails. " + "It rains. " * 9] * 2 + ["Ferry, ferry, ferry: the ferry sails. " + "It rains. " * 7]
    with writing(engine) as connection:
        for n, (days, text) in enumerate(((3, texts[0] + "a"), (0, texts[1] + "b"), (5, texts[2]))):
            moment = make_moment(NOW - timedelta(days=days))
            store(connection, make_article(f"https://courier.example/{n}", text, title=f"No {n}", published_at=moment))
    with reading(engine) as connection:
        found = articles.get_articles(connection, search.search(connection, "ferry"))
    assert [stored.article.title for stored in found] == ["No 2", "No 1", "No 0"]


def test_an_empty_index_is_filled(filled: Engine):
    """As after an upgrade that changed its form."""
    with writing(filled) as connection:
        assert search.fill(connection) == 0
        connection.execute(sa.text("DELETE FROM article_search"))
        assert search.fill(connection) == len(TEXTS)
        assert names(connection, "author:brink OR dawn") == {"sign", "ferry"}


@pytest.mark.parametrize(
    ("text", "query", "shown"),
    [
        ("The Órm ferry sails.", "orm", "The <Órm> ferry sails."),
        ("a " * 50 + "ferry sails at dawn", "dawn ferry", "… a a a a a a <ferry> sails at <dawn>"),
        ("Harbours and more " + "b " * 40, "harb*", "<Harbours> and more " + "b " * 28 + "b …"),
        ("東京都は条例を発表した。", "条例", "東京都は<条><例>を発表した。"),
        ("Nothing of it.", "NOT ferry", "Nothing of it."),
        ("", "ferry", ""),
    ],
)
def test_snippets_show_the_hits(text: str, query: str, shown: str):
    """The part with most different hits, in the text's own spelling."""
    runs = snippet(text, hits(parse(query)))
    assert "".join(f"<{run}>" if is_hit else run for run, is_hit in runs) == shown


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
