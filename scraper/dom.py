"""The one door to selectolax.lexbor: nobody else imports it.

Does not decide anything about articles.
"""

from __future__ import annotations

from selectolax.lexbor import LexborHTMLParser, LexborNode

__all__ = ["Node", "Tree", "parse"]

Tree = LexborHTMLParser
Node = LexborNode


def parse(html: str | bytes) -> Tree:
    """The tree of `html`; bytes must be UTF-8. Never fails: HTML has no invalid input (WHATWG 13.2)."""
    return LexborHTMLParser(html)
