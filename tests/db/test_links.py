"""The ledger of addresses, which is also the queue."""

from datetime import timedelta

from sqlalchemy.engine import Connection, Engine

from db import links, sources
from db.engine import reading, writing
from scraper.values import NotModified, Outcome, OutcomeKind, Request, Source, SourceKind
from tests.builders import NOW, URL, make_link, make_page
from tests.stored import add_page

HOUR = timedelta(hours=1)
SITE = "courier.example"


def due(connection: Connection, at=NOW) -> list[str]:
    return [link.request.url for link in links.due_links(connection, SITE, at, 50)]


def test_new_links_are_due_and_known_ones_are_not_added_again(engine: Engine):
    """Announced twice, taken up once, even within one announcement."""
    announced = [make_link(URL), make_link(URL, title="again"), make_link(URL + "/2")]
    with writing(engine) as connection:
        assert links.add_links(connection, announced, SITE, NOW) == (2, 0)
        assert links.add_links(connection, announced, SITE, NOW) == (0, 0)
        assert sorted(due(connection)) == [URL, URL + "/2"]


def test_many_links_at_once(engine: Engine):
    """A long sitemap is one call."""
    announced = [make_link(f"{URL}/{i}") for i in range(3000)]
    with writing(engine) as connection:
        assert links.add_links(connection, announced, SITE, NOW) == (3000, 0)
        assert links.add_links(connection, announced, SITE, NOW) == (0, 0)


def test_a_change_announced_later_makes_a_link_due_again(engine: Engine):
    """A sitemap's newer lastmod is worth a look; an older one is not."""
    with writing(engine) as connection:
        links.add_links(connection, [make_link()], SITE, NOW)
        (link,) = links.due_links(connection, SITE, NOW, 1)
        links.save_answer(connection, link.id, make_page(fetched_at=NOW), None)
        assert due(connection, NOW + 9 * HOUR) == []
        assert links.add_links(connection, [make_link(modified_at=NOW - HOUR)], SITE, NOW) == (0, 0)
        assert links.add_links(connection, [make_link(modified_at=NOW + HOUR)], SITE, NOW + HOUR) == (0, 1)
        assert due(connection, NOW + HOUR) == [URL]


def test_validators_go_along_with_the_next_request(engine: Engine):
    """What the server gave is sent back byte for byte; a 304 does not erase it."""
    headers = (("etag", 'W/"a b"'), ("last-modified", "Fri, 20 Nov 2026 12:00:00 GMT"))
    with writing(engine) as connection:
        links.add_links(connection, [make_link()], SITE, NOW)
        (link,) = links.due_links(connection, SITE, NOW, 1)
        links.save_answer(connection, link.id, make_page(headers=headers), NOW)
        links.save_answer(connection, link.id, NotModified(url=URL, fetched_at=NOW), NOW)
        (link,) = links.due_links(connection, SITE, NOW, 1)
    assert link.request == Request(url=URL, etag=headers[0][1], last_modified=headers[1][1])


def test_failures_count_until_an_answer(engine: Engine):
    """`n_tries` is the number of failures in a row."""
    with writing(engine) as connection:
        links.add_links(connection, [make_link()], SITE, NOW)
        for _ in range(2):
            (link,) = links.due_links(connection, SITE, NOW, 1)
            links.save_failure(connection, link.id, NOW, NOW)
        (link,) = links.due_links(connection, SITE, NOW, 1)
        assert link.n_tries == 2
        links.save_answer(connection, link.id, make_page(), NOW)
        (link,) = links.due_links(connection, SITE, NOW, 1)
        assert link.n_tries == 0


def test_a_fate_stays_with_its_run(engine: Engine):
    """The ledger says what became of the address, and why."""
    outcome = Outcome(stage="crawl", url=URL, kind=OutcomeKind.ROBOTS, reason="disallowed")
    with writing(engine) as connection:
        record = add_page(connection, URL)
        links.save_fate(connection, record.link_id, outcome, None)
        row = connection.exec_driver_sql("SELECT outcome, reason FROM links").one()
    assert tuple(row) == ("robots", "disallowed")


def test_sources_are_added_once_paused_and_removed(engine: Engine):
    """A source added again is resumed; a paused one is never due; `since` can be set later."""
    source = Source(url="https://courier.example/feed.xml", kind=SourceKind.FEED, site=SITE)
    with writing(engine) as connection:
        assert sources.add_source(connection, source, NOW)
        assert [r.source for r in sources.due_sources(connection, NOW)] == [source]
        assert sources.save_paused(connection, SITE, is_paused=True) == 1
        assert sources.due_sources(connection, NOW, include_all=True) == []
        assert not sources.add_source(connection, source, NOW)
        assert len(sources.due_sources(connection, NOW)) == 1
        (record,) = sources.get_sources(connection)
        sources.save_checked(connection, record, NOW, NOW + HOUR)
        assert sources.due_sources(connection, NOW) == []
        assert len(sources.due_sources(connection, NOW, include_all=True)) == 1
        assert sources.delete_sources(connection, source.url) == 1
    with reading(engine) as connection:
        assert sources.get_sources(connection) == []


def test_what_no_database_can_hold_does_not_arrive(engine: Engine):
    """NUL and lone surrogates of a feed cost neither the link nor the run."""
    with writing(engine) as connection:
        links.add_links(connection, [make_link(title="a\0b\ud800c", language="\0")], SITE, NOW)
        row = connection.exec_driver_sql("SELECT title, language FROM links").one()
    assert tuple(row) == ("abc", "")
