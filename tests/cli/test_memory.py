"""What is known of a site, shown and taken back, on both databases."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Newsdesk
from tests.pipelines.test_learn import N_PAGES, PROMOTION, page

SITE = "courier.example"


@pytest.fixture
def taken(newsdesk: Newsdesk, address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Six articles with a promotion in the middle of each, imported twice so that all know of all."""
    monkeypatch.setenv("NEWSDESK_DB", address)
    monkeypatch.setenv("NEWSDESK_ARCHIVE", str(tmp_path / "archive"))
    rows = []
    for i in range(N_PAGES):
        (tmp_path / f"{i}.html").write_text(page(i))
        rows.append({"url": f"https://{SITE}/{i}", "html_path": f"{i}.html"})
    (tmp_path / "list.jsonl").write_text("\n".join(map(json.dumps, rows)))
    assert newsdesk("import", "list.jsonl").status == 0


def bodies(newsdesk: Newsdesk) -> list[str]:
    return [json.loads(line)["body"] for line in newsdesk("export").out.splitlines()]


def test_memory_is_shown(newsdesk: Newsdesk, taken: None):
    """The promotion's lines, on how many articles, since when; as a table and as JSON."""
    found = json.loads(newsdesk("memory", SITE, "--json").out)
    assert (found["site"], found["n_articles"]) == (SITE, N_PAGES)
    lines = {line["text"]: line for line in found["lines"]}
    assert set(PROMOTION) <= set(lines)
    assert {lines[text]["n_articles"] for text in PROMOTION} == {N_PAGES}
    assert lines[PROMOTION[0]]["since"].startswith("20")
    assert lines[PROMOTION[0]]["url"].startswith(f"https://{SITE}/")
    out = newsdesk("memory", SITE).out
    assert out.startswith(f"{SITE}: 6 articles seen; repeated: ")
    row = next(line.split("\t") for line in out.splitlines() if f"left out\t{PROMOTION[0]}" in line)
    assert (row[0], row[4].split("/")[-1]) == (str(N_PAGES), "p")
    assert row[5].startswith(f"https://{SITE}/")
    assert newsdesk("memory", "other.example").status == 1
    assert newsdesk("memory", SITE, "--forget", "--keep", "x").status == 2


def test_keep_brings_a_line_back(newsdesk: Newsdesk, taken: None):
    """After the next run it stands in every article, as a re-extraction and not as a revision; the other stays out."""
    assert not any(PROMOTION[0] in body for body in bodies(newsdesk))
    assert newsdesk("memory", SITE, "--keep", PROMOTION[0]).status == 0
    assert newsdesk("run").out == f"{N_PAGES} reextracted\n"
    assert all(PROMOTION[0] in body and PROMOTION[1] not in body for body in bodies(newsdesk))
    assert f"kept\t{PROMOTION[0]}" in newsdesk("memory", SITE).out
    assert newsdesk("history", 1).out.count("\n") == 1


def test_forget_brings_all_back(newsdesk: Newsdesk, taken: None):
    """Nothing is left out any more until the site is learned anew."""
    assert newsdesk("memory", SITE, "--forget").out == f"forgot what 6 pages of {SITE} had in common\n"
    newsdesk("run")
    assert all(text in body for text in PROMOTION for body in bodies(newsdesk))
