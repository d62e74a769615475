"""Explanations: they tell of the very article that `extract` gives, and every feature has words."""

import sys
from pathlib import Path

import numpy as np
import pytest

from scraper.extraction import attribution, body, extract, model, take_apart
from scraper.extraction.explanation import BYLINE, Explanation, TextSource, explain, in_words
from scraper.extraction.table import Table
from scraper.text import fingerprint
from scraper.values import Context, ParagraphKind, SiteMemory
from tests.builders import URL, make_page
from tests.extraction.test_pagestate import PARAGRAPHS, html
from tests.test_golden import FOLDERS

BENCH = Path(__file__).parents[2] / "../shared/bench"
TEXT = "".join(f"<p>{line}</p>" for line in PARAGRAPHS)


def kept_text(explanation: Explanation) -> list[str]:
    return [b.fate.text for b in explanation.blocks if b.fate.is_kept]


def agrees_with_extract(explanation: Explanation, page, context: Context) -> None:
    article = extract(page, context)
    assert explanation.article == article
    assert [b.fate.text for b in explanation.blocks] == [
        b.text for b in take_apart(page, context).reading.layout.blocks
    ]
    if explanation.source is not TextSource.SECOND_OPINION:
        fates = [b.fate for b in explanation.blocks if b.fate.is_kept and b.fate.kind is not ParagraphKind.TABLE_ROW]
        told = [p.text for p in article.paragraphs if p.kind is not ParagraphKind.TABLE_ROW]
        assert [fate.text for fate in fates] == told


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_it_is_the_article_of_extract(folder: Path):
    """Golden pages: the same article; the kept blocks are its paragraphs."""
    page = make_page(body=(folder / "page.html").read_bytes())
    agrees_with_extract(explain(page), page, Context())


@pytest.mark.skipif(not BENCH.exists(), reason="the development corpora are not here")
def test_it_is_the_article_of_extract_on_real_pages():
    """The same on a sample of real pages; each field's winner has the origin that the article names."""
    sys.path.insert(0, str(BENCH))
    try:
        from datasets import load
    finally:
        sys.path.remove(str(BENCH))
    n_fields = n_named = 0
    for sample in list(load("fundus"))[::10]:
        page = make_page(sample.url or URL, sample.html)
        explanation = explain(page)
        agrees_with_extract(explanation, page, Context())
        for field in explanation.fields:
            if field.value is not None and field.name in explanation.article.origins:
                n_fields += 1
                winner = field.candidates[field.winner] if field.winner is not None else None
                n_named += winner is not None
                assert winner is None or winner.origin == explanation.article.origins[field.name]
    assert n_named >= 0.95 * n_fields > 80


def test_what_was_decided_late_is_told():
    """A byline that is taken from the finished text counts as dropped, with that reason."""
    author = {"@type": "NewsArticle", "author": {"name": "Ada Brink"}}
    page = make_page(body=html(f"<p>By Ada Brink, Stavnes</p>{TEXT}", data=author))
    assert take_apart(page).reading.paragraphs[0].text.startswith("By Ada"), "the case needs a kept byline"
    explanation = explain(page)
    fate = next(b.fate for b in explanation.blocks if b.fate.text.startswith("By Ada"))
    assert (fate.is_kept, fate.reason) == (False, BYLINE)
    assert kept_text(explanation) == PARAGRAPHS


def test_site_memory_is_told():
    """A block that the site repeats is out for that reason, and the memory stands in the explanation."""
    refrain = "Every Tuesday our reporters walk along the quay and write down what they hear, word by word."
    page = make_page(body=html(f"{TEXT}<p>{refrain}</p>{TEXT}"))
    memory = SiteMemory(site="courier.example", generation=1, n_pages=9, repeated={fingerprint(refrain): 9})
    explanation = explain(page, Context(memory=memory))
    fate = next(b.fate for b in explanation.blocks if b.fate.text == refrain)
    assert (fate.is_kept, fate.reason) == (False, "repeated on the site")
    assert explanation.memory == memory
    assert explain(page).memory is None
    assert explain(page, Context(memory=SiteMemory(site="courier.example"))).memory is None


def test_text_that_stands_only_in_the_data_is_told():
    """A page rendered by a script shows nothing: the source says so, and blocks have no features."""
    page = make_page(
        body=html("<div id=app></div>", data={"@type": "NewsArticle", "articleBody": "\n".join(PARAGRAPHS)})
    )
    explanation = explain(page)
    assert explanation.source is TextSource.DATA
    assert " ".join(kept_text(explanation)) == " ".join(PARAGRAPHS)
    assert not any(b.weights for b in explanation.blocks)


def test_a_page_without_blocks_is_explained():
    """Nothing in, no blocks out."""
    assert explain(make_page(body=b"<html></html>")).blocks == ()


def test_every_field_stands_once_with_all_that_speaks_for_it():
    """All candidates are shown under some field, none twice there; the winner is one of them."""
    data = {
        "@type": "NewsArticle",
        "headline": "Ferry sails",
        "datePublished": "2026-11-17",
        "publisher": {"name": "C"},
    }
    head = '<meta property="og:title" content="Ferry sails | C"><meta name="robots" content="noai">'
    page = make_page(body=html(TEXT, title="Ferry sails", data=data, head=head))
    explanation = explain(page)
    names = [field.name for field in explanation.fields]
    assert len(names) == len(set(names))
    shown = {(c.field, c.origin) for field in explanation.fields for c in field.candidates}
    assert {(c.field, c.origin) for c in take_apart(page).fields.candidates} <= shown
    title = next(field for field in explanation.fields if field.name == "title")
    assert title.winner is not None
    assert title.candidates[title.winner].origin == explanation.article.origins["title"]
    assert len(title.candidates) >= 3


@pytest.mark.parametrize("is_second", [False, True])
def test_every_feature_has_words(is_second: bool):
    """No feature of the shipped model is shown by its name alone, and no template is left unfilled."""
    forest = model.shipped().second if is_second else model.shipped().first
    for name in forest.names:
        for value in (-99.0, -1.0, 0.0, 0.25, 1.0, 7.0):
            words = in_words(name, value, is_second=is_second)
            assert "_" not in words, name
            assert "{" not in words, name
            assert words != f"{name} {value:.2g}".replace(".0", ""), name


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("size", 412.0, "412 letters long"),
        ("link_density", 1.0, "100% of it is links"),
        ("look_count", 1.0, "made like no other block"),
        ("since_h1", -3.0, "3 blocks before the main heading"),
        ("since_h1", 1.0, "1 block after the main heading"),
        ("apart_tag_aside", 1.0, "stands in a side <aside>"),
        ("near_promo", 0.0, "no class name says promotion"),
        ("box2_share", 0.5, "the 2nd box out holds 50% of the page's text"),
        ("odds", 0.0, "place and shape say 50%"),
    ],
)
def test_words(name: str, value: float, words: str):
    """What a value means is said in words."""
    assert in_words(name, value, is_second=True) == words


def test_attribution_compares_with_the_other_blocks():
    """What all blocks share decides nothing; what sets one apart weighs as much as the others differ."""
    forest = model.Forest(
        names=("a", "b"),
        feature=np.array([[0, 1]]),
        border=np.array([[0.5, 10]], dtype=np.float32),
        leaf=np.array([[1.0, 2.0, 3.0, 4.0]]),
        bias=0.5,
    )
    table = Table.of({"a": np.array([0.0, 0.0, 0.0, 1.0]), "b": np.array([11.0, 11.0, 11.0, 11.0])}, 4)
    weights = attribution.weights(forest, table)
    assert weights[1].tolist() == [0.0, 0.0, 0.0, 0.0]
    assert weights[0].tolist() == [-0.25, -0.25, -0.25, 0.75]


def test_a_paragraph_and_a_footer_are_explained():
    """The text's box speaks for a paragraph, and against what stands outside of it."""
    page = make_page(body=html(f"<article>{TEXT}</article><footer><p>All rights reserved by the Courier</p></footer>"))
    blocks = {b.fate.text: b for b in explain(page).blocks}
    footer = blocks["All rights reserved by the Courier"]
    assert isinstance(footer.fate, body.Fate)
    assert not footer.fate.is_kept
    assert footer.weights[0].weight < 0
    assert any(w.weight > 0 for w in blocks[PARAGRAPHS[0]].weights)
