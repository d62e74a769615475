"""The next address of an article that its site spreads over several pages, as the page itself links to it.

    next_url(html, tree, url, paragraphs)

A link counts only if its address is the page's own with the page's number raised by one, in one of the forms sites
use for it (`/article/2`, `/article/page-2`, `article-p2.html`, `?page=2`), and stands close behind the text: rel=next,
or a number in a row of numbers, alone mostly leads to another article, a list or more comments. On the articles of the
development corpora it finds 9, all of them right. Does not fetch and does not follow: the article notes it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from scraper.dom import Node, Tree
from scraper.errors import NewsError
from scraper.text import squash
from scraper.urls import canonical
from scraper.values import Paragraph

_MAX_LINKS = 4000
_MAX_SPOTS = 500
_MAX_TRIED = 20
_MAX_DEPTH = 12
_N_ENDS, _END_CHARS = 3, 60
# A query also pages through lists of other articles below the text; on the corpora none of those stands so near.
_MAX_GAP_CHARS, _MAX_GAP_OF_PATH_CHARS = 600, 2500
_SNIPPET_CHARS, _WINDOW_BYTES = 24, 30_000
_SILENT = frozenset(("script", "style", "noscript", "template", "-comment", "!--"))
# A number without a word counts the pages of a name, not the articles of a list: /dispatches/6 follows /dispatches/5.
_MIN_NAME_CHARS = 12
_WORDS = r"(?:page|seite|pagina|pag|part|teil|strona|sida|side|sivu|oldal|npack|pg|p)"
_NUMBER = r"(?P<n>[1-9]\d?)"  # what has more than 99 pages is a list or a thread
_IN_PATH = re.compile(rf"(?:/(?P<a>{_WORDS}[-_/,.]?)?|[-_,.](?P<b>{_WORDS})[-_,.]?|_){_NUMBER}$", re.IGNORECASE)
_IN_QUERY = re.compile(rf"(?:^|&){_WORDS}(?:num|no|nr|_num|_no)?={_NUMBER}(?=&|$)", re.IGNORECASE)
_ENDING = re.compile(r"(?:\.(?:[sp]?html?|php|aspx?|jsp))?/?$", re.IGNORECASE)
_LIKELY = re.compile(
    rf"""(?:\.\w{{3,5}}|/)?(?:[/_]|[-_/,.]{_WORDS}|\?[^"'<>\s]{{0,200}})[-_/,.=]?[1-9]\d?(?!\d)""".encode(),
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class _Place:
    """An address taken apart: `key` is the same for all pages of an article, `name` its last step, `n` the page."""

    url: str
    key: tuple[str, ...]
    name: str
    n: int
    is_spoken: bool
    """Whether a word says that the number is a page's."""
    joint: str = ""
    """What stands before the number: `?` in a query."""

    @property
    def gap(self) -> int:
        """The most text that may stand between the article's end and a link here."""
        return _MAX_GAP_CHARS if self.joint == "?" else _MAX_GAP_OF_PATH_CHARS


def next_url(html: bytes, tree: Tree, url: str, paragraphs: Sequence[Paragraph]) -> str | None:
    """The absolute, canonical address of the next page of the article at `url`; None if the page links to none.

    `html` are the bytes of `tree`, `paragraphs` the article's.
    """
    here = _place(url)
    ends = [p.text.rpartition("\n")[2][:_END_CHARS] for p in paragraphs[-_N_ENDS:]]
    if here is None or not _is_likely(html, here.name, ends):
        return None
    found, has_first, n_tried = None, here.n == 1, 0
    for node in tree.css("link[rel~='next' i], a[href]")[:_MAX_LINKS]:
        there = _linked(node, here, url)
        if there is None:
            continue
        has_first = has_first or there.n == 1
        if found is None and n_tried < _MAX_TRIED and there.n == here.n + 1 and _is_page(here, there):
            n_tried += 1
            found = there.url if _is_near(node, ends, there.gap) else None
    return found if has_first else None


def _is_likely(html: bytes, name: str, ends: Sequence[str]) -> bool:
    """Whether any link of the page may be one: a search of bytes, since nearly all pages have none."""
    if _is_followed(html, name.encode(), 0):
        return True
    if b'="?' not in html:
        return False
    behind = max((html.rfind(end[:_SNIPPET_CHARS].encode()) for end in ends), default=-1)
    return behind >= 0 and _is_followed(html[behind : behind + _WINDOW_BYTES], b'="?', -1)


def _is_followed(html: bytes, start: bytes, shift: int) -> bool:
    """Whether something like the number of a page stands right behind `start` anywhere."""
    at = html.find(start)
    for _ in range(_MAX_SPOTS):
        if at < 0:
            return False
        if _LIKELY.match(html, at + len(start) + shift):
            return True
        at = html.find(start, at + 1)
    return False


def _linked(node: Node, here: _Place, url: str) -> _Place | None:
    """Where a link leads, if that is another page of the same article."""
    href = node.attributes.get("href") or ""
    if "#" in href or (here.name not in href and not href.startswith("?")):
        return None
    there = _place(href, url)
    return there if there is not None and there.key == here.key else None


def _is_page(here: _Place, there: _Place) -> bool:
    return there.is_spoken or len(here.name) >= _MIN_NAME_CHARS or (there.joint == "_" and here.n == 1)


def _place(url: str, base: str | None = None) -> _Place | None:
    try:
        address = canonical(url, base)
    except NewsError:
        return None
    parts = urlsplit(address)
    path, query, n, is_spoken, joint = _ENDING.sub("", parts.path), parts.query, 1, False, ""
    if found := _IN_QUERY.search(query):
        n, is_spoken, joint, query = int(found["n"]), True, "?", query[: found.start()] + query[found.end() :]
    elif found := _IN_PATH.search(path):
        n, is_spoken, joint = int(found["n"]), bool(found["a"] or found["b"]), found[0][0]
        path = path[: found.start()]
    name = _ENDING.sub("", path).rpartition("/")[2]
    if not name:
        return None
    key = (parts.hostname or "", _ENDING.sub("", path), query.strip("&"))
    return _Place(address, key, name, n, is_spoken, joint)


def _is_near(node: Node, ends: Sequence[str], max_gap: int) -> bool:
    """Whether a link of the head says so, or one that has little between itself and the end of the article's text."""
    if node.tag == "link":
        return True
    gap, at = 0, node
    for _ in range(_MAX_DEPTH):
        before = at.prev
        while before is not None and gap <= max_gap:
            text = squash(before.text()) if before.tag not in _SILENT else ""
            if last := max((text.rfind(end) + len(end) for end in ends if end in text), default=0):
                return gap + len(text) - last <= max_gap
            gap, before = gap + len(text), before.prev
        if at.parent is None or gap > max_gap:
            return False
        at = at.parent
    return False
