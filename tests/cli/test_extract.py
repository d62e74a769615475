"""`newsdesk extract`: files, standard input, batches, and what goes wrong with them."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from scraper.record import FIELDS
from tests.cli.conftest import Newsdesk

PARAGRAPHS = [
    "The night ferry between the two harbours sails again from Friday, the town council decided on Tuesday.",
    "It had been laid up since March, when a survey found cracks in its hull that had to be welded shut.",
    "“We have waited for this all summer,” said Ada Brink, who runs the café at the quay and counts every guest.",
    "Tickets cost as much as they did before. Bicycles travel free on weekdays, dogs pay half of the fare.",
    "The council expects 40,000 passengers a year and will look at the figures again when winter is over.",
]
PAGE = f"""<!doctype html><html lang="en"><head><title>Night ferry sails again - The Courier</title>
<meta property="og:title" content="Night ferry sails again">
<meta property="article:published_time" content="2026-11-17T18:30:00+01:00">
<script type="application/ld+json">{{"@type": "NewsArticle", "headline": "Night ferry sails again",
"author": {{"@type": "Person", "name": "Jo Tamm"}}, "datePublished": "2026-11-17T18:30:00+01:00"}}</script></head>
<body><nav><a href="/">Home</a> <a href="/town">Town</a></nav><article><h1>Night ferry sails again</h1>
{"".join(f"<p>{p}</p>" for p in PARAGRAPHS)}</article><footer>Imprint</footer></body></html>"""
URL = "https://courier.example/night-ferry"


@pytest.fixture
def page(tmp_path: Path) -> Path:
    path = tmp_path / "page.html"
    path.write_text(PAGE, encoding="utf-8")
    return path


def test_a_file_gives_the_article_as_text(newsdesk: Newsdesk, page: Path):
    """On a pipe: the title, then the paragraphs, and nothing else."""
    result = newsdesk("extract", page, "--url", URL)
    assert (result.status, result.err) == (0, "")
    assert result.out == "\n\n".join(["Night ferry sails again", *PARAGRAPHS]) + "\n"


def test_json_is_the_public_shape(newsdesk: Newsdesk, page: Path):
    """All fields are there, the page's own zone is kept, what is absent is null or empty."""
    record = json.loads(newsdesk("extract", page, "--url", URL, "--format", "json").out)
    assert tuple(record) == FIELDS
    assert record["url"] == URL
    assert record["authors"] == ["Jo Tamm"]
    assert record["published_at"] == "2026-11-17T18:30:00+01:00"
    assert record["body"] == "\n\n".join(PARAGRAPHS)
    assert record["state"] == "article"
    assert (record["id"], record["first_seen_at"], record["image"], record["tags"]) == (None, None, None, [])


@pytest.mark.parametrize(
    ("format_", "expected"),
    [
        (
            "markdown",
            f"# Night ferry sails again\n\n*Jo Tamm · 2026-11-17 18:30:00+01:00 · courier.example*\n\n{PARAGRAPHS[0]}",
        ),
        ("html", '<article lang="en" dir="auto">\n<header>\n<h1>Night ferry sails again</h1>'),
    ],
)
def test_other_formats(newsdesk: Newsdesk, page: Path, format_: str, expected: str):
    """Markdown and HTML come from the same paragraphs."""
    assert newsdesk("extract", page, "--url", URL, "--format", format_).out.startswith(expected)


def test_standard_input_is_a_page(newsdesk: Newsdesk):
    """`-` reads HTML from standard input."""
    result = newsdesk("extract", "-", "--url", URL, stdin=PAGE.encode())
    assert result.out.startswith("Night ferry sails again\n\nThe night ferry")


def test_no_article_gives_the_best_text_and_says_so(newsdesk: Newsdesk):
    """Exit status 3, the state on standard error."""
    result = newsdesk(
        "extract", "-", stdin=b"<html><title>Page not found</title><p>Sorry, this page does not exist.</p>"
    )
    assert result.status == 3
    assert "soft_404" in result.err


@pytest.mark.parametrize(
    ("arguments", "status", "message"),
    [
        (["extract", "none.html"], 1, "no such file"),
        (["extract"], 2, "a web address, a file or - is wanted"),
        (["extract", "--batch", "x"], 2, "--batch takes no target"),
        (["extract", "x.html", "--format", "pdf"], 2, "pdf"),
        (["extract", "http://127.0.0.1:1/"], 1, "unsafe_address"),
        (["extract", "http://[::1]:1/"], 1, "unsafe_address"),
        (["extract", "http://no-such-host.invalid/"], 1, "unreachable"),
        (["extract", "http://"], 1, "bad_address"),
        (["--config", "none.toml", "extract", "-"], 2, "none.toml"),
        (["nonsense"], 2, "nonsense"),
        (["search"], 2, "words"),
    ],
)
def test_errors_are_said_with_a_status(newsdesk: Newsdesk, arguments: list[str], status: int, message: str):
    """What a person meets is a line on standard error and a documented exit status."""
    result = newsdesk(*arguments)
    assert result.status == status
    assert message in result.err
    assert "Traceback" not in result.err
    assert result.out == ""


def test_an_empty_page_is_an_error(newsdesk: Newsdesk):
    """Nothing to read is said."""
    result = newsdesk("extract", "-", stdin=b" \n")
    assert result.status == 1
    assert "the page is empty" in result.err


def test_a_wrong_variable_is_named(newsdesk: Newsdesk, monkeypatch: pytest.MonkeyPatch):
    """A mistyped setting is not silently ignored."""
    monkeypatch.setenv("NEWSDESK_USERAGENT", "x")
    result = newsdesk("extract", "-")
    assert result.status == 2
    assert result.err.startswith("newsdesk: NEWSDESK_USERAGENT: settings_error: unknown setting")


def test_batch_answers_every_line_in_order(newsdesk: Newsdesk, page: Path, tmp_path: Path):
    """Articles and failures alike, one line each; a bad line costs only itself."""
    (tmp_path / "empty.html").write_bytes(b"")
    lines = [
        {"url": URL, "html_path": str(page)},
        {"url": "https://courier.example/none", "html_path": str(tmp_path / "none.html")},
        {"url": "https://courier.example/empty", "html_path": str(tmp_path / "empty.html")},
        {"url": "http://127.0.0.1:1/"},
        {"html_path": "x"},
        {"url": "\ud800", "html_path": str(page)},
    ]
    given = [json.dumps(line).encode() for line in lines] + [b"nonsense", b"\xff\xfe", b"", b"[1]"]
    result = newsdesk("extract", "--batch", stdin=b"\n".join(given))
    answers = [json.loads(line) for line in result.out.splitlines()]
    assert result.status == 0
    assert len(answers) == len(given) - 1  # the blank line is none
    assert [answer.get("title") for answer in answers] == [
        "Night ferry sails again",
        *[None] * 4,
        "Night ferry sails again",
        *[None] * 3,
    ]
    reasons = [answer["error"]["reason"] for answer in answers if "error" in answer]
    assert reasons == [
        "parse_error",
        "parse_error",
        "unsafe_address",
        "parse_error",
        "parse_error",
        "parse_error",
        "parse_error",
    ]
    assert [answer["url"] for answer in answers[:4]] == [line["url"] for line in lines[:4]]
    assert all(set(answer["error"]) == {"reason", "message"} for answer in answers if "error" in answer)


def test_batch_answers_before_the_next_line_comes(page: Path):
    """Each answer is flushed at once: a program can talk to newsdesk line by line."""
    command = [sys.executable, "-c", "from pipelines.cli.main import run; run()", "extract", "--batch"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for _ in range(3):
            process.stdin.write(json.dumps({"url": URL, "html_path": str(page)}).encode() + b"\n")
            process.stdin.flush()
            assert json.loads(process.stdout.readline())["title"] == "Night ferry sails again"
        process.stdin.close()
        assert process.wait(10) == 0


def test_a_page_cannot_write_to_the_terminal(newsdesk: Newsdesk):
    """Escape sequences, control characters and markup of pages never reach the screen."""
    evil = PAGE.replace("The night ferry", "The \x1b[31m[red]night\x07\x9b2J ferry&#27;[0m &#x9b;1m")
    for format_ in ("text", "markdown", "html", "json"):
        out = newsdesk("extract", "-", "--url", URL, "--format", format_, stdin=evil.encode()).out
        assert not set(out) & {chr(i) for i in (*range(9), *range(11, 32), *range(127, 160))}, format_
    text = json.loads(out)["body"]
    assert "[red]night" in text


def test_a_second_opinion_on_request(newsdesk: Newsdesk, page: Path, monkeypatch: pytest.MonkeyPatch):
    """By option or by setting, for one page and for many: how far the other extractor agrees; else nothing of it."""
    line = json.dumps({"url": URL, "html_path": str(page)}).encode()
    single = ["extract", page, "--url", URL, "--format", "json"]
    assert "second_opinion" not in json.loads(newsdesk(*single).out)["details"]
    asked = [newsdesk(*single, "--second-opinion"), newsdesk("extract", "--batch", "--second-opinion", stdin=line)]
    monkeypatch.setenv("NEWSDESK_SECOND_OPINION", "true")
    asked += [newsdesk(*single), newsdesk("extract", "--batch", stdin=line)]
    for result in asked:
        record = json.loads(result.out)
        assert record["body"] == "\n\n".join(PARAGRAPHS)
        assert 0.9 < record["details"]["second_opinion"]["agreement"] <= 1


def test_a_second_opinion_is_stored(newsdesk: Newsdesk, page: Path):
    """What is saved, or digested by a run with that setting, keeps its detail."""
    result = newsdesk("extract", page, "--url", URL, "--save", "--second-opinion", "--format", "json")
    assert json.loads(result.out)["id"] == 1
    stored = json.loads(newsdesk("show", 1, "--json").out)
    assert stored["details"]["second_opinion"]["agreement"] > 0.9
