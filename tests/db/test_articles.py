"""Articles go into the database and come back; each real change makes a revision."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.engine import Engine

from db import articles, deletion, links, search
from db.archive import ArchiveWriter, read_page
from db.engine import reading, writing
from db.pages import get_page
from db.schema import extractions, pages, revisions
from scraper.text import clean
from scraper.values import Access, ArticleKind, PageState, Paragraph, ParagraphKind, Precision
from tests.builders import NOW, URL, make_article, make_link, make_moment, make_page
from tests.stored import add_page, store

HOUR = timedelta(hours=1)
FULL = make_article(
    canonical_url=URL,
    site_name="The Courier",
    published_at=make_moment(precision=Precision.DAY, has_zone=False, raw="20 November"),
    modified_at=make_moment(NOW + HOUR),
    description="A ferry",
    section="Harbour",
    tags=("harbour", "ferry"),
    image="https://courier.example/i.jpg",
    kind=ArticleKind.NEWS,
    access=Access.FREE,
    paragraphs=tuple(Paragraph(kind=kind, text=f"A {kind} of twelve or more words " * 3) for kind in ParagraphKind),
    details={"wire_credit": "AP", "n": [1, None, {"a": 0.5}]},
    origins={"title": "jsonld:headline"},
    confidence=0.75,
)


@pytest.mark.parametrize("article", [FULL, make_article(authors=(), tags=(), published_at=None, title=None)])
def test_an_article_comes_back_as_it_went(engine: Engine, article):
    """Every field of the value survives the database."""
    with writing(engine) as connection:
        article_id = store(connection, article)
    with reading(engine) as connection:
        stored = articles.get_article(connection, str(article_id))
    assert stored is not None
    assert stored.article == article
    assert (stored.id, stored.first_seen_at) == (article_id, NOW)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(text=st.text(min_size=1))
def test_any_clean_text_survives(engine: Engine, text: str):
    """What `clean` lets through, both databases hold and give back, character by character."""
    name = text.encode("utf-8", "surrogatepass").hex()
    article = make_article(f"https://courier.example/{name}", text=clean(text) + name, title=clean(text))
    with writing(engine) as connection:
        record = add_page(connection, article.url)
        article_id = store(connection, article, record)
        stored = articles.get_article(connection, str(article_id))
    assert stored is not None
    assert (stored.article.title, stored.article.body) == (article.title, article.body)


def test_a_text_that_goes_back_has_three_revisions(engine: Engine):
    """A, B, A: each is the publisher's doing, and the history holds all three."""
    texts = ("Sails at dawn. " * 9, "Sails at noon. " * 9, "Sails at dawn. " * 9)
    with writing(engine) as connection:
        for i, text in enumerate(texts):
            at = NOW + i * HOUR
            record = add_page(connection, URL, f"{i}".encode(), fetched_at=at)
            store(connection, make_article(text=text, fetched_at=at), record)
    with reading(engine) as connection:
        rows = connection.execute(sa.select(revisions).order_by(revisions.c.number)).all()
    assert [row.number for row in rows] == [1, 2, 3]
    assert [row.paragraphs[0]["text"] for row in rows] == [text.strip() for text in texts]


def test_reading_anew_is_no_revision(engine: Engine):
    """A better extractor changes the current text and its revision, not the number of revisions."""
    with writing(engine) as connection:
        record = add_page(connection, URL)
        article_id = store(connection, make_article(), record)
        store(connection, make_article(text="Read better. " * 20, extractor="test-2"), record)
        stored = articles.get_article(connection, str(article_id))
        rows = connection.execute(sa.select(revisions)).all()
    assert stored is not None
    assert stored.article.extractor == "test-2"
    assert [row.paragraphs[0]["text"] for row in rows] == [stored.article.body]


@pytest.mark.parametrize("by", ["canonical", "text"])
def test_a_second_address_is_no_second_article(engine: Engine, by: str):
    """The same canonical address, or the same text on the same site, is the same article."""
    first = make_article(canonical_url=URL)
    second = (
        replace(first, url=URL + "/amp") if by == "canonical" else replace(first, url=URL + "/amp", canonical_url=None)
    )
    if by == "canonical":
        second = replace(second, paragraphs=(Paragraph(kind=ParagraphKind.TEXT, text="Shorter. " * 20),))
    with writing(engine) as connection:
        ids = [store(connection, article) for article in (first, second)]
        found = [articles.get_article(connection, article.url) for article in (first, second)]
    assert ids[0] == ids[1]
    assert [stored and stored.article.url for stored in found] == [URL, URL]


def test_the_same_text_on_another_site_is_another_article(engine: Engine):
    """Two papers printing one agency's text are two articles."""
    copy = make_article("https://other.example/1", site="other.example")
    with writing(engine) as connection:
        assert store(connection, make_article()) != store(connection, copy)


def test_a_withdrawn_article_is_left_out(engine: Engine):
    """What turned out to be no article is not exported; the row keeps what is known."""
    with writing(engine) as connection:
        article_id = store(connection, make_article())
        articles.save_state(connection, article_id, PageState.PAYWALL, NOW)
        assert list(articles.iter_articles(connection)) == []


def test_iterating_gives_all_once_in_order(engine: Engine):
    """Batches join without gap or overlap."""
    with writing(engine) as connection:
        for i in range(250):
            store(connection, make_article(f"https://courier.example/{i}", text=f"Number {i}. " * 20))
        ids = [stored.id for stored in articles.iter_articles(connection)]
    assert len(ids) == 250
    assert ids == sorted(set(ids))


def test_deleting_leaves_only_a_tombstone(engine: Engine, tmp_path: Path):
    """Text, history, index entry, pages and archive records are gone; the address is never taken up again."""
    with ArchiveWriter(tmp_path, "run") as writer, writing(engine) as connection:
        page = make_page(body=b"<p>The secret ferry</p>")
        link_id = links.get_link_id(connection, make_link(), "courier.example", NOW)
        assert link_id is not None
        from db.pages import add_page as add_row

        record = get_page(
            connection, add_row(connection, page, link_id, writer.write(page), same_as_id=None, run_id=None)
        )
        article_id = store(connection, make_article(text="The secret ferry. " * 9), record)
    with writing(engine) as connection:
        assert deletion.delete_article(connection, tmp_path, article_id, NOW) == 1
    with writing(engine) as connection:
        assert articles.get_article(connection, URL) is None
        assert search.search(connection, "secret") == []
        for table in (revisions, pages, extractions):
            assert connection.execute(sa.select(table)).all() == []
        assert links.get_link_id(connection, make_link(), "courier.example", NOW) is None
        assert links.add_links(connection, [make_link(modified_at=NOW + HOUR)], "courier.example", NOW) == (0, 0)
        assert links.due_sites(connection, NOW + HOUR) == []
    with pytest.raises(Exception, match="damaged"):
        read_page(tmp_path, record)
