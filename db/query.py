"""The language of searches: what a person types, as a tree. Pure; `db.search` asks the database.

    query  = either { "OR" either }           words side by side must all occur: AND may be written or left out
    either = part { ["AND"] part }
    part   = ("NOT" | "-") part | "(" query ")" | [field ":"] (word | word "*" | '"' phrase '"')

Operators are written in capitals. A malformed query is a `QueryError` that names the place.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from unicodedata import combining, east_asian_width

from db.tokens import words
from scraper.errors import SettingsError
from scraper.values import ArticleKind

TEXT_FIELDS = ("title", "author", "tag", "body")
FILTERS = ("site", "lang", "kind", "optout", "after", "before")
MAX_QUERY_CHARS = 10_000
_MAX_DEPTH = 50
_SHOWN_CHARS = 50  # of a malformed query, on each side of the place
_OPT_OUT = re.compile(r"[A-Za-z0-9_-]+")
_TOKEN = re.compile(
    r'\s*(?:(?P<mark>[()])|(?P<minus>-)(?=[\w"(])|(?P<field>[a-z]+):(?=\S)|'
    r'"(?P<phrase>[^"]*)(?P<end>"|\Z)|(?P<word>[^\s"()]+))'
)


class QueryError(SettingsError):
    """The query can't be read; `at` is the place of the fault, from 0, and `shown` the query with a mark under it."""

    reason = "query_error"

    def __init__(self, message: str, query: str, at: int) -> None:
        super().__init__(f"{message}, at character {at + 1}", url="search")
        self.at = at
        self.shown = _marked(query, at)


def _marked(query: str, at: int) -> str:
    """Two lines: the query around the place, and a caret under it, wherever a terminal shows that character."""
    start, end = max(0, at - _SHOWN_CHARS), at + _SHOWN_CHARS
    before, after = (
        "".join(char if char.isprintable() else " " for char in part) for part in (query[start:at], query[at:end])
    )
    before = "…" * (start > 0) + before
    width = sum(0 if combining(char) else 1 + (east_asian_width(char) in "WF") for char in before)
    return f"{before}{after}{'…' * (end < len(query))}\n{' ' * width}^"


@dataclass(frozen=True, slots=True)
class Term:
    """Words in a row, the last perhaps only a beginning; in one field of the text, or anywhere."""

    words: tuple[str, ...]
    is_prefix: bool = False
    field: str | None = None


@dataclass(frozen=True, slots=True)
class Filter:
    """A condition on a column: `site`, `lang`, `kind`, `optout`, `after` (from that moment on) or `before`."""

    name: str
    value: str | datetime


@dataclass(frozen=True, slots=True)
class Not:
    """What must not be so."""

    part: Node


@dataclass(frozen=True, slots=True)
class And:
    """What must all be so."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """One of which must be so."""

    parts: tuple[Node, ...]


Node = Term | Filter | Not | And | Or


def parse(query: str) -> Node:
    """The tree of a query. Raises `QueryError`, also for a query without a word."""
    if len(query) > MAX_QUERY_CHARS:
        raise QueryError(f"longer than {MAX_QUERY_CHARS} characters", query, MAX_QUERY_CHARS)
    reader = _Reader(query)
    found = reader.query(0)
    if (token := reader.next()) is not None:
        raise QueryError("a bracket is closed that was never opened", query, token.start())
    if found is None:
        raise QueryError("there is no word in it to search for", query, 0)
    return found


def hits(node: Node) -> list[Term]:
    """The terms that a found article may hold: all but those behind NOT; what a snippet shows."""
    match node:
        case Term():
            return [node]
        case And(parts=parts) | Or(parts=parts):
            return [term for part in parts for term in hits(part)]
        case _:
            return []


class _Reader:
    """Reads tokens from left to right, one ahead."""

    def __init__(self, query: str) -> None:
        self._text = query.replace("\0", " ")
        self._at = 0

    def next(self) -> re.Match[str] | None:
        """The token at hand; None at the end."""
        return _TOKEN.match(self._text, self._at) if self._text[self._at :].strip() else None

    def _take(self, token: re.Match[str]) -> None:
        self._at = token.end()

    def query(self, depth: int) -> Node | None:
        """A query up to its end or closing bracket; None for one without a word."""
        if depth > _MAX_DEPTH:
            raise QueryError("too many brackets", self._text, self._at)
        parts: list[Node] = []
        while True:
            if (found := self._either(depth)) is not None:
                parts.append(found)
            token = self.next()
            if token is None or token["word"] != "OR":
                return _joined(Or, parts)
            if found is None:
                raise QueryError("nothing stands before OR", self._text, token.start("word"))
            self._take(token)
            if (behind := self.next()) is None or behind["mark"] == ")":
                raise QueryError("nothing follows OR", self._text, self._at)

    def _either(self, depth: int) -> Node | None:
        parts: list[Node] = []
        while (token := self.next()) is not None and token["mark"] != ")" and token["word"] != "OR":
            if token["word"] == "AND":
                self._take(token)
                if not parts or (behind := self.next()) is None or behind["mark"] == ")":
                    raise QueryError("AND stands between two terms", self._text, token.start("word"))
                continue
            if (part := self._part(token, depth)) is not None:
                parts.append(part)
        return _joined(And, parts)

    def _part(self, token: re.Match[str], depth: int) -> Node | None:
        self._take(token)
        if token["minus"] or token["word"] == "NOT":
            behind = self.next()
            if behind is None or behind["mark"] == ")":
                raise QueryError("nothing follows NOT", self._text, self._at)
            if depth > _MAX_DEPTH:
                raise QueryError("too many negations", self._text, self._at)
            part = self._part(behind, depth + 1)
            return None if part is None else Not(part)
        if token["mark"] == "(":
            found = self.query(depth + 1)
            if (end := self.next()) is None:
                raise QueryError("a bracket is never closed", self._text, token.start("mark"))
            self._take(end)
            return found
        if token["field"]:
            return self._field(token)
        if token["phrase"] is not None and not token["end"]:
            raise QueryError("a quotation mark is never closed", self._text, token.start("phrase") - 1)
        if (name := (token["word"] or "").removesuffix(":")) != token["word"] and name in TEXT_FIELDS + FILTERS:
            raise QueryError(f"a word or phrase must follow {name}:", self._text, token.end())
        return _term(token)

    def _field(self, token: re.Match[str]) -> Node | None:
        name, value = token["field"], self.next()
        if name not in TEXT_FIELDS + FILTERS:  # "https://a" and "12:30" are words
            return Term(tuple(words(name)))
        if value is None or value["mark"] or value["field"] or value["minus"]:
            raise QueryError(f"a word or phrase must follow {name}:", self._text, token.end())
        self._take(value)
        if name in TEXT_FIELDS:
            return _term(value, name)
        return _filter(name, value["word"] or value["phrase"], self._text, token.start("field"))


def _joined(kind: type[And] | type[Or], parts: Sequence[Node]) -> Node | None:
    if not parts:
        return None
    return parts[0] if len(parts) == 1 else kind(tuple(parts))


def _term(token: re.Match[str], field: str | None = None) -> Term | None:
    text = token["phrase"] if token["word"] is None else token["word"]
    found = tuple(words(text or ""))
    is_prefix = token["word"] is not None and token["word"].endswith("*")
    return Term(found, is_prefix, field) if found else None


def _filter(name: str, value: str, query: str, at: int) -> Filter:
    if name in ("after", "before"):
        return Filter(name, _moment(value, query, at))
    if name == "kind" and value.lower() not in list(ArticleKind):
        raise QueryError(f"kind is one of {', '.join(ArticleKind)}", query, at)
    if name == "optout" and not _OPT_OUT.fullmatch(value):
        raise QueryError("optout is the name of one, such as noai or gptbot, or any", query, at)
    return Filter(name, value.lower())


def _moment(value: str, query: str, at: int) -> datetime:
    """The start of `2026`, `2026-11` or `2026-11-01` in UTC, or a time of ISO 8601."""
    for form in ("%Y", "%Y-%m"):
        try:
            return datetime.strptime(value, form).replace(tzinfo=UTC)
        except ValueError:
            continue
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        raise QueryError("expected a day such as 2026-11-01, a month or a year", query, at) from None
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
