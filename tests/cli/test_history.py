"""The history of an article on both databases: only what the publisher changed, and all of it."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy.engine import Engine

from db import articles
from db.engine import reading, writing
from db.history import get_history
from scraper.values import Paragraph, ParagraphKind
from tests.builders import NOW, URL, make_article
from tests.cli.conftest import Newsdesk
from tests.stored import add_page, store

HOUR = timedelta(hours=1)
A = "The night ferry sails again from Saturday, the council of Stavnes said on Thursday. " * 3
B = A.replace("Saturday", "Sunday")


@pytest.fixture
def told(engine: Engine) -> int:
    """The id of an article whose text went A, B, A, the last time with another title and a note."""
    texts = [("Ferry sails", [A]), ("Ferry sails", [B]), ("Night ferry sails", [A, "Correction: it is Saturday."])]
    with writing(engine) as connection:
        for n, (title, lines) in enumerate(texts):
            at = NOW + n * HOUR
            paragraphs = tuple(Paragraph(kind=ParagraphKind.TEXT, text=line.strip()) for line in lines)
            record = add_page(connection, URL, f"<p>{n}".encode(), fetched_at=at)
            article = make_article(title=title, paragraphs=paragraphs, fetched_at=at)
            found = store(connection, replace(article, page_sha256=record.sha256), record)
    return found


def test_a_b_a_has_three_revisions(engine: Engine, told: int):
    """Going back is a change, too."""
    with reading(engine) as connection:
        assert [revision.number for revision in get_history(connection, told)] == [1, 2, 3]


def test_history_lists_and_compares(newsdesk: Newsdesk, told: int, address: str):
    """What changed, in words; title first; corrections marked; JSON and HTML say the same."""
    lines = [line.split("\t") for line in newsdesk("--db", address, "history", told).out.splitlines()]
    assert [line[0] for line in lines] == ["1", "2", "3"]
    assert [line[2] for line in lines] == ["first seen", "1 paragraph", "title, 2 paragraphs, correction"]
    out = newsdesk("--db", address, "history", told, 2, 3).out
    assert out.startswith("title: [-Ferry-]{+Night ferry+} sails\n\n")
    assert "[-Sunday-]{+Saturday+}" in out
    assert "correction: {+Correction: it is Saturday.+}" in out
    page = newsdesk("--db", address, "history", told, 1, 2, "--format", "html").out
    assert "<del>Saturday</del><ins>Sunday</ins>" in page
    found = json.loads(newsdesk("--db", address, "history", told, 2, 3, "--format", "json").out)
    assert next((change["place"], change["is_correction"]) for change in found) == ("title", False)
    assert found[-1]["is_correction"]
    assert newsdesk("--db", address, "history", told, 1, 1).out == "no difference in title or text\n"
    assert newsdesk("--db", address, "history", told, 7).status == 2
    assert newsdesk("--db", address, "history", 999).status == 1


def test_gone_keeps_the_text(engine: Engine, told: int, newsdesk: Newsdesk, address: str):
    """The time it was first found gone stands in the record; a page that is back takes it away."""
    with writing(engine) as connection:
        articles.save_gone(connection, told, NOW + HOUR)
        articles.save_gone(connection, told, NOW + 2 * HOUR)
    record = json.loads(newsdesk("--db", address, "show", told, "--json").out)
    assert (record["gone_at"], record["body"].startswith(A.strip())) == ((NOW + HOUR).isoformat(), True)
    with writing(engine) as connection:
        articles.save_present(connection, told)
    assert json.loads(newsdesk("--db", address, "show", told, "--json").out)["gone_at"] is None
