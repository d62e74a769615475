"""Does the structure of the text survive? Checked on every article of the development corpora.

    python tests/benchmarks/structure.py             # figures
    python tests/benchmarks/structure.py --show 20   # and the first findings of each sort

glued     a word of the text that stands in no text node of the page, though its two parts do
twice     a paragraph of more than 30 characters that stands in the text twice
rows      the same for rows of tables, which may rightly be equal
inside    a paragraph of more than 60 characters that stands whole inside another: mostly pull quotes
html      articles that reading our own HTML again does not give back paragraph by paragraph
markdown  the same for our Markdown, as a CommonMark parser shows it
"""

from __future__ import annotations

import argparse
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from lxml import html as lxml_html
from markdown_it import MarkdownIt

BENCH = Path(__file__).resolve().parents[2] / "../shared/bench"
sys.path[:0] = [str(Path(__file__).resolve().parents[2]), str(BENCH)]
import datasets  # noqa: E402

from scraper import dom, encoding  # noqa: E402
from scraper.extraction import blocks, extract  # noqa: E402
from scraper.rendering import to_html, to_markdown  # noqa: E402
from scraper.values import Article, Page, Paragraph, ParagraphKind  # noqa: E402

_TOKEN = re.compile(r"\S+")
_MIN_PART = 3
_LONG = 30
_MARKDOWN = MarkdownIt("commonmark").enable("table")


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--show", type=int, default=0)
    wanted = parser.parse_args()
    n: Counter[str] = Counter()
    findings: dict[str, list[str]] = defaultdict(list)
    for name in datasets.DATASETS:
        for page in datasets.load(name):
            n["pages"] += 1
            article, nodes = _read(page)
            n["paragraphs"] += len(article.paragraphs)
            for sort, finding in _findings(article, nodes):
                n[sort] += 1
                findings[sort].append(f"{name} {page.id}: {finding}")
    for sort in ("pages", "paragraphs", "glued", "twice", "rows", "inside", "html", "markdown"):
        print(f"{sort:12}{n[sort]}")
        for line in findings[sort][: wanted.show]:
            print("   ", line)


def _read(page: Any) -> tuple[Article, list[str]]:
    asked = Page(url=page.url, final_url=page.url, status=200, body=page.html, fetched_at=datetime.now(UTC))
    article = extract(asked)
    # Read by another parser than the extractor's: what is checked must not check itself.
    tree = lxml_html.fromstring(encoding.to_utf8(asked), parser=lxml_html.HTMLParser(encoding="utf-8"))
    return article, [text for node in tree.iter() for text in _texts(node)]


def _texts(node: Any) -> Iterator[str]:
    if isinstance(node.tag, str) and node.text:
        yield node.text
    if node.tail:
        yield node.tail


def _findings(article: Article, nodes: list[str]) -> Iterator[tuple[str, str]]:
    tokens = {token for text in nodes for token in _TOKEN.findall(text)}
    for paragraph in article.paragraphs:
        for token in _TOKEN.findall(paragraph.text):
            if token not in tokens and (parts := _glued(token, tokens)):
                yield "glued", f"{token!r} of {parts} in {paragraph.text[:60]!r}"
    yield from _twice(article.paragraphs)
    wanted = [" ".join(piece.split()) for p in article.paragraphs for piece in (p.cells if _is_row(p) else [p.text])]
    body = to_html(article).partition("</header>\n")[2] or to_html(article)
    if (found := _pieces(body)) != wanted:
        yield "html", _difference(wanted, found)
    shown = _MARKDOWN.render(to_markdown(article))
    found = [piece for piece in _pieces(shown) if piece]
    if found[len(found) - len(wanted) :] != wanted:
        yield "markdown", _difference(wanted, found[len(found) - len(wanted) :])


def _glued(token: str, tokens: set[str]) -> tuple[str, str] | None:
    """The two ends of text nodes that make the token, where a reader would see two words: a capital or digit inside."""
    for at in range(_MIN_PART, len(token) - _MIN_PART + 1):
        left, right = token[:at], token[at:]
        if left in tokens and right in tokens and _is_seam(left[-1], right[0]) and left[-1:].isalnum():
            return left, right
    return None


def _is_seam(last: str, first: str) -> bool:
    return (last.islower() and (first.isupper() or first.isdigit())) or (last.isdigit() and first.isupper())


def _twice(paragraphs: tuple[Paragraph, ...]) -> Iterator[tuple[str, str]]:
    texts = [p for p in paragraphs if len(p.text) > _LONG and p.kind is not ParagraphKind.CAPTION]
    counts = Counter(p.text.casefold() for p in texts)
    for paragraph in texts:
        text = paragraph.text
        if counts.pop(text.casefold(), 0) > 1:
            yield "rows" if _is_row(paragraph) else "twice", text[:80]
        elif len(text) > 2 * _LONG and any(text in other.text and text != other.text for other in texts):
            yield "inside", text[:80]


def _is_row(paragraph: Paragraph) -> bool:
    return paragraph.kind is ParagraphKind.TABLE_ROW


def _pieces(source: str) -> list[str]:
    return [" ".join(block.text.split()) for block in blocks.read(dom.parse(source)).blocks]


def _difference(wanted: list[str], found: list[str]) -> str:
    at = next((i for i, (a, b) in enumerate(zip(wanted, found, strict=False)) if a != b), min(len(wanted), len(found)))
    return f"{wanted[at : at + 1]!r} came back as {found[at : at + 1]!r}"


if __name__ == "__main__":
    main()
