"""`newsdesk explain`: for a person at 60 columns, as JSON, and as a page that no hostile text can break."""

import json
import re
from base64 import b64encode
from hashlib import sha256
from html.parser import HTMLParser
from pathlib import Path

import pytest
from rich.cells import cell_len

from db.engine import open_engine, writing
from db.memory import save_memory
from db.upgrading import upgrade
from scraper.text import clean, fingerprint
from scraper.values import SiteMemory
from tests.cli.conftest import Newsdesk
from tests.cli.test_extract import PAGE, PARAGRAPHS, URL

EVIL = "x\x1b[31mred\x07\x9b\u202edlrow<script>alert(1)</script><img src=//evil.example/a onerror=b>\"'&"
HOSTILE = PAGE.replace("The Courier", EVIL).replace(PARAGRAPHS[1], f"{PARAGRAPHS[1]} {EVIL}").replace("Jo Tamm", EVIL)


@pytest.fixture
def page(tmp_path: Path) -> Path:
    path = tmp_path / "page.html"
    path.write_text(PAGE, encoding="utf-8")
    return path


@pytest.mark.parametrize("columns", [60, 120])
def test_people_are_told_why(newsdesk: Newsdesk, page: Path, monkeypatch: pytest.MonkeyPatch, columns: int):
    """Every block with its score and reason, every field with its candidates, the verdict; no line too wide."""
    monkeypatch.setenv("COLUMNS", str(columns))
    result = newsdesk("explain", page, "--url", URL)
    assert (result.status, result.err) == (0, "")
    lines = result.out.splitlines()
    assert max(map(cell_len, lines)) <= columns
    assert not [line for line in lines if line != line.rstrip()]
    marks = [line[:4] for line in lines if re.match(r"(kept|out ) [01]\.\d\d  \S", line)]
    assert marks == ["out ", *["kept"] * 5, "out "]
    flat = " ".join(result.out.split())
    assert all(paragraph in flat for paragraph in PARAGRAPHS)
    assert "likely article: " in flat
    assert re.search(r"title +Night ferry sails again\n +[=*] jsonld:NewsArticle.headline", result.out)
    assert lines[-5:][0] == "Article; a run would store it."


def test_a_page_that_is_no_article_is_explained_all_the_same(newsdesk: Newsdesk):
    """What it is instead, on what evidence; explaining it is no failure."""
    result = newsdesk(
        "explain", "-", stdin=b"<html><title>Page not found</title><p>Sorry, this page does not exist.</p>"
    )
    assert result.status == 0
    assert "Soft 404; a run would not store it (soft_404)." in result.out
    assert "letters that say 'page not found'" in result.out


def test_json_holds_everything(newsdesk: Newsdesk, page: Path):
    """Blocks, fields with candidates, the verdict and the article as `extract` prints it."""
    found = json.loads(newsdesk("explain", page, "--url", URL, "--json").out)
    article = json.loads(newsdesk("extract", page, "--url", URL, "--format", "json").out)
    times = {"fetched_at": None}
    assert found["article"] | times == article | times
    assert found["verdict"]["state"] == "article"
    assert found["verdict"]["is_accepted"] is True
    assert found["text_from"] == "page"
    assert found["site_memory"] is None
    kept = [block for block in found["blocks"] if block["is_kept"]]
    assert [block["text"] for block in kept] == PARAGRAPHS
    assert all(
        set(feature) == {"name", "value", "weight", "words"} for b in found["blocks"] for feature in b["features"]
    )
    title = next(field for field in found["fields"] if field["field"] == "title")
    assert sum(candidate["is_winner"] for candidate in title["candidates"]) == 1


class Collector(HTMLParser):
    """The tags and attributes of a page, and its style and text."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.policy = self.style = self.text = ""
        self.inside = ""

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.inside = tag
        self.attributes.update(name for name, _ in attributes)
        if ("http-equiv", "Content-Security-Policy") in attributes:
            self.policy = dict(attributes)["content"] or ""

    def handle_data(self, data: str) -> None:
        if self.inside == "style":
            self.style += data
            self.inside = ""
        self.text += data


def test_the_page_lets_nothing_in(newsdesk: Newsdesk):
    """Whatever the explained page holds: no script, link, image or handler; a policy that would stop them all."""
    html = newsdesk("explain", "-", "--url", URL, "--html", stdin=HOSTILE.encode()).out
    found = Collector()
    found.feed(html)
    assert not found.tags & {"script", "a", "img", "link", "iframe", "form", "base", "object", "svg"}
    assert not [name for name in found.attributes if name.startswith("on") or name in ("src", "href", "style")]
    digest = b64encode(sha256(found.style.encode()).digest()).decode()
    assert found.policy == (f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'")
    assert "url(" not in found.style
    assert "@import" not in found.style
    assert "<script>alert(1)</script>" in found.text
    assert PARAGRAPHS[0] in found.text


@pytest.mark.parametrize("options", [[], ["--json"], ["--html"]])
def test_nothing_reaches_the_terminal_but_text(newsdesk: Newsdesk, options: list[str]):
    """No control character of a page comes through, in any format; nothing turns the line round for a person."""
    result = newsdesk("explain", "-", "--url", URL, *options, stdin=HOSTILE.encode())
    assert "evil.example" in result.out
    assert clean(result.out) == result.out
    assert options == ["--json"] or "\u202e" not in result.out


@pytest.mark.parametrize("options", [[], ["--json"], ["--html"]])
def test_a_file_takes_it(newsdesk: Newsdesk, page: Path, tmp_path: Path, options: list[str]):
    """`--output` writes what would have been printed, and prints nothing."""
    printed = newsdesk("explain", page, "--url", URL, *options).out
    result = newsdesk("explain", page, "--url", URL, *options, "--output", tmp_path / "why")
    assert (result.status, result.out, result.err) == (0, "", "")
    written = (tmp_path / "why").read_text(encoding="utf-8")
    moment = re.compile(r'"fetched_at": "[^"]*"')
    assert moment.sub("", written) == moment.sub("", printed)


def test_what_the_database_knows_of_the_site_counts(newsdesk: Newsdesk, page: Path, tmp_path: Path):
    """The memory of the page's site is used, and said to be; that of no other site, and no database is made."""
    assert "Nothing is known of other pages of this site." in newsdesk("explain", page, "--url", URL).out
    assert not list(tmp_path.rglob("*.db"))
    engine = open_engine(str(tmp_path / "desk.db"))
    upgrade(engine)
    with writing(engine) as connection:
        repeated = {fingerprint(PARAGRAPHS[2]): 7}
        save_memory(connection, SiteMemory(site="courier.example", generation=1, n_pages=8, repeated=repeated))
    engine.dispose()
    out = " ".join(newsdesk("explain", page, "--url", URL, "--db", tmp_path / "desk.db").out.split())
    assert "From 8 pages of courier.example, 1 block is known that the site repeats; 1 dropped here" in out
    assert "other pages of the site have it too" in out
    other = newsdesk("explain", page, "--url", "https://gazette.example/a", "--db", tmp_path / "desk.db").out
    assert "Nothing is known of other pages of this site." in other


@pytest.mark.parametrize(
    ("arguments", "status", "message"),
    [
        (["explain", "none.html"], 1, "no such file"),
        (["explain"], 2, "target"),
        (["explain", "-", "--json", "--html"], 2, "--json or --html, not both"),
        (["explain", "http://127.0.0.1:1/"], 1, "unsafe_address"),
        (["explain", "-"], 1, "the page is empty"),
    ],
)
def test_errors_are_said_with_a_status(newsdesk: Newsdesk, arguments: list[str], status: int, message: str):
    """One line on standard error, a documented exit status, nothing on standard output."""
    result = newsdesk(*arguments)
    assert (result.status, result.out) == (status, "")
    assert message in result.err
    assert "Traceback" not in result.err
