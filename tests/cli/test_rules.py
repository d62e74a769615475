"""`sources test`: what a site's rule would change, tried on archived pages; and `extract` and `explain` keep to it."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Newsdesk

SITE = "courier.example"
PAGE = """<html><head><title>Ferry {n} sails | Courier</title></head><body><div class="story"><h1>Ferry {n} sails again</h1>
<p>The ferry number {n} sails again from the old pier, the harbour office said on Monday after weeks of repairs.</p>
<p class="advice">Our advice to all readers of this page is to come early, since the pier is narrow and fills quickly.</p>
<p>Tickets for boat {n} are sold on board, and children below the age of six travel free as they always have.</p>
</div></body></html>"""


@pytest.fixture
def taken(newsdesk: Newsdesk, tmp_path: Path) -> Path:
    """Two archived pages of a site, and the folder of sites."""
    rows = []
    for n in (1, 2):
        (tmp_path / f"{n}.html").write_text(PAGE.format(n=n))
        rows.append({"url": f"https://{SITE}/{n}", "html_path": f"{n}.html"})
    (tmp_path / "list.jsonl").write_text("\n".join(map(json.dumps, rows)))
    (tmp_path / "newsdesk.toml").write_text('db = "news.db"')
    assert newsdesk("import", "list.jsonl").status == 0
    (tmp_path / "sites").mkdir()
    return tmp_path / "sites" / "courier.toml"


def test_a_rule_is_tried_offline(newsdesk: Newsdesk, taken: Path):
    """Page by page what changes, before anything is stored; the next run reads the pages anew."""
    taken.write_text(f'site = "{SITE}"\ndrop = ".advice"\n')
    for target in (SITE, taken):
        found = newsdesk("sources", "test", target)
        assert found.status == 0
        lines = found.out.splitlines()
        assert lines[0].startswith(f"https://{SITE}/")
        assert "\tarticle\tbody\t" in lines[0]
        assert lines[-1] == "2 pages read, 2 of them otherwise with the rule"
    assert newsdesk("search", "advice").out
    assert newsdesk("run").out == "2 reextracted\n"
    assert newsdesk("search", "advice").status != 0 or not newsdesk("search", "advice").out


def test_a_useless_selector_is_told(newsdesk: Newsdesk, taken: Path):
    """What met nothing on any page is named, and the status says so; JSON holds both readings."""
    taken.write_text(f'site = "{SITE}"\ndrop = [".advice", ".gone"]\ntitle = "title"\n')
    found = newsdesk("sources", "test", SITE)
    assert (found.status, found.out.splitlines()[-1]) == (1, "met nothing on any page: drop: .gone")
    whole = json.loads(newsdesk("sources", "test", SITE, "--json", "--limit", 1).out)
    assert whole["selectors_that_met_nothing"] == ["drop: .gone"]
    (page,) = whole["pages"]
    assert page["changed"] == ["body", "title"]
    assert "advice" in page["before"]["body"]
    assert "advice" not in page["after"]["body"]


def test_extract_and_explain_keep_to_the_rule(newsdesk: Newsdesk, taken: Path, tmp_path: Path):
    """A single page is read as a run would read it."""
    taken.write_text(f'site = "{SITE}"\nbody = ".story"\ndrop = ".advice"\n')
    page = ("1.html", "--url", f"https://{SITE}/1")
    found = json.loads(newsdesk("extract", *page, "--format", "json").out)
    assert "advice" not in found["body"]
    assert "+" in found["extractor"]
    assert "the part of the page that the site's rule names" in newsdesk("explain", *page).out


def test_a_site_without_file_is_named(newsdesk: Newsdesk, taken: Path):
    """Nobody wonders where the rule should have been; a wrong file stops every command."""
    found = newsdesk("sources", "test", SITE)
    assert found.status == 1
    assert "no file in" in found.err
    taken.write_text(f'site = "{SITE}"\nbody = "p["\n')
    found = newsdesk("sources", "list")
    assert found.status == 2
    assert "courier.toml" in found.err
