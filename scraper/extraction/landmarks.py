"""The nodes of a page that may carry metadata, found in one search of the tree.

Does not interpret them: that is the vocabularies' work (`jsonld`, `opengraph`, `metatags`, `microdata`, `byline`).
Does not change the tree.
"""

from __future__ import annotations

from dataclasses import dataclass

from scraper.dom import Node, Tree, tag_ids
from scraper.text import squash, words

MAX_VALUE_CHARS = 2000
MAX_NODES = 3000
"""Of each sort. A page of news has some hundred; ten thousand og: tags are an attack or a mistake."""
MAX_HEADINGS = 50
MAX_JSONLD_CHARS = 2_000_000

_SELECTOR = "html, title, meta, link[rel], script[type*='ld+json' i], h1, [itemprop], [property]"
_NAMED = (
    "h1, time, [rel~='author' i], [class*='author' i], [class*='byline' i], [class*='writer' i], a[href*='/author' i],"
    " a[href*='/people/'], a[href*='/profile' i], a[href*='/contributor' i], a[href*='/autor' i]"
)
_DATED = ", [class*='date' i], [class*='time' i], [class*='publi' i]"
_META_KEYS = ("property", "name", "http-equiv")
_TITLES = ("og:title", "twitter:title")
_NEVER_MARKED = tag_ids("html meta link script body svg path")


@dataclass(frozen=True, slots=True, kw_only=True)
class Landmarks:
    """What `survey` found. `metas` are (lower-case name, content), `links` (rel, href), both in page order."""

    title: str = ""
    language: str = ""
    metas: tuple[tuple[str, str], ...] = ()
    links: tuple[tuple[str, str], ...] = ()
    scripts: tuple[str, ...] = ()
    headings: tuple[Node, ...] = ()
    headline: Node | None = None
    """The h1 most like the page's titles: not the one about the logo."""
    items: tuple[Node, ...] = ()
    """Elements with `itemprop` or `property`, metas without a name included."""


def survey(tree: Tree) -> Landmarks:
    """The landmarks of `tree`."""
    html = title = None
    metas: list[tuple[str, str]] = []
    links: list[tuple[str, str]] = []
    scripts: list[str] = []
    headings: list[Node] = []
    items: list[Node] = []
    for node in {node.mem_id: node for node in tree.css(_SELECTOR)}.values():
        tag = node.tag
        attributes = node.attributes
        if tag == "meta":
            _add_meta(node, attributes, metas, items)
        elif tag == "link":
            links.append(((attributes.get("rel") or "").lower(), attributes.get("href") or ""))
        elif tag == "script":
            scripts.append(node.text()[:MAX_JSONLD_CHARS])
        elif tag == "h1":
            headings.append(node)
        elif tag == "html":
            html = html or node
        elif tag == "title":
            title = title or _page_title(node)
        if tag != "meta" and ("itemprop" in attributes or "property" in attributes):
            items.append(node)
    return Landmarks(
        title=title or "",
        language=(html.attributes.get("lang") or html.attributes.get("xml:lang") or "")[:35] if html else "",
        metas=tuple(metas[:MAX_NODES]),
        links=tuple(links[:MAX_NODES]),
        scripts=tuple(scripts[:MAX_NODES]),
        headings=tuple(headings[:MAX_HEADINGS]),
        headline=_headline(headings[:MAX_HEADINGS], [title or "", *(c for n, c in metas[:MAX_NODES] if n in _TITLES)]),
        items=tuple(items[:MAX_NODES]),
    )


def marked(tree: Tree, *, dates: bool = True) -> list[Node]:
    """`h1` and `time` elements and those whose class, rel or address speaks of an author, in page order.

    With `dates` also those whose class speaks of a date. A search apart: looking into every class costs as much as
    all of `survey`, and most pages need it not.
    """
    selector = _NAMED + _DATED if dates else _NAMED
    found = {node.mem_id: node for node in tree.css(selector) if node.tag_id not in _NEVER_MARKED}
    return list(found.values())[:MAX_NODES]


def _headline(headings: list[Node], titles: list[str]) -> Node | None:
    best, most = None, -1.0
    known = set(words(" ".join(titles)[:MAX_VALUE_CHARS]))
    for node in headings:
        own = words(node.text(separator=" ")[:MAX_VALUE_CHARS])
        share = sum(word in known for word in own) / (len(own) + 2) if own else -1.0  # a lone known word is the logo's
        if share > most:
            best, most = node, share
    return best


def _page_title(node: Node) -> str | None:
    """The text of a `title` that is the page's, not a drawing's."""
    parent = node.parent
    return None if parent is not None and parent.tag == "svg" else squash(node.text()[:MAX_VALUE_CHARS])


def _add_meta(node: Node, attributes: dict[str, str | None], metas: list[tuple[str, str]], items: list[Node]) -> None:
    content = attributes.get("content")
    if not content:
        return
    content = squash(content[:MAX_VALUE_CHARS])
    metas.extend((name.strip().lower(), content) for name in dict.fromkeys(map(attributes.get, _META_KEYS)) if name)
    if "itemprop" in attributes:
        items.append(node)
