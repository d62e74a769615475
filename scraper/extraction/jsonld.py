"""JSON-LD blocks -> candidates (JSON-LD 1.1, schema.org/Article and its kin).

Takes the one node that describes this page's article, whatever it is wrapped in (`@graph`, arrays, nesting, several
blocks, references by `@id`), and the page, site and breadcrumb nodes about it. Does not decide between vocabularies
and does not clean values beyond entities and white space.
"""

from __future__ import annotations

import html
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from scraper.extraction import brokenjson
from scraper.text import clean, squash
from scraper.values import Candidate

MAX_NODES = 5000
MAX_DEPTH = 40
MAX_TEXT_CHARS = 2000
MAX_ITEMS = 100
MAX_KEY_CHARS = 200

_ELSEWHERE = frozenset({
    "itemlistelement", "haspart", "relatedlink", "isrelatedto", "mentions", "citation", "review", "reviews",
    "comment", "comments", "about", "video", "subjectof", "isbasedon", "suggestedanswer", "acceptedanswer",
    "associatedmedia", "image", "publisher", "author", "creator", "blogpost", "liveblogupdate",
})  # fmt: skip
"""Properties whose values describe something other than this page's article."""

_PAGE_TYPES = frozenset(
    {"webpage", "itempage", "aboutpage", "faqpage", "collectionpage", "profilepage", "medicalwebpage", "newspage"}
)
_WORKS = frozenset({
    "videoobject", "recipe", "review", "product", "podcastepisode", "event", "qapage", "question", "howto",
    "course", "book", "movie", "softwareapplication", "audioobject", "imagegallery", "mediagallery", "creativework",
    "claimreview", "criticreview", "dataset", "jobposting",
})  # fmt: skip
_HOLDERS = (dict, list)
_SURROUNDINGS = frozenset({"breadcrumblist", "website", "newsmediaorganization"})
_FIELDS = {
    "headline": "title",
    "alternativeheadline": "subtitle",
    "datepublished": "published_at",
    "datecreated": "created_at",
    "uploaddate": "published_at",
    "datemodified": "modified_at",
    "inlanguage": "language",
    "description": "description",
    "articlesection": "section",
    "isaccessibleforfree": "is_accessible_for_free",
    "url": "canonical_url",
    "mainentityofpage": "canonical_url",
    "license": "license",
    "dateline": "dateline",
    "correction": "correction",
}


class _Node(NamedTuple):
    """An object with its lower-case types and keys, and how it was reached; pages have hundreds, so it is light."""

    types: tuple[str, ...]
    names: tuple[str, ...]
    values: dict[str, Any]
    is_elsewhere: bool


def read(scripts: Sequence[str], url: str) -> list[Candidate]:
    """What the blocks say about the page at `url`, the article's node first."""
    nodes = list(_nodes([value for script in scripts for value in brokenjson.load(script)]))
    if not nodes:
        return []
    known = _identified(nodes)
    found: list[Candidate] = []
    path = urlsplit(url).path.rstrip("/") if url.isprintable() else ""
    scores = [_score(node, path) for node in nodes]
    best = max(scores)
    article = nodes[scores.index(best)]
    if best > 0:
        found += _of_work(article, known)
    pages = (n for n in nodes if not n.is_elsewhere and not _PAGE_TYPES.isdisjoint(n.types))
    page = next((n for n in pages if n is not article), None)
    if page is not None:
        found += _of_work(page, known)
    for node in nodes:
        if not _SURROUNDINGS.isdisjoint(node.types):
            found += _of_surroundings(node)
    names = dict.fromkeys(name for node in nodes if not node.is_elsewhere for name in node.names)
    found.append(Candidate(field="types", value=tuple(names)[:MAX_ITEMS], origin="jsonld:@type"))
    return found


def _nodes(values: list[Any]) -> Iterator[_Node]:
    """All objects in `values` in reading order; work and depth are bounded."""
    waiting: list[tuple[Any, bool, int]] = [(value, False, 0) for value in reversed(values)]
    n = 0
    while waiting and n < MAX_NODES:
        value, is_elsewhere, depth = waiting.pop()
        n += 1
        if depth > MAX_DEPTH:
            continue
        if isinstance(value, list):
            waiting += [(item, is_elsewhere, depth + 1) for item in reversed(value[:MAX_NODES])]
        elif isinstance(value, dict):
            node = _node(value, is_elsewhere=is_elsewhere)
            yield node
            inside = [
                (child, is_elsewhere or key in _ELSEWHERE, depth + 1)
                for key, child in node.values.items()
                if type(child) in _HOLDERS
            ]
            waiting += reversed(inside)


def _node(value: dict[str, Any], *, is_elsewhere: bool) -> _Node:
    items = value.items() if len(value) <= MAX_NODES else list(value.items())[:MAX_NODES]
    values = {_key(key[:MAX_KEY_CHARS]): child for key, child in items}
    stated = values.get("@type", values.get("type"))
    types = (stated if isinstance(stated, list) else [stated])[:9]
    names = tuple([_local(t[:MAX_KEY_CHARS]) for t in types if isinstance(t, str)])
    return _Node(tuple([_key(name) for name in names]), names, values, is_elsewhere)


@lru_cache(maxsize=2048)
def _local(name: str) -> str:
    """`headline` of `schema:headline` or `http://schema.org/headline`."""
    return squash(name).rsplit("/", 1)[-1].rsplit("#", 1)[-1].rsplit(":", 1)[-1]


@lru_cache(maxsize=2048)
def _key(name: str) -> str:
    return _local(name).lower()


def _identified(nodes: Sequence[_Node]) -> dict[str, _Node]:
    """The fullest node for each `@id`."""
    known: dict[str, _Node] = {}
    for node in nodes:
        name = node.values.get("@id")
        if isinstance(name, str) and (name not in known or len(known[name].values) < len(node.values)):
            known[name] = node
    return known


def _score(node: _Node, path: str) -> int:
    """How likely the node is about this page's article; 0 or less: it is not."""
    keys = node.values
    kind = _worth(node.types)
    if not kind and "headline" not in keys:
        return 0
    score = kind + 2 * ("headline" in keys) + ("datepublished" in keys) + ("author" in keys) + ("articlebody" in keys)
    if node.is_elsewhere:
        score -= 12
    addresses = [text(keys.get(key)) for key in ("url", "@id", "mainentityofpage")]
    if path and any(address and urlsplit_path(address) == path for address in addresses):
        score += 4
    return score


@lru_cache(maxsize=512)
def _worth(types: tuple[str, ...]) -> int:
    if any(t.endswith(("article", "posting", "report")) for t in types):
        return 6
    return 3 if not _WORKS.isdisjoint(types) else 1 if not _PAGE_TYPES.isdisjoint(types) else 0


def urlsplit_path(address: str) -> str:
    """The path of an address without its last slash; empty where it is none."""
    try:
        return urlsplit(address).path.rstrip("/")
    except ValueError:
        return ""


def _of_work(node: _Node, known: dict[str, _Node]) -> Iterator[Candidate]:
    label = node.names[0] if node.names else "object"
    keys = node.values
    for key, field in _FIELDS.items():
        if key in keys and (value := _simple(field, keys[key])) is not None:
            yield Candidate(field=field, value=value, origin=f"jsonld:{label}.{key}")
    if "headline" not in keys and (name := text(keys.get("name"))):
        yield Candidate(field="title", value=name, origin=f"jsonld:{label}.name")
    for key in ("author", "creator", "contributor"):
        if people := tuple(_agents(keys.get(key), known)):
            yield Candidate(field="authors", value=people, origin=f"jsonld:{label}.{key}")
    for agent in _agents(keys.get("publisher"), known):
        yield Candidate(field="publisher", value=agent["name"], origin=f"jsonld:{label}.publisher")
    for image in _images(keys.get("image"), known):
        yield Candidate(field="image", value=image, origin=f"jsonld:{label}.image")
    if tags := tuple(_tags(keys.get("keywords"))):
        yield Candidate(field="tags", value=tags, origin=f"jsonld:{label}.keywords")
    for whole in _as_list(keys.get("ispartof")):
        if name := _series(whole, known):
            yield Candidate(field="series", value=name, origin=f"jsonld:{label}.isPartOf")
    body = keys.get("articlebody")
    if isinstance(body, str) and body.strip():
        yield Candidate(
            field="article_body", value=clean(html.unescape(body[:500_000])), origin=f"jsonld:{label}.articleBody"
        )


def _series(whole: Any, known: dict[str, _Node]) -> str:
    """The name of the series that a work belongs to; a site or a newspaper is none."""
    if not isinstance(whole, dict):
        return ""
    node = _node(whole, is_elsewhere=True)
    node = known.get(str(node.values.get("@id"))) or node
    return text(node.values.get("name")) if any(name.endswith("series") for name in node.types) else ""


def _simple(field: str, value: Any) -> str | bool | None:
    if field == "is_accessible_for_free":
        word = text(value).lower()
        return {"true": True, "false": False, "1": True, "0": False, "yes": True, "no": False}.get(
            _local(word[:MAX_KEY_CHARS])
        )
    return text(value) or None


def _of_surroundings(node: _Node) -> Iterator[Candidate]:
    """Section from the breadcrumb, the name of the site."""
    if "breadcrumblist" in node.types:
        names = [text(step) for step in _as_list(node.values.get("itemlistelement"))]
        if trail := tuple(name for name in names if name):
            yield Candidate(field="breadcrumb", value=trail, origin="jsonld:BreadcrumbList")
    elif not node.is_elsewhere and not {"website", "newsmediaorganization"}.isdisjoint(node.types):
        name = text(node.values.get("name"))
        if name:
            yield Candidate(field="site_name", value=name, origin=f"jsonld:{node.names[0]}.name")


def text(value: Any, depth: int = 0) -> str:
    """The text in a value of any shape: a string, a number, the first of a list, an object's name. Empty if none."""
    if isinstance(value, str):
        value = value[:MAX_TEXT_CHARS]
        return squash(html.unescape(value) if "&" in value else value)
    if isinstance(value, bool | int | float):
        return str(value) if abs(value) < 1e18 else ""
    if depth > 5:
        return ""
    if isinstance(value, list):
        return next((found for item in value[:9] if (found := text(item, depth + 1))), "")
    if isinstance(value, dict):
        for key in ("@value", "name", "headline", "item", "@id", "url"):
            if found := text(value.get(key), depth + 1):
                return found
    return ""


def _as_list(value: Any) -> list[Any]:
    return value[:MAX_ITEMS] if isinstance(value, list) else [] if value is None else [value]


def _agents(value: Any, known: dict[str, _Node], depth: int = 0) -> Iterator[dict[str, Any]]:
    """People and organisations as {name, type}, whatever the shape: text, object, reference, lists of lists."""
    if depth > 5:
        return
    for item in _as_list(value):
        if isinstance(item, list):
            yield from _agents(item, known, depth + 1)
        elif isinstance(item, dict):
            yield from _agent(item, known, depth)
        elif isinstance(item, str) and (name := text(item)):
            yield {"name": name, "type": ""}


def _agent(item: dict[str, Any], known: dict[str, _Node], depth: int) -> Iterator[dict[str, Any]]:
    node = _node(item, is_elsewhere=True)
    if "name" not in node.values and (full := known.get(str(node.values.get("@id")))):
        node = full
    names = node.values.get("name")
    if not names and (given := text(node.values.get("givenname"))):
        names = f"{given} {text(node.values.get('familyname'))}"
    if isinstance(names, list | dict):
        yield from _agents(names, known, depth + 1)
    elif name := text(names):
        yield {"name": name, "type": node.types[0] if node.types else ""}


def _images(value: Any, known: dict[str, _Node]) -> Iterator[dict[str, Any]]:
    for item in _as_list(value)[:20]:
        if isinstance(item, str):
            yield {"url": text(item)}
        elif isinstance(item, dict):
            node = _node(item, is_elsewhere=True)
            keys = (known.get(str(node.values.get("@id"))) or node).values
            address = text(keys.get("url")) or text(keys.get("contenturl"))
            if address:
                rest = {k: text(keys.get(k)) for k in ("caption", "width", "height", "creditText".lower())}
                yield {"url": address, **{k: v for k, v in rest.items() if v}}


def _tags(value: Any) -> Iterator[str]:
    for item in _as_list(value):
        words = text(item)
        parts = words.split(",") if isinstance(value, str) else [words]
        yield from (word for part in parts if (word := part.strip()))
