"""The one door to selectolax.lexbor: nobody else imports it.

Says what each HTML element is to a reader of text (`ROLES`), and keeps the parser from input it cannot
digest (`taming`). Does not decide anything about articles.
"""

from __future__ import annotations

from typing import Final

from selectolax.lexbor import LexborHTMLParser, LexborNode

from scraper import taming

__all__ = ["ROLES", "TEXT_ID", "Node", "Role", "Tree", "parse", "tag_ids"]

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
    SKIP: Final = 10
    BREAK: Final = 11
    MEDIA: Final = 12


# WHATWG HTML, rendering section: everything not named here is set as a block, custom elements too.
_ROLE_TAGS = {
    Role.INLINE: "abbr acronym bdi bdo big center-inline cite code data del dfn em font i ins kbd mark nobr q rb rp rt "
    "ruby s samp small span strike sub sup time tt u var wbr",
    Role.LINK: "a",
    Role.BOLD: "b strong",
    Role.PRE: "pre listing xmp plaintext",
    Role.SKIP: "script style noscript template svg math select option optgroup datalist textarea head title link meta "
    "base area map param source track input nav",
    Role.BREAK: "br",
    Role.MEDIA: "img picture iframe video audio object embed canvas amp-img",
}


def parse(html: str | bytes) -> Tree:
    """The tree of `html`; bytes must be UTF-8. Never fails: HTML has no invalid input (WHATWG 13.2)."""
    return LexborHTMLParser(taming.tame(html.encode("utf-8", "replace") if isinstance(html, str) else html))


def tag_ids(tags: str) -> frozenset[int]:
    """The parser's numbers of some elements: comparing them is several times cheaper than comparing `Node.tag`."""
    return frozenset(map(_tag_id, tags.split()))


def _tag_id(tag: str) -> int:
    return int(_MOLD.create_node(tag).tag_id)


_MOLD = parse("<p>text")
_PARAGRAPH = _MOLD.css_first("p")
TEXT_ID: int = _PARAGRAPH.first_child.tag_id if _PARAGRAPH and _PARAGRAPH.first_child else 2
ROLES: dict[int, int] = {_tag_id(tag): role for role, tags in _ROLE_TAGS.items() for tag in tags.split()}
