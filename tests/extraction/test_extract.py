"""The extractor as a whole: pure, clean, and at home in every script and encoding."""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scraper.errors import ExtractionError
from scraper.extraction import EXTRACTOR, extract
from scraper.record import FIELDS, to_record
from scraper.text import clean
from scraper.values import Article, Context, ParagraphKind, SiteMemory
from tests.builders import NOW, URL, make_page
from tests.extraction.test_pagestate import PARAGRAPHS, html

BENCH = Path(__file__).parents[2] / "../shared/bench"


def texts(value: object) -> list[str]:
    """Every string in a JSON value, keys included."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [text for pair in value.items() for part in pair for text in texts(part)]
    if isinstance(value, list | tuple):
        return [text for part in value for text in texts(part)]
    return []


def test_the_same_page_gives_the_same_article():
    """Pure: no clock, no memory of its own, in this process or another."""
    page = make_page(body=html("".join(f"<p>{line}</p>" for line in PARAGRAPHS)))
    code = (
        "from scraper.extraction import extract; from tests.extraction.test_pagestate import *; "
        "print(extract(make_page(body=html(ARTICLE))).body)"
    )
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=Path(__file__).parents[2]
    )
    assert extract(page) == extract(page)
    assert run.stdout == extract(page).body + "\n"


def test_what_stands_on_the_page_comes_through():
    """Address, time of the fetch, digest and version are those of page and extractor."""
    page = make_page(body=html("".join(f"<p>{line}</p>" for line in PARAGRAPHS)))
    article = extract(page)
    assert (article.url, article.site, article.fetched_at) == (URL, "courier.example", NOW)
    assert (article.page_sha256, article.extractor) == (page.sha256, EXTRACTOR)
    assert article.body == "\n\n".join(PARAGRAPHS)
    assert 0.5 < article.confidence <= 1


def test_captions_stay_out_of_the_body():
    """A caption is a paragraph of its kind, and not part of the text."""
    figure = "<figure><img src=a.jpg><figcaption>The ferry at the quay in a photo by Lena Holt</figcaption></figure>"
    article = extract(make_page(body=html(figure + "".join(f"<p>{line}</p>" for line in PARAGRAPHS))))
    kinds = {p.text: p.kind for p in article.paragraphs}
    assert "Lena Holt" not in article.body
    assert all(kind is ParagraphKind.CAPTION for text, kind in kinds.items() if "Lena Holt" in text)


def test_the_context_is_a_value():
    """What the site repeats leaves the text; without that knowledge it stays."""
    refrain = "Every Tuesday our reporters walk along the quay and write down what they hear, word by word."
    page = make_page(body=html("".join(f"<p>{line}</p>" for line in [*PARAGRAPHS[:4], refrain, *PARAGRAPHS[4:]])))
    from scraper.text import fingerprint

    memory = SiteMemory(site="courier.example", generation=1, n_pages=9, repeated={fingerprint(refrain): 9})
    assert refrain in extract(page).body
    assert extract(page, Context(memory=memory)).body == "\n\n".join(PARAGRAPHS)


@pytest.mark.parametrize("codec", ["utf-8", "windows-1252", "utf-16"])
def test_encodings(codec: str):
    """The declared encoding is read right."""
    line = "Für die Fähre über den Öresund zahlen Hunde die Hälfte – „immerhin“, sagt der Kapitän an jedem Tag."
    body = html("".join(f"<p>{line} {i}</p>" for i in range(6)), head=f'<meta charset="{codec}">')
    assert line in extract(make_page(body=body.decode().encode(codec))).body


def test_an_empty_page_is_an_error():
    """There is nothing to read."""
    with pytest.raises(ExtractionError, match="empty"):
        extract(make_page(body=b" \n"))


EVIL = "a\x00b\x1b[31mc\x07d\x9be\ud800f\x0bg"


def test_no_control_character_comes_through():
    """Whatever a page puts into its fields and text, the record holds none but newline and tab."""
    data = {
        "@type": "NewsArticle",
        **dict.fromkeys(("headline", "description", "articleSection", "keywords", "inLanguage", "image"), EVIL),
        "author": [{"@type": "Person", "name": EVIL}, EVIL],
        "publisher": {"name": EVIL},
        "datePublished": EVIL,
        "articleBody": EVIL * 50,
    }
    metas = "".join(
        f'<meta property="{name}" content="{EVIL}">' for name in ("og:title", "og:site_name", "og:image", "article:tag")
    )
    metas += f'<meta name="author" content="{EVIL}"><link rel="canonical" href="/{EVIL}">'
    text = "".join(f"<p>{EVIL} {line}</p>" for line in PARAGRAPHS)
    body = html(text, EVIL, data, metas)
    record = to_record(extract(make_page(body=body)))
    dirty = [value for value in texts(record) if clean(value) != value]
    assert not dirty


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.one_of(
            st.sampled_from(["<p>", "</p>", "<div", " class='a", "<table><td>", "<!--", "<script>", "&#x1b;"]),
            st.text(),
        )
    )
)
def test_any_page_gives_an_article_or_our_error(pieces: list[str]):
    """No input makes the extractor fail but with an error of ours."""
    page = make_page(body="".join(pieces).encode("utf-8", "surrogatepass"))
    try:
        record = to_record(extract(page))
    except ExtractionError:
        return
    assert tuple(record) == FIELDS
    json.dumps(record)
    assert not [value for value in texts(record) if clean(value) != value]


@pytest.mark.skipif(not BENCH.exists(), reason="the development corpora are not here")
def test_real_pages_give_records():
    """A sample of real pages: each gives a clean record of the public shape."""
    sys.path.insert(0, str(BENCH))
    try:
        from datasets import load
    finally:
        sys.path.remove(str(BENCH))
    for page in [*load("fundus")][::8]:
        article: Article = extract(make_page(page.url or URL, page.html))
        record = to_record(article)
        assert tuple(record) == FIELDS
        assert not [value for value in texts(record) if clean(value) != value], page.url
        assert replace(article, paragraphs=()).body == ""
