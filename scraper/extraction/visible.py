"""What the page shows, looked at only as far as its data leave something open.

    data name a person and a date  ->  nothing more is read
    else                           ->  marked bylines and dates (`byline`)
    still nothing                  ->  any short text about the headline (`visible_dates`, `visible_names`)

Most pages of news need no more than the first line, which keeps their metadata as cheap as the parse. Does not decide
dates; decides the credits, since it must know whether any are found.
"""

from __future__ import annotations

from dataclasses import replace

from scraper.dom import Tree
from scraper.extraction import authorship, byline, neighbourhood, visible_dates, visible_names
from scraper.extraction.authorship import Credits
from scraper.extraction.gathering import Gathered
from scraper.values import Candidate


def complete(tree: Tree, known: Gathered) -> tuple[Gathered, Credits]:
    """`known` with the visible candidates that were needed, and the credits."""
    who = authorship.decide(known.candidates, known.own_names)
    if _has_date(known) and who.has_person:
        return known, who
    known = _with(known, byline.read(tree, known.marks))
    who = authorship.decide(known.candidates, known.own_names)
    if _has_date(known) and who.has_person:
        return known, who
    near = neighbourhood.survey(tree, known.marks)
    more: list[Candidate] = []
    if not _has_date(known):
        more += visible_dates.unmarked(near, known.marks, known.date_language)
    if not who.has_person:
        # Where an organisation is named, only a plain "By ..." speaks against it.
        more += visible_names.unmarked(near, known.marks, known.date_language, needs_lead=bool(who.people))
    known = _with(known, more)
    return known, authorship.decide(known.candidates, known.own_names)


def _with(known: Gathered, more: list[Candidate]) -> Gathered:
    return replace(known, candidates=(*known.candidates, *more))


def _has_date(known: Gathered) -> bool:
    return any(not c.origin.startswith(("dom", "url")) for c in known.of("published_at"))
