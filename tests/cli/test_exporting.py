"""What leaves the database: every format is read back by a reader of that format, on both databases."""

import csv
import io
import json
import os
import tracemalloc
from datetime import timedelta
from pathlib import Path

import feedparser
import pytest
from pyarrow import parquet
from sqlalchemy.engine import Engine

from db import articles
from db.datasette import metadata
from db.engine import open_engine, writing
from db.schema import metadata as schema
from db.upgrading import upgrade
from pipelines.export.selection import Selection, select
from pipelines.export.tabular import write_jsonl
from scraper.record import FIELDS
from scraper.values import PageState
from tests.builders import NOW, make_article, make_moment
from tests.cli.conftest import Newsdesk
from tests.stored import store

NASTY = '=1+1 <b>]]>&amp;" \ufffe ---\n# "ferry"'
DAY = timedelta(days=1)


@pytest.fixture
def stocked(engine: Engine) -> Engine:
    """Three articles; the first is nasty."""
    with writing(engine) as connection:
        for n, title in enumerate((NASTY, "The ferry sails", "The crane moves")):
            url = f"https://courier.example/{n}?a=1&b=<2>"
            moment = make_moment(NOW - n * DAY)
            store(connection, make_article(url, f"{title} {n} " * 20, title=title, published_at=moment))
    return engine


def test_jsonl_and_csv(newsdesk: Newsdesk, stocked: Engine, address: str):
    """All fields in order; a cell that looks like a formula is quoted; --limit and --since hold."""
    lines = newsdesk("--db", address, "export").out.splitlines()
    assert [tuple(json.loads(line)) for line in lines] == [FIELDS] * 3
    rows = list(csv.DictReader(io.StringIO(newsdesk("--db", address, "export", "--format", "csv").out)))
    assert rows[0]["title"] == "'" + NASTY
    assert rows[0]["authors"] == "Ada Brink; Jo Tamm"
    assert len(newsdesk("--db", address, "export", "--limit", 2).out.splitlines()) == 2
    assert len(newsdesk("--db", address, "export", "--since", f"{NOW - DAY:%Y-%m-%d}").out.splitlines()) == 2


@pytest.mark.parametrize("kind", ["rss", "atom"])
def test_feeds_are_read_by_feedparser(newsdesk: Newsdesk, stocked: Engine, address: str, kind: str):
    """Well-formed, whatever the title; title, address, time, text, authors and tags are there."""
    feed = feedparser.parse(newsdesk("--db", address, "export", "--format", kind).out.encode())
    assert not feed.bozo
    first = feed.entries[0]
    assert first.title.replace("&amp;", "&") == NASTY.replace("\ufffe", "").replace("&amp;", "&")
    assert first.link == "https://courier.example/0?a=1&b=<2>"
    assert first.published_parsed[:6] == NOW.utctimetuple()[:6]
    assert "0 =1+1" in first.content[0].value
    assert [author.name for author in first.authors] == ["Ada Brink", "Jo Tamm"]
    assert [tag.term for tag in first.tags] == ["harbour"]


def test_json_feed_of_a_search(newsdesk: Newsdesk, stocked: Engine, address: str):
    """Only what the search finds; the shape of JSON Feed 1.1."""
    out = newsdesk("--db", address, "export", "--format", "jsonfeed", "--search", "ferry", "--site", "courier.example")
    feed = json.loads(out.out)
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert {item["title"] for item in feed["items"]} == {NASTY, "The ferry sails"}
    assert feed["items"][0].keys() >= {"id", "url", "content_html", "content_text", "date_published", "authors"}


def test_parquet(newsdesk: Newsdesk, stocked: Engine, address: str, tmp_path: Path):
    """The columns are the fields; times are UTC timestamps, lists are lists."""
    assert newsdesk("--db", address, "export", "--format", "parquet", "--output", tmp_path / "a.parquet").status == 0
    table = parquet.read_table(tmp_path / "a.parquet")
    assert tuple(table.column_names) == FIELDS
    row = table.to_pylist()[0]
    assert (row["title"], row["published_at"], row["authors"]) == (NASTY, NOW, ["Ada Brink", "Jo Tamm"])
    assert json.loads(row["paragraphs"])[0]["kind"] == "text"
    assert [path.name for path in tmp_path.glob("a.parquet*")] == ["a.parquet"]


def test_markdown_folder(newsdesk: Newsdesk, stocked: Engine, address: str, tmp_path: Path):
    """One file each with front matter; a second time nothing is written; what is no article any more goes."""
    command = ("--db", address, "export", "--format", "markdown", "--output", tmp_path / "notes")
    assert newsdesk(*command).out == f"3 files written to {tmp_path / 'notes'}\n"
    files = sorted(path.name for path in (tmp_path / "notes/courier.example/2026-11").iterdir())
    assert [name.split("-", 1)[1] for name in files] == [
        "1-1-b-amp-ferry.md",
        "the-ferry-sails.md",
        "the-crane-moves.md",
    ]
    head = (tmp_path / "notes/courier.example/2026-11" / files[0]).read_text().split("---\n")[1]
    assert f"title: {json.dumps(NASTY, ensure_ascii=False)}\n" in head
    assert newsdesk(*command).out.startswith("0 files")
    with writing(stocked) as connection:
        articles.save_state(connection, 2, PageState.INDEX_PAGE, NOW)
    assert newsdesk(*command, "--changed-since", "2026-11-01").status == 0
    assert not list((tmp_path / "notes").rglob("*ferry-sails.md"))


def test_changed_since(newsdesk: Newsdesk, stocked: Engine, address: str):
    """Only what the database learned since, also that something is no article any more."""
    later = NOW + timedelta(hours=1)
    with writing(stocked) as connection:
        articles.save_state(connection, 2, PageState.INDEX_PAGE, later)
    out = newsdesk("--db", address, "export", "--changed-since", later.isoformat()).out
    assert [(row["id"], row["state"]) for row in map(json.loads, out.splitlines())] == [(2, "index_page")]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--format", "parquet"], "needs --output"),
        (["--search", "x", "--changed-since", "2026-11-01"], "not both"),
        (["--changed-since", "soon"], "expected a day"),
    ],
)
def test_wrong_usage(newsdesk: Newsdesk, stocked: Engine, address: str, arguments: list[str], message: str):
    """One line and status 2."""
    result = newsdesk("--db", address, "export", *arguments)
    assert (result.status, message in result.err) == (2, True)


def test_memory_stays_flat(tmp_path: Path):
    """Four times as many articles do not take even twice the memory."""
    engine = open_engine(str(tmp_path / "many.db"))
    upgrade(engine)
    peaks = []
    for numbers in (range(250), range(250, 1000)):
        with writing(engine) as connection:
            for n in numbers:
                store(connection, make_article(f"https://courier.example/{n}", f"Story {n}. " * 30, title=f"No {n}"))
        tracemalloc.start()
        with Path(os.devnull).open("w") as out:
            write_jsonl(select(engine, Selection()), out)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 2 * peaks[0]


def test_sql(newsdesk: Newsdesk, stocked: Engine, address: str):
    """Rows as a table, as CSV and as JSON lines."""
    question = "SELECT id, title FROM articles WHERE id > 1 ORDER BY id"
    assert newsdesk("--db", address, "sql", question).out == "2\tThe ferry sails\n3\tThe crane moves\n"
    assert newsdesk("--db", address, "sql", question, "--format", "csv").out.splitlines()[0] == "id,title"
    lines = newsdesk("--db", address, "sql", question, "--format", "json").out.splitlines()
    assert json.loads(lines[0]) == {"id": 2, "title": "The ferry sails"}
    assert (
        newsdesk("--db", address, "sql", "SELECT count(*) AS \"100%\" FROM articles WHERE url LIKE '%:x%'").status == 0
    )


@pytest.mark.parametrize(
    "question",
    [
        "DELETE FROM articles",
        "UPDATE articles SET title = 'x'",
        "DROP TABLE revisions",
        "CREATE TABLE x (y integer)",
        "WITH gone AS (DELETE FROM articles RETURNING id) SELECT * FROM gone",
        "SELECT 1; DELETE FROM articles",
        "COMMIT; DELETE FROM articles",
        "ATTACH 'other.db' AS other",
        "PRAGMA writable_schema = 1",
        "SELEC 1",
    ],
)
def test_sql_can_only_read(newsdesk: Newsdesk, stocked: Engine, address: str, question: str, tmp_path: Path):
    """Whatever is asked: one line, status 2, and the database is what it was."""
    result = newsdesk("--db", address, "sql", question)
    assert result.status == 2
    assert len(result.err.splitlines()) == 1
    assert newsdesk("--db", address, "sql", "SELECT count(*) FROM articles").out == "3\n"
    assert not (tmp_path / "other.db").exists()


def test_every_table_is_described():
    """Datasette's metadata names all tables, and no column that is not there."""
    described = metadata("newsdesk")["databases"]["newsdesk"]["tables"]
    assert set(described) == set(schema.tables)
    for name, table in described.items():
        named = {
            *table.get("columns", ()),
            *table.get("facets", ()),
            *([table["sort_desc"]] if "sort_desc" in table else ()),
        }
        assert named <= set(schema.tables[name].c.keys())
