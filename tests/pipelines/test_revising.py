"""What makes a revision and what does not, over HTTP and through whole runs, on both databases."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from db import archive, articles, links, memory, pages, schema
from db.engine import reading, writing
from db.history import get_history
from pipelines.demo_site.addresses import answers
from pipelines.demo_site.server import DemoSite
from pipelines.digest import REDIGEST
from pipelines.run import Job, reextract
from pipelines.settings import Settings
from scraper.extraction import EXTRACTOR, extract
from scraper.values import Article, Context, Page, StoredArticle
from tests.builders import NOW, make_link
from tests.pipelines.test_run import Desk

HOUR = timedelta(hours=1)
FERRY = "/town/night-ferry-sails-again"
TITLE = "Night ferry sails again after a summer in dock"
FURNITURE = """<ul class="meta"><li>Last updated {n} minutes ago</li><li>{n},204 views</li><li>{n} comments</li></ul>
<aside class="related"><h3>Related</h3><ul><li><a href="/town/x{n}">Council votes on crane number {n}</a></li>
<li><a href="/sea/y{n}">Herring quota of {n} tonnes agreed</a></li></ul></aside>"""


@dataclass
class Paper:
    """The demo site's page of the ferry, as a test publishes it, and what newsdesk makes of it."""

    desk: Desk
    n: int = 0

    def publish(self, was: str = "", now: str = "", status: int = 200) -> str | None:
        """What a run an hour later makes of the page, with other furniture and `now` for `was`; None: no outcome."""
        self.n += 1
        site = self.desk.site
        edition = site._answers.setdefault(1, answers(site.url, 1, NOW))
        first = answers(site.url, 1, NOW)[FERRY]
        assert was in first.body
        body = first.body.replace(was, now) if was else first.body
        body = body.replace("</article>", FURNITURE.format(n=self.n) + "</article>", 1)
        at = NOW + self.n * 3 * HOUR
        edition[FERRY] = replace(first, body=body, status=status, modified_at=at)
        self.desk.at = at
        self.desk.run()
        return self.desk.kinds().get(FERRY)

    @property
    def url(self) -> str:
        return self.desk.site.url.rstrip("/") + FERRY

    def stored(self) -> StoredArticle:
        with reading(self.desk.engine) as connection:
            found = articles.get_article(connection, self.url)
        assert found is not None
        return found

    def titles(self) -> list[str | None]:
        """The title of each revision."""
        with reading(self.desk.engine) as connection:
            return [revision.title for revision in get_history(connection, self.stored().id)]


@pytest.fixture
def paper(engine: Engine, tmp_path: Path) -> Iterator[Paper]:
    with DemoSite(now=NOW) as site:
        address = site.url.removeprefix("http://").rstrip("/")
        settings = Settings(db="", archive=str(tmp_path / "archive"), min_delay_s=0, allow_addresses=(address,))
        found = Paper(Desk(engine=engine, site=site, settings=settings))
        link = make_link(found.url, source_url=site.url + "feed.xml")
        with writing(engine) as connection:
            links.add_links(connection, [link], "127.0.0.1", NOW)
        assert found.publish() == "stored"
        yield found


def test_what_changes_by_itself_is_unchanged(paper: Paper):
    """Counters, relative times, a related box of other stories: other bytes, the same article."""
    assert [paper.publish(), paper.publish()] == ["unchanged", "unchanged"]
    assert len(paper.titles()) == 1
    with reading(paper.desk.engine) as connection:
        n_pages = connection.execute(sa.select(sa.func.count()).where(schema.pages.c.url == paper.url)).scalar()
    assert n_pages == 3


def test_a_b_a(paper: Paper):
    """A headline changed and changed back makes three revisions, whatever furniture changes beside it."""
    first = paper.titles()[0]
    assert [paper.publish(TITLE, "Ferry to sail at last"), paper.publish()] == ["revised", "revised"]
    assert paper.titles() == [first, "Ferry to sail at last", first]


@pytest.mark.parametrize("status", [404, 410])
def test_a_page_that_is_gone_keeps_its_text(paper: Paper, status: int):
    """The article says since when, in a later run the same, and says it no more when its page is back."""
    before = paper.stored()
    assert paper.publish(status=status) == "gone"
    after = paper.stored()
    assert (after.gone_at, after.article.body) == (paper.desk.at, before.article.body)
    assert len(paper.titles()) == 1
    with writing(paper.desk.engine) as connection:
        connection.execute(schema.links.update().where(schema.links.c.url == paper.url).values(due_at=NOW, n_tries=0))
    assert paper.publish() == "unchanged"
    assert paper.stored().gone_at is None


def test_a_changed_memory_revises_nothing(paper: Paper):
    """What a person wants kept of a site is read into the stored text first, so only the publisher's change counts."""
    site = "127.0.0.1"
    with writing(paper.desk.engine) as connection:
        memory.keep(connection, site, "0" * 16, "any line")
    assert paper.publish() == "unchanged"
    with writing(paper.desk.engine) as connection:
        memory.keep(connection, site, "1" * 16, "another line")
    assert paper.publish(TITLE, "Ferry to sail at last") == "revised"
    assert len(paper.titles()) == 2


def read_better(monkeypatch: pytest.MonkeyPatch) -> None:
    """From now on an extractor of another version is at work, which reads one paragraph less of every page."""

    def read(page: Page, context: Context) -> Article:
        article = extract(page, context)
        return replace(article, paragraphs=article.paragraphs[:-1], extractor="newsdesk-next")

    monkeypatch.setattr("scraper.extraction.EXTRACTOR", "newsdesk-next")
    monkeypatch.setattr("pipelines.digest.extract", read)


def test_a_better_extractor_revises_nothing(paper: Paper, monkeypatch: pytest.MonkeyPatch):
    """Not even where the page came anew in the same run; what the publisher changes at that time is one revision."""
    n_before = len(paper.stored().article.paragraphs)
    read_better(monkeypatch)
    assert paper.publish() == "unchanged"
    assert (len(paper.titles()), len(paper.stored().article.paragraphs)) == (1, n_before - 1)
    assert paper.publish(TITLE, "Ferry to sail at last") == "revised"
    assert len(paper.titles()) == 2


def test_a_former_page_that_is_lost_revises_nothing(paper: Paper, monkeypatch: pytest.MonkeyPatch):
    """Where it can't be read anew, none can tell who changed the text; the publisher is not said to have."""
    with reading(paper.desk.engine) as connection:
        page_id = connection.execute(sa.select(schema.articles.c.page_id)).scalar_one()
        record = pages.get_page(connection, page_id)
    archive.wipe(Path(paper.desk.settings.archive), [record.place])
    read_better(monkeypatch)
    assert paper.publish() == "reextracted"
    assert len(paper.titles()) == 1
    assert paper.publish(TITLE, "Ferry to sail at last") == "revised"


def test_old_pages_are_digested_again_only_when_asked(paper: Paper, monkeypatch: pytest.MonkeyPatch):
    """Thirty days on, another extractor leaves them as they are; `reextract` reads them."""
    read_better(monkeypatch)
    paper.desk.at += REDIGEST + HOUR
    with writing(paper.desk.engine) as connection:
        connection.execute(schema.links.update().values(due_at=None))
    paper.desk.run()
    assert paper.stored().article.extractor == EXTRACTOR
    reextract(Job(engine=paper.desk.engine, settings=paper.desk.settings, now=paper.desk.now))
    assert paper.stored().article.extractor == "newsdesk-next"
    assert len(paper.titles()) == 1
