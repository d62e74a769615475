"""Articles that stand in the page only as data: a string of HTML, or a list of strings, inside a script.

Pages rendered by JavaScript carry their text as the state of a framework, mostly JSON. No framework is known here:
any string literal counts that reads like prose or like HTML full of prose. Only for pages whose visible text is none;
a page's ordinary reading is always better.
"""

from __future__ import annotations

import json
import re

from scraper import dom
from scraper.extraction import blocks
from scraper.extraction.layout import Box, Layout, plain
from scraper.text import squash

# Shorter than three sentences is a teaser or a setting, not an article.
MIN_CHARS = 400
_MIN_SENTENCE = 40
# Escapes outside and the end of the script are taken, too: else an open quote is searched again from each mark.
_LITERAL = re.compile(r'\\.|"((?:[^"\\]++|\\.)*+)(?:"|\\?\Z)', re.S)
_PARAGRAPH = re.compile(r"<(?:p|br|div|h[1-6]|li)\b", re.I)
_CODE = re.compile(r"[{};=]|https?:|\b(?:function|return|var|px)\b")
_STATE = re.compile(r'":\s*[\[{"0-9]|<html')  # a string that holds JSON or a whole page, not an article
_SENTENCE_END = re.compile(r"[.!?…。！？؟।]")


def read(tree: dom.Tree) -> Layout | None:
    """The blocks of the longest article found in a script, or None."""
    best: Layout | None = None
    for node in tree.css("script"):
        text = node.text(deep=True)
        if (
            text
            and len(text) >= MIN_CHARS
            and (found := _in_script(text))
            and n_chars(found) > max(MIN_CHARS, n_chars(best))
        ):
            best = found
    return best


def from_text(text: str) -> Layout:
    """The blocks of an announced body, which may be plain text or HTML."""
    if _PARAGRAPH.search(text):
        return blocks.read(dom.parse(text))
    return _paragraphs([line for raw in text.splitlines() if (line := squash(raw))])


def n_chars(layout: Layout | None) -> int:
    """The length of all text; 0 for None."""
    return sum(len(b.text) for b in layout.blocks) if layout else 0


def _in_script(script: str) -> Layout | None:
    """The longest string of HTML in it; if there is none, its sentences in order."""
    strings = [s for m in _LITERAL.finditer(script) if len(m[1] or "") >= _MIN_SENTENCE - 2 and (s := _decoded(m[1]))]
    markup = [s for s in strings if len(s) >= MIN_CHARS and _PARAGRAPH.search(s) and not _STATE.search(s)]
    if markup:
        return blocks.read(dom.parse(max(markup, key=len)))
    sentences = [squash(s) for s in dict.fromkeys(strings) if _is_prose(s)]
    return _paragraphs(sentences) if sentences else None


def _decoded(literal: str) -> str | None:
    try:
        value = json.loads(f'"{literal}"', strict=False)
    except ValueError:
        return None
    return value if isinstance(value, str) else None


def _is_prose(text: str) -> bool:
    return not _CODE.search(text) and "<" not in text and _SENTENCE_END.search(text) is not None


def _paragraphs(texts: list[str]) -> Layout:
    """Texts as the blocks of a page of their own."""
    box = Box(tag="p", signature="", parent=-1, depth=0, first=0, end=len(texts), last=1)
    return Layout(boxes=[box], blocks=[plain(text) for text in texts])
