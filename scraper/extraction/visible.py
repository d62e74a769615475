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
from scraper.extraction.surroundings import Surroundings
from scraper.values import Candidate


def complete(tree: Tree, known: Gathered) -> tuple[Gathered, Credits]:
    """`known` with the visible candidates that were needed, and the credits."""
    who = authorship.decide(known.candidates, known.own_names)
    has_date = _has_date(known)
    if has_date and who.has_person:
        return known, who
    where = Surroundings(known.marks.headline)
    known, who = _with(known, who, byline.read(tree, known.marks, where, all_dates=not has_date))
    has_date = _has_date(known)
    if has_date and who.has_person:
        return known, who
    near = neighbourhood.survey(tree, known.marks)
    more: list[Candidate] = []
    if not has_date:
        more += visible_dates.unmarked(near, where, known.date_language)
    if not who.has_person:
        # Where an organisation is named, only a plain "By ..." speaks against it.
        reader = visible_names.Reader(near, known.marks, known.date_language, where)
        more += reader.unmarked(needs_lead=bool(who.people))
    return _with(known, who, more)


def _with(known: Gathered, who: Credits, more: list[Candidate]) -> tuple[Gathered, Credits]:
    known = replace(known, candidates=(*known.candidates, *more))
    has_names = any(c.field == "authors" for c in more)
    return known, authorship.decide(known.candidates, known.own_names) if has_names else who


def _has_date(known: Gathered) -> bool:
    return any(not c.origin.startswith(("dom", "url")) for c in known.of("published_at"))
