"""Is it an article? A pure decision over what the extraction found."""

from __future__ import annotations

from scraper.text import words
from scraper.values import Article, OutcomeKind, PageState, ParagraphKind, Verdict

MIN_CHARS = 120
"""Letters and digits a body must have; one of a script without spaces says as much as two and a half."""

MIN_CHARS_UNTITLED = 600
"""The same for a page without a title."""


def judge(article: Article) -> Verdict:
    """The verdict: any state but article is its own outcome; an article needs a title and some text."""
    if article.state is not PageState.ARTICLE:
        evidence = str(article.details.get("state_evidence", ""))
        return Verdict(is_accepted=False, outcome=OutcomeKind(article.state.value), evidence=evidence)
    n_chars = _n_chars(article)
    if n_chars < MIN_CHARS:
        evidence = f"{n_chars} letters of text, at least {MIN_CHARS} wanted"
        return Verdict(is_accepted=False, outcome=OutcomeKind.TOO_SHORT, evidence=evidence)
    if not article.title and n_chars < MIN_CHARS_UNTITLED:
        return Verdict(is_accepted=False, outcome=OutcomeKind.NOT_ARTICLE, evidence="no title")
    return Verdict(is_accepted=True, outcome=OutcomeKind.STORED)


def _n_chars(article: Article) -> int:
    """How much the body says; at least what is asked of any article where it says so much."""
    n = 0.0
    for paragraph in article.paragraphs:
        if paragraph.kind is not ParagraphKind.CAPTION:
            n += sum(map(_weight, words(paragraph.plain)))
        if n >= MIN_CHARS_UNTITLED:
            break
    return round(n)


def _weight(word: str) -> float:
    """Chinese, Japanese and Korean say more with a character."""
    if word.isascii():
        return len(word)
    return sum(2.5 if char >= "\u2e80" else 1.0 for char in word)
