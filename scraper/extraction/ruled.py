"""What a person's rule for a site says of one page: which part is the text, what goes, where the fields stand.

A selector that matches nothing on a page leaves that page to the ordinary reading; `misses` tells of it. Does not
read files: a `SiteRule` is a value.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta, timezone
from zoneinfo import ZoneInfo

from scraper.dom import Node, Tree
from scraper.extraction import blocks
from scraper.extraction.layout import Layout
from scraper.text import clean
from scraper.values import Candidate, Moment, Precision, SiteRule

ORIGIN = "rule"
_FIELDS = ("title", "authors", "published_at")
_MAX_NODES = 1_000  # a selector such as `*` makes no page slow


def misses(tree: Tree, rule: SiteRule) -> tuple[str, ...]:
    """The keys of the rule whose selectors match nothing on the page, before anything is dropped."""
    single = {name: getattr(rule, name) for name in ("body", *_FIELDS)}
    found = [name for name, selector in single.items() if selector and tree.css_first(selector) is None]
    return (*found, *(f"drop: {selector}" for selector in rule.drop if tree.css_first(selector) is None))


def drop(tree: Tree, rule: SiteRule) -> None:
    """Nothing; afterwards the tree is without what the rule drops. The page itself can't be dropped."""
    for selector in rule.drop:
        _remove(tree, selector)


def drop_fields(tree: Tree, rule: SiteRule) -> None:
    """Nothing; afterwards the tree is without the elements that hold the fields, which are no text of the article."""
    for name in _FIELDS:
        if selector := getattr(rule, name):
            _remove(tree, selector)


def _remove(tree: Tree, selector: str) -> None:
    for node in _outermost(tree.css(selector)):
        if node.tag not in ("html", "body"):
            node.decompose()


def layout(tree: Tree, rule: SiteRule) -> Layout | None:
    """The blocks of the part that the rule calls the text; None if it names none or the page has none."""
    nodes = _outermost(tree.css(rule.body)) if rule.body else []
    return blocks.read_nodes(nodes) if nodes else None


def candidates(tree: Tree, rule: SiteRule) -> Iterator[Candidate]:
    """The fields where the rule says they stand. Times are read from `datetime` or `content` rather than the text."""
    if rule.title and (title := _text(tree.css_first(rule.title))):
        yield Candidate(field="title", value=title, origin=ORIGIN)
    if rule.authors:
        for node in tree.css(rule.authors)[:_MAX_NODES]:
            if name := _text(node):
                yield Candidate(field="authors", value=name, origin=ORIGIN)
    if rule.published_at and (place := tree.css_first(rule.published_at)) is not None:
        stated = place.attributes.get("datetime") or place.attributes.get("content")
        if text := clean(stated or "") or _text(place):
            yield Candidate(field="published_at", value=text, origin=ORIGIN)


def in_zone(moment: Moment, rule: SiteRule | None) -> Moment:
    """The moment in the rule's zone, where it has a time and states no zone."""
    if rule is None or rule.time_zone is None or moment.has_zone or moment.precision is Precision.DAY:
        return moment
    offset = moment.at.replace(tzinfo=ZoneInfo(rule.time_zone)).utcoffset() or timedelta()
    return replace(moment, at=moment.at.replace(tzinfo=timezone(offset)), has_zone=True)


def _text(node: Node | None) -> str:
    return clean(" ".join(node.text(separator=" ").split())) if node is not None else ""


def _outermost(nodes: Sequence[Node]) -> list[Node]:
    """Without those that stand inside others of them."""
    nodes = nodes[:_MAX_NODES]
    chosen = {node.mem_id for node in nodes}
    return [node for node in nodes if not _is_inside(node, chosen)]


def _is_inside(node: Node, chosen: set[int]) -> bool:
    parent = node.parent
    while parent is not None:
        if parent.mem_id in chosen:
            return True
        parent = parent.parent
    return False
