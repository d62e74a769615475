"""The characters of a page: from bytes in any encoding of the web to UTF-8.

The order is that of the HTML standard (13.2.3.2): byte order mark, the answer's header, the page's own
declaration, then what the bytes look like. Two things differ, because declarations lie more often than
bytes: what is valid UTF-8 with more than ASCII in it is read as UTF-8 whatever is declared, and a page that
declares UTF-8 and is not is read as something else. What was encoded twice is put right (`scraper.mojibake`).

Labels are the encoding standard's (`scraper.charsets`). Does not look at the text's language.
"""

from __future__ import annotations

import codecs
import re

from scraper import charsets, legacy, mojibake
from scraper.values import Page

MAX_HEAD_BYTES = 4096
"""How far a declaration is looked for; the standard says 1,024, real pages put theirs later."""

_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_BE, "utf-16-be"), (codecs.BOM_UTF16_LE, "utf-16-le"))
_HEADER_CHARSET = re.compile(r"charset\s*=\s*[\"']?([^\s;\"',]+)", re.IGNORECASE)
_META_CHARSET = re.compile(rb"<meta[^>]{0,500}?charset\s*=\s*[\"']?\s*([^\s\"'/>;]+)", re.IGNORECASE)
_XML_ENCODING = re.compile(rb"^\s*<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([^\"']+)", re.IGNORECASE)
# A page in one of these is pure ASCII by its bytes, so ASCII proves nothing.
_ESCAPE_BASED = frozenset({"iso2022_jp_ext"})
_DAMAGE_SHARE = 0.005
"""At most this share of bytes may be wrong for text to count as damaged UTF-8 rather than something else:
a broken byte here and there comes from cut strings, a whole page of them from another encoding."""


def to_utf8(page: Page) -> bytes:
    """The page's body in UTF-8, without byte order mark. The very same object where nothing has to be done."""
    return read(page)[0]


def read(page: Page) -> tuple[bytes, int]:
    """The same, and the number of its characters that were encoded twice and are right now."""
    name, is_sound = _examined(page)
    return mojibake.repair(page.body if is_sound else _decoded(page.body, name).encode("utf-8", "replace"))


def decode(page: Page) -> str:
    """The page's body as text, without byte order mark. Never fails: damage becomes U+FFFD."""
    return _decoded(page.body, codec_of(page))


def codec_of(page: Page) -> str:
    """Python's name of the codec in which the page's body is written, as far as can be told."""
    return _examined(page)[0]


def _examined(page: Page) -> tuple[str, bool]:
    """The codec, and whether the body is known to be sound UTF-8 without byte order mark."""
    body = page.body
    for mark, name in _BOMS:
        if body.startswith(mark):
            return name, False
    declared = declared_codec(page)
    if declared in _ESCAPE_BASED and b"\x1b" in body:
        return declared, False
    if declared in ("utf-16-le", "utf-16-be") and b"\x00" in body[:200]:
        return declared, False
    if _is_utf8(body):
        return "utf-8", True
    if declared and declared != "utf-8" and not declared.startswith("utf-16"):
        return declared, False
    return _meant(body), False


def declared_codec(page: Page) -> str | None:
    """The codec that the answer's header or the page itself declares; None if neither does, in known words."""
    label = header_label(page)
    if label and (name := charsets.codec(label)):
        return name
    head = page.body[:MAX_HEAD_BYTES]
    for pattern in (_XML_ENCODING, _META_CHARSET):
        found = pattern.search(head)
        name = charsets.codec(found[1].decode("latin-1")) if found else None
        if name:
            # That it could be read as ASCII shows that it is not UTF-16 (13.2.3.3).
            return "utf-8" if name.startswith("utf-16") else name
    return None


def header_label(page: Page) -> str | None:
    """The charset that the Content-Type header names, as written there."""
    found = _HEADER_CHARSET.search(page.header("content-type") or "")
    return found[1] if found else None


def _is_utf8(body: bytes) -> bool:
    if body.isascii():
        return True
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _decoded(body: bytes, name: str) -> str:
    text = body.decode(name, "replace")
    return text.removeprefix("\ufeff")


def _meant(body: bytes) -> str:
    """The likeliest codec of bytes that are not valid UTF-8 and not declared as anything else."""
    damaged = body.decode("utf-8", "replace")
    n_wrong = damaged.count("\ufffd")
    n_right = sum(1 for char in damaged if char > "\x7f") - n_wrong
    if n_right > n_wrong and n_wrong <= max(3, len(body) * _DAMAGE_SHARE):
        return "utf-8"
    return legacy.guess(body)
