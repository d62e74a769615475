"""Every value that crosses a module border. Read this first.

    Source -> Link -> Page -> Article -> Revision -> row

A value goes forward and never comes back. All types are frozen, slotted and keyword-only, and each
is made in exactly one place (named in its docstring). Absent is `None` or empty; a failure is an
exception from `scraper.errors`, never a half-filled value.

Does not hold behaviour beyond what can be computed from one value alone.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any

CELL_BORDER = " | "
"""Stands between the cells of a table row in a paragraph's text."""


RENDERED = "newsdesk-rendered"
"""The header of pages that a browser showed; no server sends it."""


class SourceKind(StrEnum):
    """How a source announces its articles."""

    FEED = "feed"
    SITEMAP = "sitemap"
    SECTION = "section"


class PageState(StrEnum):
    """What a page is. Everything but ARTICLE has the same name as the outcome it leads to."""

    ARTICLE = "article"
    TEASER = "teaser"
    PAYWALL = "paywall"
    CONSENT_WALL = "consent_wall"
    BOT_WALL = "bot_wall"
    LOGIN = "login"
    SOFT_404 = "soft_404"
    INDEX_PAGE = "index_page"
    NOT_ARTICLE = "not_article"
    TOO_SHORT = "too_short"
    NEEDS_BROWSER = "needs_browser"


class ArticleKind(StrEnum):
    """What sort of article it is."""

    NEWS = "news"
    OPINION = "opinion"
    ANALYSIS = "analysis"
    REVIEW = "review"
    LIVE_BLOG = "live_blog"
    INTERVIEW = "interview"
    PRESS_RELEASE = "press_release"
    ADVERTISEMENT = "advertisement"
    OBITUARY = "obituary"
    CORRECTION = "correction"
    VIDEO = "video"
    GALLERY = "gallery"


class Access(StrEnum):
    """Who may read the whole text."""

    FREE = "free"
    METERED = "metered"
    PAID = "paid"


class ParagraphKind(StrEnum):
    """The part a paragraph plays in the article."""

    LEAD = "lead"
    TEXT = "text"
    HEADING = "heading"
    LIST_ITEM = "list_item"
    QUOTE = "quote"
    TABLE_ROW = "table_row"
    CODE = "code"
    CAPTION = "caption"


class Precision(StrEnum):
    """How exactly a moment is known."""

    DAY = "day"
    MINUTE = "minute"
    SECOND = "second"


class OutcomeKind(StrEnum):
    """The closed list of fates of an address; the README explains each in one line."""

    STORED = "stored"
    UNCHANGED = "unchanged"
    REVISED = "revised"
    REEXTRACTED = "reextracted"
    DUPLICATE = "duplicate"
    GONE = "gone"
    PUT_OFF = "put_off"
    TEASER = "teaser"
    PAYWALL = "paywall"
    CONSENT_WALL = "consent_wall"
    BOT_WALL = "bot_wall"
    LOGIN = "login"
    SOFT_404 = "soft_404"
    INDEX_PAGE = "index_page"
    NOT_ARTICLE = "not_article"
    TOO_SHORT = "too_short"
    NEEDS_BROWSER = "needs_browser"
    ROBOTS = "robots"
    UNSAFE_ADDRESS = "unsafe_address"
    HTTP_ERROR = "http_error"
    TIMEOUT = "timeout"
    UNREACHABLE = "unreachable"
    TOO_LARGE = "too_large"
    INCOMPLETE = "incomplete"
    UNSUPPORTED_TYPE = "unsupported_type"
    PARSE_ERROR = "parse_error"
    CRASHED = "crashed"


class MatchKind(StrEnum):
    """How an accepted article relates to what is already stored."""

    NEW = "new"
    UNCHANGED = "unchanged"
    REVISED = "revised"
    REEXTRACTED = "reextracted"
    DUPLICATE = "duplicate"


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Something that announces articles. Made by `pipelines.sources` and `db.sources`."""

    url: str
    kind: SourceKind
    site: str
    language: str | None = None
    interval_s: int = 3600
    since: datetime | None = None
    """Take articles published from here on; None: the default horizon before each run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What to ask a server for, with the validators of the last answer. Made by `db`."""

    url: str
    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Host:
    """What later runs should know of an origin (scheme, host, port). Made by `scraper.fetching` and `db.hosts`."""

    origin: str
    n_failed_runs: int = 0
    """Runs in a row which ended up leaving it alone because it did not answer."""
    alone_until: datetime | None = None
    """Not asked before, for that; None after a run that failed: `pipelines` has to say."""
    rests_until: datetime | None = None
    """Not asked before, nor the rest of its site: it said so itself, with `rest_status`."""
    rest_status: int = 429
    robots: bytes | None = None
    """The body of its robots.txt; empty where there is none."""
    robots_read_at: datetime | None = None
    tdmrep: bytes | None = None
    """The body of its tdmrep.json; empty where there is none, or none that can be read."""
    tdmrep_read_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """An address that a source announced, and what it said about it. Made by `scraper.discovery`.

    `url` is canonical (`scraper.urls.canonical`); times are aware.
    """

    url: str
    source_url: str
    title: str | None = None
    published_at: datetime | None = None
    modified_at: datetime | None = None
    language: str | None = None
    image: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Announcement:
    """What one document of a source announces. Made by `scraper.discovery.reading`.

    `links` in the document's order, each address once, without those older than the source's `since`, which are
    in `n_too_old` only; `n_announced` counts all. `sitemaps` are the parts of a sitemap index, newest first, with
    `modified_at` where the index states it. `hub_url` is the feed's WebSub hub, `next_url` a section's next page.
    """

    links: tuple[Link, ...] = ()
    n_announced: int = 0
    n_too_old: int = 0
    sitemaps: tuple[Link, ...] = ()
    hub_url: str | None = None
    next_url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SitemapPart:
    """A part of a sitemap index as it was met last. Made by `pipelines.parts` and `db.sitemap_parts`.

    `read_at` is None while the part waits to be read. `modified_at` is what the index said when it was.
    """

    request: Request
    modified_at: datetime | None = None
    read_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A whole answer of a server. Made by `scraper.fetching`, `db.archive` and the commands that read files.

    `url` is what was asked for, exactly as given; `final_url` is where redirects led. `body` is
    decompressed; where it came compressed, `raw` may hold it as it came. `headers` are pairs with
    lower-case names, in the order received. `opt_outs` are the learning machines that robots.txt keeps
    out, and what tdmrep.json reserves: `tdm-reservation`, `tdm-policy:ADDRESS`.
    """

    url: str
    final_url: str
    status: int
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes
    raw: bytes | None = field(default=None, repr=False, compare=False)
    fetched_at: datetime
    opt_outs: tuple[str, ...] = ()

    @property
    def is_rendered(self) -> bool:
        """Whether the body is what a browser showed; see `scraper.fetching.browser`."""
        return self.header(RENDERED) is not None

    @property
    def sha256(self) -> str:
        """Hex digest of the body."""
        return hashlib.sha256(self.body).hexdigest()

    def header(self, name: str) -> str | None:
        """The first header of that (lower-case) name, or None."""
        return next((value for key, value in self.headers if key == name), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordPlace:
    """Where a record lies in the archive. Made by `db.archive`. Offset and length in bytes."""

    file: str
    offset: int
    length: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PageRecord:
    """The row of an archived page, without its body. Made by `db.pages`.

    `link` holds what was announced about the address (`link.url` is canonical, `url` as given).
    """

    id: int
    link_id: int
    site: str
    link: Link
    url: str
    final_url: str
    status: int
    sha256: str
    fetched_at: datetime
    place: RecordPlace
    opt_outs: tuple[str, ...] = ()
    is_rendered: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Rhythm:
    """When a source brings something. Made by `pipelines.rhythm`, kept by `db.sources`.

    `recent` are the latest arrivals in order; `hours` (24, UTC) and `days` (7, from Monday) count arrivals, older ones
    less, as of `counted_at`; `since` is when counting began.
    """

    recent: tuple[datetime, ...] = ()
    hours: tuple[float, ...] = (0.0,) * 24
    days: tuple[float, ...] = (0.0,) * 7
    counted_at: datetime | None = None
    since: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteDay:
    """What a site brought on one day (UTC). Made by `db.health`, judged by `pipelines.health`.

    `outcomes` counts the addresses looked at by what became of them; the rest is about the articles whose text came
    that day: how many lack something, the letters of each (`lengths`), the hours from publication to first sight of
    each (`lags_h`), the extractor's mean confidence, and the mean share of text that the site's memory removed.
    """

    site: str
    day: date
    n_asked: int = 0
    n_failed_asks: int = 0
    n_announced: int = 0
    n_new: int = 0
    outcomes: Mapping[str, int] = field(default_factory=dict)
    n_articles: int = 0
    n_without_author: int = 0
    n_without_time: int = 0
    n_without_image: int = 0
    lengths: tuple[int, ...] = ()
    lags_h: tuple[float, ...] = ()
    confidence: float | None = None
    removed: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceRecord:
    """A source with its bookkeeping. Made by `db.sources`."""

    id: int
    source: Source
    request: Request
    is_paused: bool
    due_at: datetime | None
    checked_at: datetime | None
    outcome: str | None
    reason: str | None
    n_failures: int
    hub_url: str | None = None
    """The feed's WebSub hub, as it said last."""
    rhythm: Rhythm = Rhythm()
    n_not_modified: int = 0
    """Answers of 304 in a row."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DueLink:
    """An address to be fetched now. Made by `db.links`. `page_id` is its latest page, None if never fetched."""

    id: int
    site: str
    request: Request
    published_at: datetime | None
    first_seen_at: datetime
    n_tries: int
    page_id: int | None
    page_sha256: str | None
    article_id: int | None
    outcome: str | None = None
    is_rendered: bool = False
    """Whether a browser showed its latest page."""
    n_not_modified: int = 0
    """Answers of 304 in a row."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NotModified:
    """The server's word that nothing changed (304). Made by `scraper.fetching`."""

    url: str
    fetched_at: datetime
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """A point in time as a page states it. Made by `scraper.dates`.

    `at` is aware: in the zone the page states, or in UTC with `has_zone` False where it states
    none. For `Precision.DAY` the time of day means nothing. `raw` is the text it was read from.
    """

    at: datetime
    precision: Precision
    has_zone: bool
    raw: str = ""

    def iso(self) -> str:
        """ISO 8601, as exact as is known: `2026-05-04`, or with time, or with time and zone."""
        if self.precision is Precision.DAY:
            return self.at.date().isoformat()
        at = self.at if self.has_zone else self.at.replace(tzinfo=None)
        return at.isoformat(timespec="seconds")


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """One vocabulary's answer for one field of an article. Made by the readers in `scraper.extraction`.

    `origin` names the vocabulary and the place in it, such as `jsonld:headline` or `opengraph:og:title`.
    """

    field: str
    value: Any
    origin: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    """One piece of an article's text, without line breaks but those that carry meaning.

    `level` is a heading's rank (1 to 6), a list item's depth (1 for the outermost list), 1 for a table's head row.
    `number` is that of an item in a numbered list. 0: none, or not known.
    """

    kind: ParagraphKind
    text: str
    level: int = 0
    number: int = 0

    @property
    def cells(self) -> tuple[str, ...]:
        """The cells of a table row."""
        return tuple(self.text.split(CELL_BORDER))

    @property
    def plain(self) -> str:
        """The paragraph as it stands in a text: an item of a numbered list with its number."""
        return f"{self.number}. {self.text}" if self.number else self.text

    def as_json(self) -> dict[str, Any]:
        """The paragraph as JSON; level and number only where there are any."""
        if not (self.level or self.number):
            return {"kind": self.kind.value, "text": self.text}
        marks = {"level": self.level, "number": self.number}
        return {"kind": self.kind.value, "text": self.text, **{name: value for name, value in marks.items() if value}}


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """What a page says, and nothing but that. Made by `scraper.extraction.extract`.

    `origins` maps a field to the `Candidate.origin` that won it. `details` holds JSON values only.
    `confidence` is between 0 and 1. `extractor` names the version that read the page.
    """

    url: str
    site: str
    fetched_at: datetime
    extractor: str
    page_sha256: str
    canonical_url: str | None = None
    site_name: str | None = None
    title: str | None = None
    authors: tuple[str, ...] = ()
    published_at: Moment | None = None
    modified_at: Moment | None = None
    language: str | None = None
    description: str | None = None
    section: str | None = None
    tags: tuple[str, ...] = ()
    image: str | None = None
    kind: ArticleKind | None = None
    access: Access | None = None
    state: PageState = PageState.ARTICLE
    paragraphs: tuple[Paragraph, ...] = ()
    details: Mapping[str, Any] = field(default_factory=dict)
    origins: Mapping[str, str] = field(default_factory=dict)
    confidence: float = 0.0

    @property
    def body(self) -> str:
        """The paragraphs but captions, joined by a blank line."""
        return "\n\n".join(p.plain for p in self.paragraphs if p.kind is not ParagraphKind.CAPTION)


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """A span of time, both ends in it; None: open. Made by `scraper.extraction.memory`."""

    since: datetime | None = None
    until: datetime | None = None

    def __contains__(self, at: datetime) -> bool:
        return (self.since is None or self.since <= at) and (self.until is None or at <= self.until)


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteMemory:
    """What the pages of one site repeat. Made by `scraper.extraction.memory`, kept by `db.memory`.

    `repeated` maps the fingerprint of a block (`scraper.text.fingerprint`), or another key of `memory`, to the
    number of distinct articles it was seen with. A key in `periods` holds for pages fetched in those only.
    `generation` steps when keys or periods change.
    """

    site: str
    generation: int = 0
    n_pages: int = 0
    repeated: Mapping[str, int] = field(default_factory=dict)
    periods: Mapping[str, tuple[Period, ...]] = field(default_factory=dict)
    kept: frozenset[str] = frozenset()
    """Fingerprints of lines that a person wants kept, repeated or not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteRule:
    """What a person says of one site's pages where the ordinary reading fails. Made by `pipelines.site_rules`.

    `body`, `drop`, `title`, `authors` and `published_at` are CSS selectors; `time_zone` is the IANA name of the zone of
    dates that state none. What is None is read as on any other site.
    """

    body: str | None = None
    drop: tuple[str, ...] = ()
    title: str | None = None
    authors: str | None = None
    published_at: str | None = None
    time_zone: str | None = None

    @property
    def fingerprint(self) -> str:
        """Eight hexadecimal digits that change with every change of the rule."""
        parts = (self.body, self.drop, self.title, self.authors, self.published_at, self.time_zone)
        return hashlib.sha256(repr(parts).encode()).hexdigest()[:8]


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What an extraction may know besides the page. Made by `pipelines.digest`; empty by default."""

    link: Link | None = None
    memory: SiteMemory | None = None
    rule: SiteRule | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Whether a page is stored as an article, and why. Made by `pipelines.quality`."""

    is_accepted: bool
    outcome: OutcomeKind
    evidence: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A stored article as `pipelines.dedup` needs it. Made by `db.articles`.

    `by` says how it was found: the same `link`, the same `canonical` address, or the same `text`. `is_comparable` is
    false when its text was read by another extractor or site memory and its page can't be read anew.
    """

    article_id: int
    by: str
    page_id: int
    page_sha256: str
    fetched_at: datetime
    fingerprint: str
    state: PageState
    extractor: str
    generation: int
    is_comparable: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """How an article relates to the stored ones. Made by `pipelines.dedup`. `article_id` is None if new."""

    kind: MatchKind
    article_id: int | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """The only thing `db.articles.save` accepts. Made by `pipelines.digest`.

    `page` is where the article was read, `generation` that of the site memory it was read with,
    `fingerprint` that of its title and body, `saved_at` the time by our own clock.
    """

    article: Article
    verdict: Verdict
    match: Match
    page: PageRecord
    generation: int
    fingerprint: str
    saved_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredArticle:
    """An article as the database holds it. Made by `db.articles`."""

    id: int
    article: Article
    first_seen_at: datetime
    gone_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredRevision:
    """What an article said after a change by its publisher; number 1 is what was seen first. Made by `db.history`."""

    number: int
    title: str | None
    paragraphs: tuple[Paragraph, ...]
    fetched_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of one address in one stage. Made by `pipelines.outcomes`."""

    stage: str
    url: str
    kind: OutcomeKind
    reason: str = ""
    elapsed_s: float = 0.0
