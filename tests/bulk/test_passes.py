"""The functions of the passes: pure, and those of learn and digest."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy.engine import Engine

from db import articles, memory
from db.engine import reading
from pipelines.bulk import on_pool, passes
from pipelines.bulk.job import Bulk, run
from pipelines.bulk.passes import Window
from pipelines.run import Job, import_list
from pipelines.settings import Settings
from scraper.extraction.memory import HISTORY, Sighting
from scraper.values import SiteMemory
from tests.builders import NOW, make_page
from tests.bulk.crawls import courier, dated, rows


def test_the_same_articles_as_by_import(engine: Engine, tmp_path: Path):
    """Two passes into files give the text and the memory that the database gets from the same WARC file."""
    path = courier(tmp_path / "a.warc.gz", range(6))
    run(Bulk(inputs=[str(path)], folder=tmp_path / "out"), on_pool.each)
    import_list(Job(engine=engine, settings=Settings(db="", archive=str(tmp_path / "archive"))), path)
    with reading(engine) as connection:
        stored = {one.article.url: one.article.body for one in articles.iter_articles(connection)}
        known = memory.get_memory(connection, "courier.example")
    assert {row["url"]: row["body"] for row in rows(tmp_path / "out", "articles")} == stored
    shown = [passes.observe(make_page(f"https://courier.example/{i}", dated(i))) for i in range(6)]
    assert {one.site for one in shown if one} == {known.site}
    recalled = passes.recall(known.site, [one.sighting for one in shown if one])
    assert recalled.repeated == known.repeated
    assert recalled.repeated


@pytest.mark.parametrize(
    ("n", "lengths"),
    [(0, [0]), (1, [1]), (HISTORY, [HISTORY]), (HISTORY + 1, [250, 251]), (3 * HISTORY - 1, [499, 500, 500])],
)
def test_stretches(n: int, lengths: list[int]):
    """As few as can be, equally long, none longer than a memory is judged by."""
    assert passes.stretches(n) == lengths


def test_each_page_is_read_with_the_memory_of_its_time():
    """The first stretch that has not ended; the last has no end; of an unknown site nothing is known."""
    early, late = SiteMemory(site="a", n_pages=1), SiteMemory(site="a", n_pages=2)
    windows = [Window(until=NOW, memory=early), Window(until=None, memory=late)]
    assert passes.remembered(windows, NOW) is early
    assert passes.remembered(windows, NOW + timedelta(seconds=1)) is late
    assert passes.remembered([], NOW) is None


def test_a_page_beyond_measure_teaches_nothing():
    """More lines than any page has are not counted."""
    lines = "".join(f"<p>Line {chr(97 + i % 26) * (3 + i // 26)} of many</p>" for i in range(passes.MAX_KEYS + 1))
    assert passes.observe(make_page(body=lines.encode())) is None
    assert passes.observe(make_page()) is not None


def test_a_layout_of_years_ago_is_known_for_its_time(tmp_path: Path):
    """What a site repeated before its last 500 pages is still left out of the pages of then."""

    def sighting(n: int) -> Sighting:
        key = "f" * 16 if n < 300 else "e" * 16
        return Sighting(fetched_at=NOW + timedelta(days=n), identity=(f"{n:016x}",), keys=(key,))

    sightings = [sighting(n) for n in range(900)]
    first, second = passes.stretches(len(sightings))
    assert set(passes.recall("a", sightings[:first]).repeated) == {"f" * 16, "e" * 16}
    assert set(passes.recall("a", sightings[-second:]).repeated) == {"e" * 16}
