"""JSON as pages really contain it -> values (RFC 8259 first, repairs only where that fails).

Repairs comments, CDATA marks, HTML entities for quotes, raw line breaks, trailing and missing commas, several
documents in one. Does not evaluate anything and never raises.
"""

from __future__ import annotations

import html
import json
import re
from typing import Any

MAX_CHARS = 2_000_000
MAX_DOCUMENTS = 50

_MARKS = re.compile(r"<!--|-->|(?://|/\*)?\s{0,9}<!\[CDATA\[(?:\s{0,9}\*/)?|(?://|/\*)?\s{0,9}\]\]>(?:\s{0,9}\*/)?")
# Strings are matched so that nothing inside them is taken for a comment; one that never ends is taken to the end of
# the text, or each of its quotes would be tried again.
_COMMENT = re.compile(r'("(?:[^"\\]|\\.)*+(?:"|\\?\Z))|/\*.*?\*/|(?<![:\w])//[^\n]*', re.DOTALL)
_TRAILING_COMMA = re.compile(r'("(?:[^"\\]|\\.)*+(?:"|\\?\Z))|,(\s*+[}\]])', re.DOTALL)
_MISSING_COMMA = re.compile(r'("(?:[^"\\]|\\.)*+(?:"|\\?\Z)|[}\]])(\s*+)(?:(?=(["{\[]))|)', re.DOTALL)
_BAD_ESCAPE = re.compile(r"\\(?![\"\\/bfnrtu])")
_PAIR = re.compile(r'"(@?\w{2,30})"\s{0,9}:\s{0,9}"((?:[^"\\\n]|\\.){1,1000}+)"')


def load(text: str) -> list[Any]:
    """The values in `text`, usually one; empty if nothing can be read."""
    text = text[:MAX_CHARS].strip().lstrip("\ufeff")
    if not text:
        return []
    try:
        return [json.loads(text, strict=False)]
    except (ValueError, RecursionError):
        return _repaired(text)


def _repaired(text: str) -> list[Any]:
    text = _MARKS.sub("", text).strip().rstrip(";")
    if "&quot;" in text:
        text = text.replace("&quot;", '"')
    found = _documents(text)
    if found is None:
        # Where no comment ends, none begins: this keeps the pattern's work proportional to the text.
        end = max(text.rfind("*/") + 2, text.rfind("\n//") + 1)
        text = _COMMENT.sub(lambda m: m[1] or "", text[:end]) + text[end:]
        text = _TRAILING_COMMA.sub(lambda m: m[1] or m[2], text)
        found = _documents(text)
    if found is None:
        text = _MISSING_COMMA.sub(_with_comma, _BAD_ESCAPE.sub("", text))
        found = _documents(text)
    return found if found is not None else _pairs(text)


def _with_comma(match: re.Match[str]) -> str:
    # `"a" "b"` lacks a comma; `"a": "b"` does not, and neither does the end.
    return f"{match[1]},{match[2]}" if match[3] else match[0]


def _documents(text: str) -> list[Any] | None:
    """The documents that stand one after another in `text`, or None if it is not all readable."""
    decoder = json.JSONDecoder(strict=False)
    found: list[Any] = []
    at = 0
    while at < len(text) and len(found) < MAX_DOCUMENTS:
        try:
            value, at = decoder.raw_decode(text, at)
        except (ValueError, RecursionError):
            return None
        found.append(value)
        while at < len(text) and text[at] in " \t\r\n,;\x00":
            at += 1
    return found


def _pairs(text: str) -> list[Any]:
    """Last resort: the first value of every key that has a plain string, as one flat object."""
    flat: dict[str, Any] = {}
    for match in _PAIR.finditer(text):
        flat.setdefault(match[1], html.unescape(match[2].replace('\\"', '"').replace("\\/", "/")))
    author = re.search(r'"author"\s{0,9}:\s{0,9}[\[{\s]{1,20}[^}]{0,200}?"name"\s{0,9}:\s{0,9}"([^"]{2,100})"', text)
    if author:
        flat["author"] = author[1]
        if flat.get("name") == author[1]:
            del flat["name"]
    return [flat] if flat else []
