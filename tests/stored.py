"""Brings values into a database the way the pipeline does."""

from sqlalchemy.engine import Connection

from db import articles, links, pages
from pipelines.dedup import match, text_fingerprint
from scraper.values import Article, Outcome, OutcomeKind, PageRecord, RecordPlace, Revision, Verdict
from tests.builders import NOW, make_link, make_page

PLACE = RecordPlace(file="run-0001.warc.gz", offset=0, length=100)
ACCEPTED = Verdict(is_accepted=True, outcome=OutcomeKind.STORED)


def add_page(connection: Connection, url: str, body: bytes = b"<p>Hello</p>", **fields: object) -> PageRecord:
    """The row of a page fetched from `url`, whose link is added if need be."""
    page = make_page(url, body, **fields)
    link_id = links.get_link_id(connection, make_link(url), url.split("/")[2], page.fetched_at)
    assert link_id is not None
    page_id = pages.add_page(connection, page, link_id, PLACE, same_as_id=None, run_id=None)
    return pages.get_page(connection, page_id)


def store(connection: Connection, article: Article, record: PageRecord | None = None, generation: int = 0) -> int:
    """The id of the article as the pipeline would store it."""
    record = record or add_page(connection, article.url, article.url.encode())
    text = text_fingerprint(article)
    known = articles.find_known(connection, record, article, text)
    revision = Revision(
        article=article,
        verdict=ACCEPTED,
        match=match(article, text, record, known),
        page=record,
        generation=generation,
        fingerprint=text,
        saved_at=NOW,
    )
    return articles.save(connection, revision)


def make_outcome(url: str, kind: OutcomeKind = OutcomeKind.STORED) -> Outcome:
    return Outcome(stage="digest", url=url, kind=kind)
