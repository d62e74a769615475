"""Pages cut down to what the HTML parser can digest: deep nesting, floods of attributes and of options.

lexbor is quadratic inside one call that nothing can interrupt, in the depth of the tree, the attributes of one tag,
the options of one select and the formatting elements left open: 33 kB of unclosed `<font>` cost 3.7 s, 350 kB of
attributes 4.9 s. A page is searched for signs of that (0.1 ms a page); only where there are some is it read tag by
tag and trimmed. No text is lost, only tags and attributes that no reader would miss.

The signs can be forged by those who read this; hostile input in bulk belongs into a process that can be killed.
"""

from __future__ import annotations

import re
from collections import Counter

import numpy as np

from scraper.flood_signs import FORMATTING, LEFT_OPEN, MAX_OPTIONS, VOID, Signs, long_tags

try:
    from scraper.fast_scan import signs
except ImportError:
    from scraper.flood_signs import signs

# Blink nests 512 elements and puts deeper ones beside each other; the corpora's deepest page has 72.
MAX_DEPTH = 400
MAX_OPEN_FORMATTING = 60
MAX_ATTRIBUTES = 300

_OPAQUE = frozenset((b"script", b"style", b"textarea", b"title", b"xmp", b"iframe", b"noembed"))

_TAG = re.compile(rb"<(?:(!--)|(/?)([a-zA-Z][^\s/>]*))")
_ATTRIBUTE = re.compile(
    rb"[\s/]*+[^\s/>=][^\s/>=]*+(?:\s*+=\s*+(?:\"[^\"]*+\"|'[^']*+'|[^\s>\"'][^\s>]*+)?)?"  # WHATWG 13.2.5.33 and on
)
_REST_OF_TAG = re.compile(rb"(?:" + _ATTRIBUTE.pattern + rb"|[\s/=])*+>")
_MOST_LONG_TAGS = 50


def tame(html: bytes) -> bytes:
    """`html` itself, or what is left of it where it would take the parser too long."""
    return _trimmed(html) if _has_signs(html) else html


def _has_signs(html: bytes) -> bool:
    found = signs(html)
    return found == Signs.FLOOD or (found == Signs.LONG_TAG and _has_long_tag(html))


def _has_long_tag(html: bytes) -> bool:
    """Whether one of the tags without a `>` for long has too many attributes."""
    found = long_tags(np.frombuffer(html, dtype=np.uint8))
    return any(_n_attributes(html, start) > MAX_ATTRIBUTES for start in found[:_MOST_LONG_TAGS].tolist())


def _n_attributes(html: bytes, start: int) -> int:
    """How many attributes the tag has that begins at `start`; counting stops where they are too many."""
    tag, n = _TAG.match(html, start), 0
    attribute = _ATTRIBUTE.match(html, tag.end()) if tag is not None and tag[3] else None
    while attribute is not None and n <= MAX_ATTRIBUTES:
        n, attribute = n + 1, _ATTRIBUTE.match(html, attribute.end())
    return n


def _trimmed(html: bytes) -> bytes:
    """The page read tag by tag, without the tags and attributes that are too many."""
    kept: list[bytes] = []
    done = at = 0
    limits = _Limits()
    while (tag := _TAG.search(html, at)) is not None:
        if tag[1]:
            at = html.find(b"-->", tag.end()) + 3
            if at < 3:
                break
            continue
        rest = _REST_OF_TAG.match(html, tag.end())
        if rest is None:  # a tag without an end: the parser drops the rest of the page
            break
        at, name = rest.end(), tag[3].lower()
        new = limits.admit(name, html[tag.start() : at], is_end=bool(tag[2]))
        if new is not None:
            kept += (html[done : tag.start()], new)
            done = at
        if name in _OPAQUE and not tag[2]:
            end = re.compile(rb"</" + re.escape(name), re.I).search(html, at)
            if end is None:
                break
            at = end.start()
    kept.append(html[done:])
    return b"".join(kept)


class _Limits:
    """What is open at one point of the page."""

    def __init__(self) -> None:
        self.n_options = 0
        self.open: list[bytes] = []  # the elements that count as depth, with those that were dropped
        self.n_open: Counter[bytes] = Counter()
        self.n_formatting: Counter[bytes] = Counter()

    def admit(self, name: bytes, tag: bytes, *, is_end: bool) -> bytes | None:
        """What the tag is replaced with; None where it stays."""
        if name in (b"option", b"optgroup"):
            self.n_options += not is_end
            return b" " if self.n_options > MAX_OPTIONS else None
        if name in FORMATTING:
            return self._formatting(name, tag, is_end=is_end)
        if name in VOID or name in LEFT_OPEN:
            return None if is_end else _fewer_attributes(tag)
        if is_end:
            return self._closed(name)
        self.open.append(name)
        self.n_open[name] += 1
        return b" " if len(self.open) > MAX_DEPTH else _fewer_attributes(tag)

    def _closed(self, name: bytes) -> bytes | None:
        """An end tag closes the last element of its name and all inside, or nothing."""
        if not self.n_open[name]:
            return None
        last = b""
        while last != name:
            last = self.open.pop()
            self.n_open[last] -= 1
        return b" " if len(self.open) >= MAX_DEPTH else None

    def _formatting(self, name: bytes, tag: bytes, *, is_end: bool) -> bytes | None:
        if is_end:
            self.n_formatting[name] -= self.n_formatting[name] > 0
            return None
        self.n_formatting[name] += 1
        return b"" if self.n_formatting.total() > MAX_OPEN_FORMATTING else _fewer_attributes(tag)


def _fewer_attributes(tag: bytes) -> bytes | None:
    """The tag with its first attributes only; None where there are not too many."""
    if len(tag) < 2 * MAX_ATTRIBUTES:
        return None
    for n, attribute in enumerate(_ATTRIBUTE.finditer(tag, 1)):
        if n > MAX_ATTRIBUTES:
            return tag[: attribute.start()] + b">"
    return None
