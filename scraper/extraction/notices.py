"""What the text itself says about the article: the dateline it begins with, and notes that it was corrected.

    BERLIN (dpa) - The bridge ...   ->  place "BERLIN", agency "dpa"
    Correction: An earlier version  ->  a correction note

Does not change the text: both stay where the publisher set them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from scraper.extraction.byline_words import AGENCIES, PARTICLES
from scraper.text import fold
from scraper.values import Candidate, Paragraph, ParagraphKind

MAX_DATELINE_CHARS = 120
MAX_NOTE_CHARS = 1200
MAX_CORRECTIONS = 10
_FIRST = 3  # paragraphs among which a dateline may stand: a standfirst or two come before it

_IN_PLACES = frozenset(
    {"am", "an", "im", "in", "ob", "of", "on", "the", "upon", "sur", "sous", "lès", "sul", "aan", "op"}
)

_CAPITALS = r"[^\W\d_a-zà-öø-ÿ]"
_PLACE = r"[^\W\d_][^\d()（）:;.?!–—]{1,39}"
_SHOUTED = rf"{_CAPITALS}{{3,}}(?:[ ,/.]{{1,2}}{_CAPITALS}{{2,}}){{0,3}}"
_DAY = r"(?:,?\s\w{1,12}\.?\s\d{1,2}|,?\s\d{1,2}\.?\s\w{1,12})?(?:,?\s\d{4})?"
_AGENCY = r"[(（]\s?(?P<agency>[^()（）]{2,40}?)\s?[)）]"
_DASH = r"\s*(?:[-–—]{1,2}|:)\s*"
_DATELINES = tuple(
    re.compile(pattern)
    for pattern in (
        rf"(?P<place>{_PLACE}?){_DAY},?\s?{_AGENCY}{_DASH}",
        rf"{_AGENCY}(?:{_DASH}|\s)(?P<place>{_CAPITALS}[^\d()a-zà-öø-ÿ]{{2,30}}?){_DAY}{_DASH}",
        rf"(?P<place>{_SHOUTED}(?:, [A-Z][a-z]+\.?)?){_DAY}\s(?:--|[-–—])\s",
        r"(?P<agency>新华社|中新社|中新网|新華社)(?P<place>[\u4e00-\u9fff]{2,8}?)\d{1,2}月\d{1,2}日(?:电|電)",
    )
)

# How publishers announce that they corrected or withdrew something; seen at the start of a note.
_CORRECTION = re.compile(
    r"[\W_]*(?:(?:editor(?:'|’)?s note|update|hinweis|anmerkung)[^\w]{1,4}[^.]{0,80}?)?"
    r"(?:correction|corrected|clarification|retraction|retracted|erratum|"
    r"(?:this|an earlier version of this) (?:article|story|post|report)[^.]{0,80}"
    r"(?:correct|misstat|incorrect|amended|retract)|"
    r"an earlier version|a previous version|"
    r"korrektur|korrigiert|berichtigung|richtigstellung|gegendarstellung|in einer früheren (?:version|fassung)|"
    r"rectificatif|erratum|correctif|une (?:première|précédente) version|"
    r"correcci[oó]n|fe de err(?:ata|ores)|rectificaci[oó]n|una versi[oó]n anterior|"
    r"correzione|rettifica|errata corrige|una versione precedente|"
    r"corre[cç][aã]o|errata|retifica[cç][aã]o|uma versão anterior|"
    r"correctie|rectificatie|in een eerdere versie|rättelse|rettelse|oikaisu|korekta|sprostowanie|oprava|"
    r"исправление|уточнение|опровержение|в предыдущей версии|düzeltme|更正|勘误|訂正|정정|تصحيح)",
    re.I,
)

# How they announce that they stand by it no longer.
_RETRACTION = re.compile(
    r"[\W_]*(?:(?:editor(?:'|’)?s note|update|hinweis|anmerkung)[^\w]{1,4}[^.]{0,80}?)?"
    r"(?:retraction|retracted|withdrawn|"
    r"(?:this|the following) (?:article|story|post|report)[^.]{0,80}(?:retract|withdr)|"
    r"(?:wir haben )?(?:dieser|diesen|der folgende) (?:artikel|beitrag|text|bericht)[^.]{0,80}zurückgezogen|"
    r"rétractation|cet article a été (?:retiré|rétracté)|retractaci[oó]n|este artículo (?:ha sido|fue) retirado|"
    r"retrata[cç][aã]o|este artigo foi retirado|ritrattazione|(?:questo articolo|l(?:'|’)articolo) è stato ritirato|"
    r"(?:dit artikel is|artikel) ingetrokken|artykuł (?:został )?wycofan|статья отозвана|撤稿|撤回|기사 철회)",
    re.I,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Dateline:
    """Where a report was filed, as written, and the agency beside it; empty where it names none."""

    place: str
    agency: str = ""


def details(
    stated: Mapping[str, Any], candidates: Iterable[Candidate], paragraphs: Sequence[Paragraph]
) -> dict[str, Any]:
    """The details `stated` already, with `dateline`, `corrections` and the agency of the dateline as `wire_credit`.

    What the text says goes before what the page's data say of it.
    """
    said = [(c.field, str(c.value)) for c in candidates if c.field in ("dateline", "correction")]
    found = dict(stated)
    line = dateline(paragraphs) or next((Dateline(place=text) for field, text in said if field == "dateline"), None)
    if line is not None:
        found["dateline"] = {"place": line.place} | ({"agency": line.agency} if line.agency else {})
        if line.agency:
            found.setdefault("wire_credit", line.agency)
    notes = [*corrections(paragraphs), *(text for field, text in said if field == "correction")]
    if notes:
        found["corrections"] = list(dict.fromkeys(notes))
    return found


def dateline(paragraphs: Sequence[Paragraph]) -> Dateline | None:
    """The dateline among the first paragraphs. What stands in brackets counts only as a known agency."""
    prose = [p.text for p in paragraphs if p.kind in (ParagraphKind.TEXT, ParagraphKind.LEAD)]
    for text in prose[:_FIRST]:
        for pattern in _DATELINES:
            match = pattern.match(text[:MAX_DATELINE_CHARS])
            if match is None:
                continue
            place, agency = match["place"].strip(" ,-–—"), match.groupdict().get("agency") or ""
            if _is_place(place) and (not agency or _is_agency(agency)):
                return Dateline(place=place, agency=agency)
    return None


def _is_place(text: str) -> bool:
    return all(not word.islower() or word in PARTICLES | _IN_PLACES for word in text.split())


def _is_agency(text: str) -> bool:
    """Whether one of the names that a slash or a comma parts is an agency's: "dpa/lno", "AP", "Reuters"."""
    return any(fold(part) in AGENCIES for part in re.split(r"[/,]|\s&\s|\s-\s", text))


def corrections(paragraphs: Sequence[Paragraph]) -> list[str]:
    """The notes that announce a correction or a retraction, in page order."""
    return [p.text for p in paragraphs if announces_correction(p.text)][:MAX_CORRECTIONS]


def announces_correction(text: str) -> bool:
    """Whether a paragraph is a note that something was corrected or withdrawn."""
    return len(text) <= MAX_NOTE_CHARS and _CORRECTION.match(text) is not None


def announces_retraction(text: str) -> bool:
    """Whether a paragraph is a note that the article itself was withdrawn."""
    return len(text) <= MAX_NOTE_CHARS and _RETRACTION.match(text) is not None
