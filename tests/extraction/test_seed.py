"""The case the project began with: a webinar promotion and a list of sections, in whatever layout, stay out.

The text comes from `../shared/seed`, which is not part of the project; without it the tests skip (the demo
site rebuilds the case in words of our own).
"""

from collections.abc import Callable
from html import escape
from pathlib import Path

import pytest

from scraper.extraction import extract
from scraper.text import fold
from tests.builders import make_page

SEED = Path(__file__).parents[2] / "../shared/seed/extracted-today.txt"
N_ARTICLE = 15  # the headline and 14 lines

pytestmark = pytest.mark.skipif(not SEED.exists(), reason="the seed is not here")


def seed() -> tuple[str, list[str], list[str]]:
    """Title, article lines, junk lines."""
    lines = [line.removeprefix("- ") for line in SEED.read_text(encoding="utf-8").splitlines() if line.strip()]
    return lines[0], lines[1:N_ARTICLE], lines[N_ARTICLE:]


def plain(lines: list[str]) -> str:
    return "".join(f"<p>{escape(line)}</p>" for line in lines)


def divs(lines: list[str]) -> str:
    return "".join(f"<div>{escape(line)}</div>" for line in lines)


def box(lines: list[str]) -> str:
    return f'<div class="promo-box">{plain(lines)}</div>'


def headed(lines: list[str]) -> str:
    return f"<h2>{escape(lines[0])}</h2>{plain(lines[1:])}"


def breaks(lines: list[str]) -> str:
    return "<p>" + "<br>".join(map(escape, lines)) + "</p>"


def listed(lines: list[str]) -> str:
    return (
        plain(lines[:-4])
        + "<ul>"
        + "".join(f"<li><a href='/x'>{escape(line)}</a></li>" for line in lines[-4:])
        + "</ul>"
    )


LAYOUTS = (plain, divs, box, headed, breaks, listed)


def paragraphs(lines: list[str]) -> str:
    return "".join(f"<h2>{escape(line)}</h2>" if len(line) < 75 else f"<p>{escape(line)}</p>" for line in lines)


def page(layout: Callable[[list[str]], str], where: str, wrapper: str) -> bytes:
    title, article, junk = seed()
    at = len(article) if where == "end" else 6
    inside = paragraphs(article[:at]) + layout(junk) + paragraphs(article[at:])
    body = f"<{wrapper}><h1>{escape(title)}</h1>{inside}</{wrapper}>"
    menu = "<nav><a href='/'>Start</a><a href='/politik'>Politik</a></nav>"
    return f"<html lang=de><head><title>{escape(title)}</title></head><body>{menu}{body}<footer>Impressum</footer></body></html>".encode()


@pytest.mark.parametrize("wrapper", ["article", "div"])
@pytest.mark.parametrize("where", ["middle", "end"])
@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.__name__)
def test_no_junk_line_is_kept_and_no_article_line_is_lost(layout: Callable[[list[str]], str], where: str, wrapper: str):
    """14 of 14 lines of the article, 0 of 19 lines of the promotion."""
    _, article, junk = seed()
    body = extract(make_page("https://seed.example/politik/gipfel", page(layout, where, wrapper))).body
    text = f" {fold(body)} "
    assert [line for line in article if fold(line) not in text] == []
    assert [line for line in junk if f" {fold(line)} " in text] == []
