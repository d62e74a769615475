"""Articles for measuring storage and search: about 3 kB of text each, the same ones at every start.

Words are drawn from vocabularies of 100,000 made-up words a language by Zipf's law (exponent 1, as in natural text),
seven languages, 400 sites of uneven size, three years. Japanese is written without spaces. Marker words stand in a
known number of articles, so that a query's number of hits is known: see `MARKERS`. Does not imitate grammar.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np

from pipelines.dedup import text_fingerprint
from scraper.values import (
    Article,
    ArticleKind,
    Link,
    Match,
    MatchKind,
    Moment,
    OutcomeKind,
    PageRecord,
    Paragraph,
    ParagraphKind,
    Precision,
    RecordPlace,
    Revision,
    Verdict,
)

SEED = 6
N_WORDS = 100_000
N_SITES = 400
N_TEXT_WORDS = 460  # 3.0 kB of UTF-8 in the mean
START = datetime(2023, 11, 1, tzinfo=UTC)
SPAN = timedelta(days=3 * 365)
PARAGRAPH = 60  # words

# language: share, beginnings, middles and ends of its syllables
LANGUAGES = {
    "en": (0.5, "b c d f g h l m n p r s t w th st", "a e i o u ea", "_ _ n r s t ng"),
    "de": (0.15, "b d f g h k l m n r s w sch z", "a e i o u ei ü ä", "_ n r t ch ß"),
    "fr": (0.1, "b c d f l m n p r s t v qu", "a e i o u é è ou", "_ _ r s nt x"),
    "es": (0.1, "b c d l m n p r s t v ll ñ", "a e i o u á ó", "_ _ s n r"),
    "ru": (0.06, "б в г д к л м н п р с т", "а е и о у я", "_ _ й н т"),
    "el": (0.04, "β γ δ κ λ μ ν π ρ σ τ", "α ε ι ο ά έ ί", "_ _ ς ν"),
    "ja": (0.05, "", "", ""),
}
MARKERS = {"zweitausend": 2_000, "quorumba": 20_000, "kestrelix": 20_000, "rarissimo": 10}
"""Words and the number of articles that hold them; of fewer than ten times as many articles, a tenth.

A third of those that hold `quorumba` say "quorumba lantwerp", so that a phrase has hits.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Corpus:
    """`n` articles, in batches; ids of link, page and article are the same and count from 1."""

    n: int
    batch: int = 1000

    def __iter__(self) -> Iterator[list[Revision]]:
        chance = np.random.default_rng(SEED)
        languages = {name: vocabulary(name) for name in LANGUAGES}
        weights = 1 / np.arange(1, N_WORDS + 1)
        bounds = np.cumsum(weights) / weights.sum()
        for start in range(0, self.n, self.batch):
            n = min(self.batch, self.n - start)
            names = chance.choice(list(languages), size=n, p=[share for share, *_ in LANGUAGES.values()])
            drawn = np.searchsorted(bounds, chance.random((n, N_TEXT_WORDS)))
            yield [self._revision(start + i + 1, names[i], languages[names[i]], drawn[i], chance) for i in range(n)]

    def _revision(self, number: int, language: str, words: list[str], drawn: Any, chance: Any) -> Revision:
        article = _article(number, language, [words[i] for i in drawn.tolist()], chance, self.n)
        record = PageRecord(
            id=number,
            link_id=number,
            site=article.site,
            link=Link(url=article.url, source_url=""),
            url=article.url,
            final_url=article.url,
            status=200,
            sha256=article.page_sha256,
            fetched_at=article.fetched_at,
            place=RecordPlace(file="", offset=0, length=0),
        )
        return Revision(
            article=article,
            verdict=Verdict(is_accepted=True, outcome=OutcomeKind.STORED),
            match=Match(kind=MatchKind.NEW),
            page=record,
            generation=0,
            fingerprint=text_fingerprint(article),
            saved_at=article.fetched_at,
        )


def vocabulary(language: str) -> list[str]:
    """The language's words, the most frequent first: those are the shortest."""
    if language == "ja":
        kanji = [chr(code) for code in range(0x4E00, 0x4E00 + 1200)]
        return [kanji[i % 1200] if i < 1200 else kanji[i % 1200] + kanji[i // 1200] for i in range(N_WORDS)]
    _, onsets, vowels, codas = LANGUAGES[language]
    dice = random.Random(f"{SEED} {language}")
    parts = itertools.product(onsets.split(), vowels.split(), codas.split())
    syllables = ["".join(part).replace("_", "") for part in parts]
    found: dict[str, None] = {}
    while len(found) < N_WORDS:
        n_syllables = 1 + (len(found) > 60) + (len(found) > 3000)
        found["".join(dice.choices(syllables, k=n_syllables))] = None
    return list(found)


def site(number: int) -> str:
    """The name of the site; the first have most articles."""
    return f"{('courier', 'herald', 'tidings', 'gazette')[number % 4]}{number}.{('example', 'test')[number % 2]}"


def _article(number: int, language: str, words: list[str], chance: Any, n: int) -> Article:
    dice = chance.random(12).tolist()
    for at, (marker, n_hits) in enumerate(MARKERS.items()):
        if dice[at] < min(n_hits / n, 0.1):
            words[100 + 50 * at : 102 + 50 * at] = [marker, "lantwerp" if dice[8] < 1 / 3 else words[101 + 50 * at]]
    blank = "" if language == "ja" else " "
    paragraphs = []
    for start in range(10, len(words), PARAGRAPH):
        text = blank.join(words[start : start + PARAGRAPH])
        paragraphs.append(Paragraph(kind=ParagraphKind.TEXT, text=f"{text[:1].upper()}{text[1:]}."))
    at = START + SPAN * (number / n) - timedelta(seconds=int(86_400 * 3 * dice[4] ** 4))
    moment = Moment(at=at.replace(microsecond=0), precision=Precision.SECOND, has_zone=True, raw=at.isoformat())
    name = site(int(N_SITES ** dice[5]) - 1)
    title = blank.join(words[:8])
    return Article(
        url=f"https://{name}/{at:%Y/%m}/{number}",
        canonical_url=f"https://{name}/{at:%Y/%m}/{number}",
        site=name,
        site_name=name.split(".")[0].title(),
        title=title[:1].upper() + title[1:],
        authors=(f"{words[8].title()} {words[int(3 + 5 * dice[6])].title()}",) if dice[7] < 0.8 else (),
        published_at=moment,
        language=language,
        description=paragraphs[0].text[:160],
        section=("Politics", "Sport", "Culture", "Economy")[number % 4],
        tags=tuple(words[9 : 9 + number % 4]),
        image=f"https://{name}/images/{number}.jpg",
        kind=ArticleKind.OPINION if dice[9] < 0.05 else ArticleKind.NEWS,
        paragraphs=tuple(paragraphs),
        origins={"title": "jsonld:headline", "published_at": "jsonld:datePublished", "body": "dom"},
        confidence=0.9,
        extractor="benchmark",
        page_sha256=f"{number:064x}",
        fetched_at=moment.at + timedelta(minutes=20),
    )
