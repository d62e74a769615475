"""Is it new, revised, or a duplicate? A pure decision over what is stored."""

from __future__ import annotations

from pipelines.restless import is_restless
from scraper.text import fingerprint
from scraper.values import Article, Known, Match, MatchKind, PageRecord, PageState, ParagraphKind


def text_fingerprint(article: Article) -> str:
    """Equal for articles whose title and body differ at most in case, punctuation, white space and restless lines."""
    lines = [p.plain for p in article.paragraphs if p.kind is not ParagraphKind.CAPTION and not is_restless(p.plain)]
    return fingerprint("\n".join([article.title or "", *lines]))


def match(article: Article, text: str, page: PageRecord, known: Known | None) -> Match:
    """How `article` (of fingerprint `text`) relates to the stored one that it is or repeats.

    The very page the stored text was read from can only be read anew, never revised: only the
    publisher revises. So where a stored text of another extractor can't be read anew, a difference is no revision.
    Nothing older than the stored text changes it.
    """
    if known is None:
        return Match(kind=MatchKind.NEW)
    if known.by != "link":
        return Match(kind=MatchKind.DUPLICATE, article_id=known.article_id, reason=f"same {known.by}")
    if page.id == known.page_id:
        is_same = text == known.fingerprint and known.state is PageState.ARTICLE
        kind = MatchKind.UNCHANGED if is_same else MatchKind.REEXTRACTED
        return Match(kind=kind, article_id=known.article_id, reason="read anew")
    if page.fetched_at < known.fetched_at:
        return Match(kind=MatchKind.UNCHANGED, article_id=known.article_id, reason="older than the stored text")
    if text == known.fingerprint:
        return Match(kind=MatchKind.UNCHANGED, article_id=known.article_id, reason="same title and text")
    if not known.is_comparable:
        return Match(kind=MatchKind.REEXTRACTED, article_id=known.article_id, reason="the former page is lost")
    return Match(kind=MatchKind.REVISED, article_id=known.article_id, reason="the publisher changed it")
