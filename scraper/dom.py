"""The one door to selectolax.lexbor: nobody else imports it.

Says what each HTML element is to a reader of text (`ROLES`), and keeps the parser from input it cannot
digest (`taming`). Does not decide anything about articles.
"""

from __future__ import annotations

from typing import Final

from selectolax.lexbor import LexborHTMLParser, LexborNode, SelectolaxError

from scraper import taming

__all__ = ["COMMENT_ID", "ROLES", "TEXT_ID", "Node", "Role", "Tree", "is_selector", "parse", "tag_ids"]

Tree = LexborHTMLParser
Node = LexborNode


class Role:
    """What an element is to a reader. From SKIP on, its inside is not looked at.

    Plain integers: an Enum's comparisons cost more than the whole walk.
    """

    INLINE: Final = 0
    LINK: Final = 1
    BOLD: Final = 2
    BOX: Final = 3
    PRE: Final = 4
    CUSTOM: Final = 5
    ITALIC: Final = 6
    SPAN: Final = 7
    CITED: Final = 8
    SKIP: Final = 10
    BREAK: Final = 11
    MEDIA: Final = 12


# WHATWG HTML, rendering section. What is not named here is CUSTOM: a site's own element, inline in the middle of a text
# (as browsers set it), else a box, since sites wrap whole sections in them.
_ROLE_TAGS = {
    Role.INLINE: "abbr acronym bdi bdo big center-inline code data del dfn font ins kbd mark nobr q rb rp rt "
    "ruby s samp small strike sub sup tt u var wbr",
    Role.LINK: "a",
    Role.BOLD: "b strong",
    Role.ITALIC: "em i",
    Role.SPAN: "span",
    Role.CITED: "time cite",
    Role.BOX: "address article aside blockquote body button caption center dd details dialog dir div dl dt fieldset "
    "figcaption figure footer form frameset h1 h2 h3 h4 h5 h6 header hgroup hr html label legend li main marquee menu "
    "ol p search section slot summary table tbody td tfoot th thead tr ul",
    Role.PRE: "pre listing xmp plaintext",
    Role.SKIP: "script style noscript template svg math select option optgroup datalist textarea head title link meta "
    "base area map param source track input nav",
    Role.BREAK: "br",
    Role.MEDIA: "img picture iframe video audio object embed canvas amp-img",
}


def parse(html: str | bytes) -> Tree:
    """The tree of `html`; bytes must be UTF-8. HTML has no invalid input (WHATWG 13.2): all it can lack is memory."""
    tame = taming.tame(html.encode("utf-8", "replace") if isinstance(html, str) else html)
    try:
        return LexborHTMLParser(tame)
    except SelectolaxError as error:
        raise MemoryError("no room for the tree of a page") from error


def is_selector(text: str) -> bool:
    """Whether the parser takes `text` as a CSS selector."""
    try:
        _MOLD.css_first(text)
    except SelectolaxError:
        return False
    return True


def tag_ids(tags: str) -> frozenset[int]:
    """The parser's numbers of some elements: comparing them is several times cheaper than comparing `Node.tag`."""
    return frozenset(map(_tag_id, tags.split()))


def _tag_id(tag: str) -> int:
    return int(_MOLD.create_node(tag).tag_id)


def _first_id(html: str) -> int:
    """The id of the kind of node that stands first in the `p` of `html`."""
    paragraph = parse(html).css_first("p")
    if paragraph is None or paragraph.first_child is None:
        raise RuntimeError("the parser makes no nodes of text or comments")
    return int(paragraph.first_child.tag_id)


_MOLD = parse("")
TEXT_ID: int = _first_id("<p>text")
COMMENT_ID: int = _first_id("<p><!-- comment -->")
ROLES: dict[int, int] = {COMMENT_ID: Role.SKIP} | {
    _tag_id(tag): role for role, tags in _ROLE_TAGS.items() for tag in tags.split()
}
