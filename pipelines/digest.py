"""digest: archived pages become articles, revisions or rejections.

One transaction a page, in fixed order, oldest first: extract, judge, match, save. A page is digested
again when the extractor or what its site repeats has changed; then the text is reextracted, never revised.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy.engine import Connection, Engine

from db import archive, articles, links, memory, pages, runs
from db.engine import reading, writing
from pipelines import dedup, quality, schedule
from pipelines.outcomes import of_error
from pipelines.workers import Worker
from scraper.extraction import EXTRACTOR, extract, second_opinion
from scraper.values import (
    Article,
    Context,
    Known,
    MatchKind,
    Outcome,
    OutcomeKind,
    Page,
    PageRecord,
    PageState,
    Revision,
    SiteMemory,
    Verdict,
)

REDIGEST = timedelta(days=30)
"""Pages fetched longer ago are not digested again by themselves."""

_BATCH = 100
_KINDS = {
    MatchKind.NEW: OutcomeKind.STORED,
    MatchKind.UNCHANGED: OutcomeKind.UNCHANGED,
    MatchKind.REVISED: OutcomeKind.REVISED,
    MatchKind.REEXTRACTED: OutcomeKind.REEXTRACTED,
    MatchKind.DUPLICATE: OutcomeKind.DUPLICATE,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What digesting needs besides the page: where to write, where to read, for which run, who reads pages.

    `has_second_opinion` reports of every page how far another extractor agrees with its text.
    """

    engine: Engine
    folder: Path
    run_id: int
    now: Callable[[], datetime]
    tell: Callable[[Outcome], None]
    worker: Worker
    has_second_opinion: bool = False


def digest(desk: Desk) -> None:
    """Nothing; afterwards every page due has its outcome."""
    since = desk.now() - REDIGEST
    while True:
        with reading(desk.engine) as connection:
            batch = pages.due_digest(connection, EXTRACTOR, since, _BATCH)
        if not batch:
            return
        for record in batch:
            outcome, is_news = digest_page(desk, record)
            if is_news:
                desk.tell(outcome)


def digest_page(desk: Desk, record: PageRecord) -> tuple[Outcome, bool]:
    """What became of one page, and whether that is news: reading a page anew with the same result is none."""
    start = time.monotonic()
    with reading(desk.engine) as connection:
        known_memory = memory.get_memory(connection, record.site)
    article = _extract(desk, record, known_memory)
    with writing(desk.engine) as connection:
        if isinstance(article, Outcome):
            outcome = article
        else:
            outcome = _save(connection, desk, record, article, known_memory.generation, start)
        last = pages.last_outcome(connection, record.id)
        key = (EXTRACTOR, known_memory.generation)
        pages.add_extraction(connection, record, key, outcome.kind.value, outcome.reason, desk.run_id)
        is_news = last is None or outcome.kind.value not in (last, OutcomeKind.UNCHANGED.value)
        if is_news:
            links.save_fate(connection, record.link_id, outcome, desk.run_id)
            runs.add_outcome(connection, desk.run_id, outcome, desk.now())
    return outcome, is_news


def _extract(desk: Desk, record: PageRecord, known_memory: SiteMemory) -> Article | Outcome:
    start = time.monotonic()
    try:
        page = archive.read_page(desk.folder, record)
        context = Context(link=record.link, memory=known_memory)
        return desk.worker.do(_read, page, context, desk.has_second_opinion, url=record.url)
    except Exception as error:  # noqa: BLE001 - of_error raises what must end the run
        return of_error("digest", record.url, error, time.monotonic() - start)


def _read(page: Page, context: Context, has_second_opinion: bool) -> Article:  # noqa: FBT001 - sent by value
    article = extract(page, context)
    return second_opinion.reported(article, page) if has_second_opinion else article


def _save(
    connection: Connection, desk: Desk, record: PageRecord, article: Article, generation: int, start: float
) -> Outcome:
    verdict = quality.judge(article)
    text = dedup.text_fingerprint(article)
    known = articles.find_known(connection, record, article, text)
    if not verdict.is_accepted:
        return _reject(connection, record, verdict, known, start)
    if known is not None and _is_stale(known, record, generation):
        # The stored text was read by another extractor or memory: read its page anew first, so that
        # only what the publisher changed can count as a revision.
        _redigest(connection, desk, known, generation)
        known = articles.get_known(connection, known.article_id)
    match = dedup.match(article, text, record, known)
    revision = Revision(
        article=article, verdict=verdict, match=match, page=record, generation=generation, fingerprint=text
    )
    is_older = known is not None and known.by == "link" and record.fetched_at < known.fetched_at
    if not is_older:
        articles.save(connection, revision)
        _schedule(connection, record, article, match.kind)
    elapsed_s = time.monotonic() - start
    return Outcome(stage="digest", url=record.url, kind=_KINDS[match.kind], reason=match.reason, elapsed_s=elapsed_s)


def _is_stale(known: Known, record: PageRecord, generation: int) -> bool:
    is_read_otherwise = (known.extractor, known.generation) != (EXTRACTOR, generation)
    return known.by == "link" and known.page_id != record.id and is_read_otherwise


def _redigest(connection: Connection, desk: Desk, known: Known, generation: int) -> None:
    former = pages.get_page(connection, known.page_id)
    article = _extract(desk, former, memory.get_memory(connection, former.site))
    if isinstance(article, Outcome):
        return
    verdict, text = quality.judge(article), dedup.text_fingerprint(article)
    if verdict.is_accepted:
        match = dedup.match(article, text, former, known)
        revision = Revision(
            article=article, verdict=verdict, match=match, page=former, generation=generation, fingerprint=text
        )
        articles.save(connection, revision)


def _reject(connection: Connection, record: PageRecord, verdict: Verdict, known: Known | None, start: float) -> Outcome:
    # What was stored from this very page is withdrawn; a stored text of an earlier page stays.
    if known is not None and known.page_id == record.id:
        articles.save_state(connection, known.article_id, PageState(verdict.outcome.value))
    elapsed_s = time.monotonic() - start
    return Outcome(stage="digest", url=record.url, kind=verdict.outcome, reason=verdict.evidence, elapsed_s=elapsed_s)


def _schedule(connection: Connection, record: PageRecord, article: Article, kind: MatchKind) -> None:
    """When the address is looked at again: never, if it is an article's second or no source announced it."""
    if kind is MatchKind.DUPLICATE or not record.link.source_url:
        links.save_due(connection, record.link_id, None)
        return
    published_at = article.published_at.at if article.published_at is not None else record.fetched_at
    links.save_due(connection, record.link_id, schedule.next_recheck(published_at, record.fetched_at))
