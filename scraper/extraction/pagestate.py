"""What is this page: an article, or one of the things that are dressed like one?

Structured signals come first (JSON-LD types, `isAccessibleForFree`, where the canonical link leads,
the shape of the page); words are looked for only inside what was extracted, since lists over a whole
page give false alarms. What no rule knows is left to a learned verdict (`page_verdict`). Does not
decide whether an article is good enough: `pipelines.quality` does.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import exp, inf
from urllib.parse import urlsplit

from scraper.extraction import page_features, page_verdict, page_words
from scraper.extraction.blocks import Block, Layout
from scraper.extraction.body import Reading
from scraper.extraction.metadata import Fields
from scraper.extraction.state_words import CONSENT, LOGIN, NOT_FOUND, ROBOT_CHECK, SUBSCRIBE
from scraper.text import fold, words
from scraper.values import ArticleKind, Page, PageState, Paragraph, ParagraphKind

# schema.org types of pages that are no article, where no type of an article stands beside them.
_OTHER_TYPES = frozenset(
    {"product", "productgroup", "qapage", "discussionforumposting", "searchresultspage", "profilepage", "jobposting"}
    | {"softwareapplication", "contactpage", "aboutpage"}
)
_LIST_TYPES = frozenset({"collectionpage", "itemlist", "offercatalog", "searchresultspage"})

# Letters of extracted text. Walls, error pages and teasers are shorter than nearly every article.
_SHORT_CHARS = 700
_EMPTY_CHARS = 60
_MAIN_SHARE = 0.4
_SHORT_PAGE_CHARS = 1500
_N_BEHIND = 4  # blocks
_SHELL_SCRIPT_BYTES = 2000

# No product, forum, listing, collection or service page of the corpora has one of these; 261 of 1,605 articles do.
_NEWS_TYPES = frozenset({"newsarticle", "reportagenewsarticle", "liveblogposting"})

# How much it speaks for an article that a feed or sitemap announced the page with a date. The corpora's pages come
# without announcements, so this is set and not measured: it lets briefs of two sentences pass that have nothing else.
_ANNOUNCED_ODDS = 1.0

# A page of hardly more than a headline and its text looks like the stubs that shops and forums show to programs, which
# is what most small pages of the corpora are. These have no headline, or an address that tells.
_PLAIN_ODDS = 1.0
_MAX_PLAIN_BLOCKS = 25
_MIN_PLAIN_SHARE = 0.7

_MIN_CARDS = 3
_CARD_SHARE = 0.6
_MAX_CARD_BLOCKS = 8
_MAX_CARD_CHARS = 250  # on average; lists of things that are described at length are articles
_MAX_CARD_DEPTH = 4


@dataclass(frozen=True, slots=True)
class Finding:
    """The state of a page and what speaks for it, in a few words."""

    state: PageState
    evidence: str = ""


def judge(page: Page, fields: Fields, reading: Reading, paragraphs: Sequence[Paragraph]) -> Finding:
    """What the page is, by its fields, its shape and the paragraphs extracted from it."""
    finding = by_rules(page, fields, reading.layout, paragraphs)
    if finding is not None:
        return finding
    cards = by_cards(reading.layout, paragraphs)
    # Text from the page's data has no scores to judge by; articles among these are dated, shops and threads are not.
    is_plain_data = reading.scores is None and fields.published_at is not None
    cut = None if is_news(fields) or is_plain_data else cut_of(reading)
    if cut is None:
        return cards or Finding(PageState.ARTICLE)
    return _by_learning(page, fields, cut, cards) or Finding(PageState.ARTICLE)


def believed(finding: Finding) -> Finding:
    """The finding on a page where a person's rule found the text: it is an article, if not a wall or a teaser."""
    if finding.state in (PageState.NOT_ARTICLE, PageState.INDEX_PAGE):
        return Finding(PageState.ARTICLE, f"the site's rule found the text; else: {finding.evidence}")
    return finding


def is_news(fields: Fields) -> bool:
    """Whether the page's own word makes it an article, whatever was learned from others."""
    types = {name.lower() for name in fields.types}
    return fields.kind is ArticleKind.LIVE_BLOG or not _NEWS_TYPES.isdisjoint(types)


def by_rules(page: Page, fields: Fields, layout: Layout, paragraphs: Sequence[Paragraph]) -> Finding | None:
    """Why the page is no article, if a rule knows; nothing is learned here."""
    n_chars = _n_letters(paragraphs, inf if fields.is_accessible_for_free is False else _SHORT_CHARS)
    types = frozenset(name.lower() for name in fields.types)
    is_article_type = any("article" in name or "posting" in name or name == "report" for name in types)
    return (
        _by_wall(fields, n_chars)
        or _by_address(page, fields)
        or _by_type(types, is_article_type=is_article_type)
        or (
            _by_words(f"{fields.title or ''} {_around(layout, paragraphs)}", n_chars)
            if n_chars < _SHORT_CHARS
            else None
        )
        or _by_emptiness(page, layout, n_chars)
    )


def _n_letters(paragraphs: Sequence[Paragraph], enough: float) -> int:
    """How many letters the text has; at least `enough` where it has so many, since all of them take long to count."""
    n = 0
    for paragraph in paragraphs:
        if paragraph.kind is not ParagraphKind.CAPTION:
            n += sum(map(len, words(paragraph.text)))
        if n >= enough:
            break
    return n


def _by_wall(fields: Fields, n_chars: int) -> Finding | None:
    """The publisher's own word that the text is not free, where only a part of it is here."""
    if fields.is_accessible_for_free is not False:
        return None
    n_announced = sum(map(len, words(fields.article_body or "")))
    is_part = n_announced > 1.2 * n_chars if n_announced else n_chars < _SHORT_CHARS
    if not is_part:
        return None
    state = PageState.TEASER if n_chars >= _EMPTY_CHARS else PageState.PAYWALL
    return Finding(state, f"isAccessibleForFree is false and only {n_chars} letters are here")


def _by_address(page: Page, fields: Fields) -> Finding | None:
    path = urlsplit(page.final_url).path
    if path in ("", "/") and urlsplit(page.url).path not in ("", "/"):
        return Finding(PageState.SOFT_404, "redirected to the front page")
    return None


def _by_type(types: frozenset[str], *, is_article_type: bool) -> Finding | None:
    if is_article_type or not types:
        return None
    if found := sorted(types & _LIST_TYPES):
        return Finding(PageState.INDEX_PAGE, f"the page calls itself {found[0]}")
    if found := sorted(types & _OTHER_TYPES):
        return Finding(PageState.NOT_ARTICLE, f"the page calls itself {found[0]}")
    return None


def _around(layout: Layout, paragraphs: Sequence[Paragraph]) -> str:
    """The extracted text and the blocks right behind it, where walls stand; a short page of mostly other text whole."""
    n_page = sum(len(block.text) for block in layout.blocks)
    if n_page < _SHORT_PAGE_CHARS and sum(len(p.text) for p in paragraphs) < _MAIN_SHARE * n_page:
        return " ".join(block.text for block in layout.blocks)
    kept = dict.fromkeys(p.text for p in paragraphs)
    last = max((at for at, block in enumerate(layout.blocks) if block.text in kept), default=-1)
    behind = layout.blocks[last + 1 : last + 1 + _N_BEHIND] if last >= 0 else []
    return " ".join([*kept, *(block.text for block in behind)])


def _by_words(text: str, n_chars: int) -> Finding | None:
    """What short pages say of themselves; long ones may report on walls and errors."""
    padded = f" {fold(text)} "
    for state, phrases in (
        (PageState.BOT_WALL, ROBOT_CHECK),
        (PageState.CONSENT_WALL, CONSENT),
        (PageState.SOFT_404, NOT_FOUND),
        (PageState.LOGIN, LOGIN),
        (PageState.TEASER if n_chars >= _EMPTY_CHARS else PageState.PAYWALL, SUBSCRIBE),
    ):
        found = next((phrase for phrase in phrases if phrase in padded), None)
        if found is not None:
            return Finding(state, f"{n_chars} letters that say {found.strip()!r}")
    return None


def by_cards(layout: Layout, paragraphs: Sequence[Paragraph]) -> Finding | None:
    """Most of the text stands in cards: small boxes of one shape, each with a linked headline."""
    kept = {p.text for p in paragraphs}
    n_total = n_in_cards = 0
    cards: set[int] = set()
    known: dict[int, bool] = {}
    for block in layout.blocks:
        if block.text not in kept:
            continue
        n_total += len(block.text)
        card = _card(layout, block, known)
        if card is not None:
            n_in_cards += len(block.text)
            cards.add(card)
    is_short = n_in_cards <= _MAX_CARD_CHARS * len(cards)
    if len(cards) >= _MIN_CARDS and is_short and n_in_cards >= _CARD_SHARE * n_total:
        return Finding(PageState.INDEX_PAGE, f"{len(cards)} teasers with linked headlines make up the text")
    return None


def _card(layout: Layout, block: Block, known: dict[int, bool]) -> int | None:
    """The card the block stands in; `known` are the boxes asked before."""
    at = block.box
    for _ in range(_MAX_CARD_DEPTH):
        box = layout.boxes[at]
        if box.end - box.first > _MAX_CARD_BLOCKS or box.parent < 0:
            return None
        if at not in known:
            inside = layout.blocks[box.first : box.end]
            known[at] = len(inside) >= 2 and any(map(_is_headline_link, inside))
        if known[at]:
            return at
        at = box.parent
    return None


def _is_headline_link(block: Block) -> bool:
    return block.n_link_chars >= 0.8 * len(block.text) and len(block.text) >= 15


def _by_emptiness(page: Page, layout: Layout, n_chars: int) -> Finding | None:
    if n_chars >= _EMPTY_CHARS:
        return None
    n_visible = sum(len(block.text) for block in layout.blocks)
    if n_visible < 10 * _EMPTY_CHARS and page.body.count(b"<script") and len(page.body) > _SHELL_SCRIPT_BYTES:
        return Finding(PageState.NEEDS_BROWSER, f"{n_visible} letters of text beside scripts")
    return Finding(PageState.NOT_ARTICLE, "no text of an article found")


def cut_of(reading: Reading) -> page_features.Cut | None:
    """What the learned verdict looks at; nothing where no text was found."""
    kept = reading.draft.kept()
    return page_features.Cut(layout=reading.layout, scores=reading.draft.scores, kept=kept) if kept else None


def _by_learning(page: Page, fields: Fields, cut: page_features.Cut, cards: Finding | None) -> Finding | None:
    """What pages that are no article have in common, where no rule says it; being made of cards is part of it."""
    columns = numbers(page.final_url, fields, cut, cards)
    said = page_words.said(page.final_url, fields, cut.layout)
    trained = page_verdict.shipped()
    odds = trained.log_odds(columns, said) + favour(fields, cut, columns)
    if odds >= page_verdict.MIN_ODDS:
        return None
    if cards is not None:
        return cards
    state = PageState.INDEX_PAGE if columns["path_list"] and not columns["path_product"] else PageState.NOT_ARTICLE
    against = ", ".join(trained.reasons(columns, said))
    return Finding(state, f"learned verdict: {1 / (1 + exp(-odds)):.2f} of an article; against it: {against}")


def favour(fields: Fields, cut: page_features.Cut, columns: Mapping[str, float]) -> float:
    """What is added to the learned log odds of a page that a feed dates, or that is little more than headline and text.

    Nothing where the text is made of cards.
    """
    if columns["cards"]:
        return 0.0
    is_announced = any(candidate.origin == "feed:published_at" for candidate in fields.candidates)
    is_told = columns["path_forum"] or columns["path_list"] or columns["path_product"]
    is_small = len(cut.layout.blocks) < _MAX_PLAIN_BLOCKS and columns["kept_share"] >= _MIN_PLAIN_SHARE
    has_headline = any(cut.layout.tag(block) == "h1" for block in cut.layout.blocks[:_MAX_PLAIN_BLOCKS])
    is_plain = is_small and has_headline and not is_told
    return _ANNOUNCED_ODDS * is_announced + _PLAIN_ODDS * is_plain


def numbers(url: str, fields: Fields, cut: page_features.Cut, cards: Finding | None) -> dict[str, float]:
    """What the learned verdict goes by besides the words."""
    return page_features.columns(url, fields, cut) | {"cards": float(cards is not None)}
