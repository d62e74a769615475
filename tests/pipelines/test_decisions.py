"""The pure decisions: when next, is it an article, is it new."""

from dataclasses import replace
from datetime import timedelta

import pytest

from pipelines import dedup, outcomes, quality, schedule
from scraper import errors
from scraper.values import (
    Known,
    MatchKind,
    OutcomeKind,
    PageRecord,
    PageState,
    Paragraph,
    ParagraphKind,
    RecordPlace,
)
from tests.builders import NOW, make_article, make_link

HOUR = timedelta(hours=1)
PAGE = PageRecord(
    id=7,
    link_id=3,
    site="courier.example",
    link=make_link(),
    url="https://courier.example/news/ferry",
    final_url="https://courier.example/news/ferry",
    status=200,
    sha256="0" * 64,
    fetched_at=NOW,
    place=RecordPlace(file="a", offset=0, length=1),
)
KNOWN = Known(
    article_id=1,
    by="link",
    page_id=5,
    page_sha256="1" * 64,
    fetched_at=NOW - HOUR,
    fingerprint="other",
    state=PageState.ARTICLE,
    extractor="newsdesk-1",
    generation=0,
)


@pytest.mark.parametrize(
    ("known", "page", "expected"),
    [
        (None, PAGE, MatchKind.NEW),
        (KNOWN, PAGE, MatchKind.REVISED),
        (replace(KNOWN, fingerprint="text"), PAGE, MatchKind.UNCHANGED),
        (replace(KNOWN, page_id=7), PAGE, MatchKind.REEXTRACTED),
        (replace(KNOWN, page_id=7, fingerprint="text"), PAGE, MatchKind.UNCHANGED),
        (replace(KNOWN, page_id=7, fingerprint="text", state=PageState.PAYWALL), PAGE, MatchKind.REEXTRACTED),
        (replace(KNOWN, by="canonical"), PAGE, MatchKind.DUPLICATE),
        (replace(KNOWN, by="text"), PAGE, MatchKind.DUPLICATE),
        (KNOWN, replace(PAGE, fetched_at=NOW - 2 * HOUR), MatchKind.UNCHANGED),
    ],
)
def test_match(known: Known | None, page: PageRecord, expected: MatchKind):
    """Only the publisher revises: a newer page of the same address with another text; the same page is read anew."""
    assert dedup.match(make_article(), "text", page, known).kind is expected


def test_text_fingerprint_knows_what_a_revision_is():
    """Case, punctuation and white space don't count; a word of title or body does; a caption does not."""
    article = make_article(text="The ferry sails again, at dawn.", title="Ferry")
    same = make_article(text="The  ferry sails again at dawn", title="FERRY!")
    caption = Paragraph(kind=ParagraphKind.CAPTION, text="Photo: harbour")
    with_caption = replace(article, paragraphs=(*article.paragraphs, caption))
    assert dedup.text_fingerprint(article) == dedup.text_fingerprint(same) == dedup.text_fingerprint(with_caption)
    assert dedup.text_fingerprint(article) != dedup.text_fingerprint(replace(article, title="Ship"))
    assert dedup.text_fingerprint(article) != dedup.text_fingerprint(make_article(text="The ferry sails at dawn."))


@pytest.mark.parametrize(
    ("article", "expected"),
    [
        (make_article(), OutcomeKind.STORED),
        (make_article(text="Short."), OutcomeKind.TOO_SHORT),
        (make_article(title=None), OutcomeKind.NOT_ARTICLE),
        (make_article(title=None, text="The ferry sails again. " * 40), OutcomeKind.STORED),
        (make_article(text="東京都は新しい条例を発表した。" * 5), OutcomeKind.STORED),
        *((make_article(state=state), OutcomeKind(state.value)) for state in PageState if state != "article"),
    ],
)
def test_judge(article, expected: OutcomeKind):
    """A state other than article is its own outcome; an article needs a title and some text."""
    verdict = quality.judge(article)
    assert verdict.outcome is expected
    assert verdict.is_accepted is (expected is OutcomeKind.STORED)


def test_a_fresh_article_is_looked_at_often_and_an_old_one_never():
    """The pause is a quarter of the age at the check (a fifth at the time due), until 14 days."""
    ages = (timedelta(0), 4 * HOUR, timedelta(days=4), timedelta(days=11), timedelta(days=12), timedelta(days=30))
    dues = [schedule.next_recheck(NOW - age, NOW) for age in ages]
    assert dues == [
        NOW + schedule.MIN_RECHECK,
        NOW + HOUR,
        NOW + timedelta(days=1),
        NOW + timedelta(days=2.75),
        None,
        None,
    ]


def test_failures_are_tried_later_each_time_and_not_for_ever():
    """Retryable failures back off; final ones are never tried again; a server's own word is kept to."""
    unreachable = errors.Unreachable("no route")
    pauses = [schedule.next_try(NOW, n, unreachable) for n in range(schedule.MAX_TRIES)]
    assert pauses[-1] is None
    known = [due for due in pauses if due is not None]
    assert known == sorted(set(known))
    assert schedule.next_try(NOW, 0, errors.BadStatus("gone", status=404)) is None
    slow = errors.BadStatus("busy", status=429, retry_after_s=7200)
    assert schedule.next_try(NOW, 0, slow) == NOW + 2 * HOUR


def test_a_failing_source_is_asked_less_often_but_daily():
    """Each failure doubles the pause, up to a day, less a minute for the run that finds it due."""
    pauses = [schedule.next_source_check(NOW, 3600, n) - NOW + timedelta(minutes=1) for n in (0, 1, 2, 9, 50)]
    assert pauses == [HOUR, 2 * HOUR, 4 * HOUR, timedelta(days=1), timedelta(days=1)]


def subclasses(cls: type) -> set[type]:
    return {cls, *(found for sub in cls.__subclasses__() for found in subclasses(sub))}


def test_every_failure_has_an_outcome():
    """No failure of ours ends as a crash, but for those that end the run."""
    for cls in subclasses(errors.FetchError) | {errors.ParseError, errors.ExtractionError, errors.DamagedRecord}:
        error = cls("x", status=500) if issubclass(cls, errors.BadStatus) else cls("x")
        assert outcomes.of_error("crawl", "u", error).kind is not OutcomeKind.CRASHED, cls
    with pytest.raises(errors.StoreError):
        outcomes.of_error("crawl", "u", errors.StoreError("disk full"))


def test_a_crash_keeps_its_traceback():
    """Whatever was not foreseen is recorded with what a developer needs."""

    def work():
        raise ZeroDivisionError("by design")

    with pytest.raises(ZeroDivisionError) as caught:
        work()
    outcome = outcomes.of_error("digest", "u", caught.value)
    assert outcome.kind is OutcomeKind.CRASHED
    assert "ZeroDivisionError: by design" in outcome.reason
    assert "in work" in outcome.reason


def test_outcomes_are_good_or_no_article_or_no_page():
    """Each kind of the closed list belongs to exactly one of the three."""
    groups = (outcomes.GOOD, outcomes.NO_ARTICLE, outcomes.NO_PAGE)
    assert sum(map(len, groups)) == len(OutcomeKind)
    assert frozenset().union(*groups) == frozenset(OutcomeKind)
    assert {state.value for state in PageState} - {"article"} == {kind.value for kind in outcomes.NO_ARTICLE}
