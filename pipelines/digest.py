"""digest: archived pages become articles, revisions or rejections.

Pages are read side by side in `workers` (extract, judge) and taken up in fixed order, oldest first, by one
writer, in one transaction a page (match, save). A page is digested again when the extractor or what its site
repeats has changed; then the text is reextracted, never revised.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from sqlalchemy.engine import Connection, Engine

from db import archive, articles, links, memory, pages, runs
from db.engine import reading, writing
from db.shelf import Shelf
from pipelines import cluster, clustering, dedup, quality, schedule
from pipelines.browsing import NEVER, Wish
from pipelines.cluster import Marks
from pipelines.outcomes import of_error
from pipelines.stopping import Stop
from pipelines.worker import Answer, Task
from pipelines.workers import Workers
from scraper.extraction import extract, second_opinion, version
from scraper.values import (
    Article,
    Context,
    Known,
    Match,
    MatchKind,
    Outcome,
    OutcomeKind,
    PageRecord,
    PageState,
    Revision,
    SiteMemory,
    SiteRule,
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
    folder: Shelf
    run_id: int
    now: Callable[[], datetime]
    tell: Callable[[Outcome], None]
    workers: Workers
    stop: Stop
    has_second_opinion: bool = False
    recheck_until: timedelta = schedule.RECHECK_UNTIL
    rules: Mapping[str, SiteRule] = field(default_factory=dict)
    """Site -> the rule its pages are read by."""
    rendering: Wish = field(default_factory=Wish)
    site: str | None = None
    """The one whose pages are digested; None: all."""

    def extractor(self, site: str) -> str:
        """The version of the extractor for the pages of a site."""
        return version(self.rules.get(site))


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a page says, as far as the page and its site's memory tell; `fingerprint` is that of title and text."""

    article: Article
    verdict: Verdict
    fingerprint: str
    marks: Marks


def digest(desk: Desk) -> None:
    """Nothing; afterwards every page due has its outcome, unless the run is to stop."""
    clustering.catch_up(desk.engine)
    since = desk.now() - REDIGEST
    ruled = {site: desk.extractor(site) for site in desk.rules}
    while True:
        with reading(desk.engine) as connection:
            batch = pages.due_digest(connection, (version(None), ruled), since, _BATCH, desk.site)
            memories = {site: memory.get_memory(connection, site) for site in {record.site for record in batch}}
        if not batch:
            return
        tasks = (_task(desk, record, memories[record.site]) for record in batch)
        for record, answer in zip(batch, desk.workers.each(tasks), strict=True):
            outcome, is_news = _take(desk, record, answer, memories[record.site].generation)
            if is_news:
                desk.tell(outcome)
            if desk.stop.reason:
                return


def digest_page(desk: Desk, record: PageRecord) -> tuple[Outcome, bool]:
    """What became of one page, and whether that is news: reading a page anew with the same result is none."""
    with reading(desk.engine) as connection:
        known_memory = memory.get_memory(connection, record.site)
    answer = next(desk.workers.each([_task(desk, record, known_memory)]))
    return _take(desk, record, answer, known_memory.generation)


def _task(desk: Desk, record: PageRecord, known_memory: SiteMemory) -> Task:
    context = Context(link=record.link, memory=known_memory, rule=desk.rules.get(record.site))
    return Task(function=_read, values=(desk.folder, record, context, desk.has_second_opinion), url=record.url)


def _read(folder: Shelf, record: PageRecord, context: Context, has_second_opinion: bool) -> Reading:  # noqa: FBT001
    page = archive.read_page(folder, record)
    article = extract(page, context)
    if has_second_opinion:
        article = second_opinion.reported(article, page)
    fingerprint, marks = dedup.text_fingerprint(article), cluster.marks(article)
    return Reading(article=article, verdict=quality.judge(article), fingerprint=fingerprint, marks=marks)


def _take(desk: Desk, record: PageRecord, answer: Answer, generation: int) -> tuple[Outcome, bool]:
    start = time.monotonic() - answer.elapsed_s
    with writing(desk.engine) as connection:
        if answer.error is None:
            kind, reason = _save(connection, desk, record, answer.value, generation)
            elapsed_s = time.monotonic() - start
            outcome = Outcome(stage="digest", url=record.url, kind=kind, reason=reason, elapsed_s=elapsed_s)
        else:
            outcome = of_error("digest", record.url, answer.error, answer.elapsed_s)
        last = pages.last_outcome(connection, record.id)
        key = (desk.extractor(record.site), generation)
        pages.add_extraction(connection, record, key, outcome.kind.value, outcome.reason, desk.run_id)
        is_same = outcome.kind.value in (last, OutcomeKind.UNCHANGED.value)
        is_news = last is None or not is_same or outcome.kind is OutcomeKind.REEXTRACTED
        if is_news:
            links.save_fate(connection, record.link_id, outcome, desk.run_id)
            runs.add_outcome(connection, desk.run_id, outcome, desk.now())
    return outcome, is_news


def _save(
    connection: Connection, desk: Desk, record: PageRecord, found: Reading, generation: int
) -> tuple[OutcomeKind, str]:
    """What became of the page, and why."""
    known = articles.find_known(connection, record, found.article, found.fingerprint)
    if not found.verdict.is_accepted:
        # What was stored from this very page is withdrawn; a stored text of an earlier page stays.
        if known is not None and known.page_id == record.id:
            articles.save_state(connection, known.article_id, PageState(found.verdict.outcome.value), desk.now())
            clustering.remove(connection, known.article_id)
        elif _is_to_be_rendered(desk, record, found.verdict.outcome):
            links.save_due(connection, record.link_id, desk.now())
        elif schedule.may_become_an_article(found.verdict.outcome):
            _schedule(connection, desk, record, found.article, MatchKind.NEW)
        return found.verdict.outcome, _with_hint(desk, record, found.verdict)
    if known is not None and _is_stale(known, record, (desk.extractor(record.site), generation)):
        # The stored text was read by another extractor or memory: read its page anew first, so that
        # only what the publisher changed can count as a revision.
        is_comparable = _redigest(connection, desk, known, generation)
        known = replace(articles.get_known(connection, known.article_id), is_comparable=is_comparable)
    match = dedup.match(found.article, found.fingerprint, record, known)
    is_older = known is not None and known.by == "link" and record.fetched_at < known.fetched_at
    if not is_older:
        _keep(connection, found, _revision(desk, found, match, record, generation))
        _schedule(connection, desk, record, found.article, match.kind)
    return _KINDS[match.kind], match.reason


def _with_hint(desk: Desk, record: PageRecord, verdict: Verdict) -> str:
    """The evidence, and for a shell that nothing lets a browser show, what would."""
    if not _is_shell(record, verdict.outcome) or desk.rendering.of(record.site) != NEVER:
        return verdict.evidence
    return f'{verdict.evidence}; with the setting render = "when_needed" a browser runs them'


def _is_to_be_rendered(desk: Desk, record: PageRecord, outcome: OutcomeKind) -> bool:
    is_announced = bool(record.link.source_url)
    return _is_shell(record, outcome) and is_announced and desk.rendering.of(record.site) != NEVER


def _is_shell(record: PageRecord, outcome: OutcomeKind) -> bool:
    """Whether the page needs a browser and was not shown by one."""
    return outcome is OutcomeKind.NEEDS_BROWSER and not record.is_rendered


def _keep(connection: Connection, found: Reading, revision: Revision) -> None:
    article_id = articles.save(connection, revision)
    if revision.match.kind is MatchKind.NEW:
        clustering.add(connection, article_id, found.marks)
    elif revision.match.kind is not MatchKind.DUPLICATE:
        clustering.place(connection, article_id, found.marks)


def _revision(desk: Desk, found: Reading, match: Match, record: PageRecord, generation: int) -> Revision:
    return Revision(
        article=found.article,
        verdict=found.verdict,
        match=match,
        page=record,
        generation=generation,
        fingerprint=found.fingerprint,
        saved_at=desk.now(),
    )


def _is_stale(known: Known, record: PageRecord, key: tuple[str, int]) -> bool:
    is_read_otherwise = (known.extractor, known.generation) != key
    return known.by == "link" and known.page_id != record.id and is_read_otherwise


def _redigest(connection: Connection, desk: Desk, known: Known, generation: int) -> bool:
    """Whether the page of the stored text could be read anew."""
    former = pages.get_page(connection, known.page_id)
    task = _task(desk, former, memory.get_memory(connection, former.site))
    try:
        found: Reading = desk.workers.do(task.function, *task.values, url=task.url)
    except Exception as error:  # noqa: BLE001 - of_error raises what must end the run
        of_error("digest", former.url, error)
        return False
    if found.verdict.is_accepted:
        match = dedup.match(found.article, found.fingerprint, former, known)
        _keep(connection, found, _revision(desk, found, match, former, generation))
    return True


def _schedule(connection: Connection, desk: Desk, record: PageRecord, article: Article, kind: MatchKind) -> None:
    """When the address is looked at again: never, if it is an article's second or no source announced it."""
    if kind is MatchKind.DUPLICATE or not record.link.source_url:
        links.save_due(connection, record.link_id, None)
        return
    published_at = article.published_at.at if article.published_at is not None else record.fetched_at
    due_at = schedule.next_recheck(published_at, record.fetched_at, desk.recheck_until)
    links.save_due(connection, record.link_id, due_at)
