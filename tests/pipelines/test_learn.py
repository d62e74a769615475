"""What the pages of a site repeat leaves the articles; what only some of them share stays."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from db import articles, memory, schema
from db.engine import reading
from pipelines.run import Job, import_list
from pipelines.settings import Settings
from scraper.text import fingerprint
from tests.builders import NOW

N_PAGES = 6
PROMOTION = [
    "The amber of this coast was once carried over the mountains by people whose names nobody wrote down.",
    "It took them forty days, and what they brought home was salt, glass and stories of other coasts.",
]
OWN = "Correspondents of this paper counted {n} stalls on the market square on that day in autumn."
WORDS = ["harbour", "council", "ferry", "winter", "school", "bridge", "island", "herring", "crane", "library"]


def page(i: int) -> str:
    """An article of its own words, with the promotion in the middle of its text; some have a refrain of their own."""
    lines = [
        f"In part {i} of paragraph {n} the {WORDS[(i + n) % 10]} spoke of the {WORDS[(3 * i + n) % 10]} for a long time, "
        f"and number {i * 31 + n} was named by everyone who had come to listen that evening."
        for n in range(8)
    ]
    lines[4:4] = PROMOTION
    lines[2:2] = [OWN.format(n=17)] if i < 2 else []
    text = "".join(f"<p>{line}</p>" for line in lines)
    return f"<html><title>Story {i}</title><body><article><h1>Story {i}</h1>{text}</article></body></html>"


@pytest.fixture
def take(engine: Engine, tmp_path: Path) -> Callable[[list[int]], None]:
    """Imports pages by number, as one list."""

    def run(numbers: list[int]) -> None:
        rows = []
        for i in numbers:
            (tmp_path / f"{i}.html").write_text(page(i))
            fetched_at = NOW.replace(day=i + 1).isoformat()
            rows.append({"url": f"https://courier.example/{i}", "html_path": f"{i}.html", "fetched_at": fetched_at})
        (tmp_path / "list.jsonl").write_text("\n".join(map(json.dumps, rows)))
        settings = Settings(db="", archive=str(tmp_path / "archive"))
        import_list(Job(engine=engine, settings=settings, now=lambda: NOW), tmp_path / "list.jsonl")

    return run


def bodies(engine: Engine) -> list[str]:
    with reading(engine) as connection:
        return [stored.article.body for stored in articles.iter_articles(connection)]


def test_what_all_pages_repeat_is_removed(engine: Engine, take):
    """The promotion is in no article; the line that two pages share and all other paragraphs are still there."""
    take(list(range(N_PAGES)))
    found = bodies(engine)
    assert len(found) == N_PAGES
    assert not [line for body in found for line in PROMOTION if line in body]
    assert sum(OWN.format(n=17) in body for body in found) == 2
    assert all(body.count("paragraph") == 8 for body in found)


def test_what_was_stored_before_is_read_again(engine: Engine, take):
    """Pages of a site that was not known yet keep the promotion, until enough of them are known."""
    take([0, 1])
    assert all(line in body for body in bodies(engine) for line in PROMOTION)
    take([2, 3, 4, 5])
    assert not [line for body in bodies(engine) for line in PROMOTION if line in body]
    with reading(engine) as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(schema.revisions)).scalar() == N_PAGES


def test_the_memory_does_not_depend_on_the_order(engine: Engine, take):
    """The same pages give the same memory, in one list or in two, forwards or backwards."""
    take([5, 3, 1])
    take([4, 2, 0, 1])
    with reading(engine) as connection:
        found = memory.get_memory(connection, "courier.example")
    assert found.n_pages == N_PAGES
    assert set(found.repeated.values()) == {N_PAGES}
    assert {key for key in found.repeated if ":" not in key} == {fingerprint(line) for line in PROMOTION}


def test_an_article_at_two_addresses_counts_once(engine: Engine, take, tmp_path: Path):
    """A story under three addresses is no furniture."""
    (tmp_path / "x.html").write_text(page(7))
    rows = [{"url": f"https://courier.example/x{i}", "html_path": "x.html"} for i in range(5)]
    (tmp_path / "list.jsonl").write_text("\n".join(map(json.dumps, rows)))
    import_list(Job(engine=engine, settings=Settings(db="", archive=str(tmp_path / "a"))), tmp_path / "list.jsonl")
    with reading(engine) as connection:
        found = memory.get_memory(connection, "courier.example")
    assert (found.n_pages, found.repeated) == (1, {})
