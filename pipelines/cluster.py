"""Is it the same article at another address? Pure decisions over marks of texts; which copy is the original.

Exact fingerprints first, then near-duplicates: MinHash (Broder 1997) over shingles, found by bands (LSH). Two texts
are the same when they are alike or the shorter lies in the longer (a cut copy, an agency's intro, boilerplate
around), and their figures agree (yesterday's stock report is not today's). That relation looks at the two texts
alone, and a cluster is whatever hangs together by it, so the order in which articles come can't matter.
Titles do not count: other papers write other headlines. Does not know rows (`db.clusters`).
"""

from __future__ import annotations

import hashlib
import re
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
from rensa import RMinHash

from scraper.text import fingerprint, fingerprint_of, fold
from scraper.values import Article

N_HASHES = 128
N_ROWS = 4
"""Hashes a band: 32 bands find 56 % of the pairs that are .4 alike, 87 % at .5, 99 % at .6, and 1 in 200,000 at .02."""

MIN_TOKENS = 40
"""Shorter texts are the same only with the same title, word for word."""

MIN_ALIKE, MIN_WITHIN, MIN_FIGURES = 0.2, 0.8, 0.9
"""Chosen by tests/benchmarks/clusters.py, by four of five folds of sites of WCXB, Fundus and Chinese texts; on the
folds held out precision is .999 and recall .976 (.9 for copies cut to half, which is about the least that is found).
"""

MAX_FIGURES = 256
_SHINGLE_WORDS, _SHINGLE_CHARS = 3, 7
_SEED = 42
_LATEST = datetime.max.replace(tzinfo=UTC)

# Scripts written without spaces: Thai, Lao, Burmese, Khmer, kana, Han.
_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff"
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
)
_WORD = re.compile(r"\w+")
_FIGURE = re.compile(r"\d+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Marks:
    """What is kept of a text to know it again: `text_key` for the very text, the rest for its like."""

    text_key: int
    n_shingles: int = 0
    signature: bytes = b""  # N_HASHES little-endian 32-bit numbers; empty for a short text
    figures: bytes = b""  # the smallest MAX_FIGURES hashes of its distinct figures, ascending, 32 bits each


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """What speaks for one article of a cluster being the original."""

    article_id: int
    url: str
    canonical_url: str | None
    site: str
    site_name: str | None
    wire_credit: str | None
    published_at: datetime | None


def marks(article: Article) -> Marks:
    """The marks of an article's text; equal for texts that differ in case, punctuation and white space only."""
    text = fold(article.body)  # what `fingerprint` looks at, so that equal keys have equal signatures
    found = text.split(" ")
    is_unspaced = 3 * len(_UNSPACED.findall(text)) > len(text)
    shingles = _shingles("".join(found), _SHINGLE_CHARS, "") if is_unspaced else _shingles(found, _SHINGLE_WORDS, " ")
    if len(shingles) < MIN_TOKENS:
        return Marks(text_key=_number(fingerprint(f"{article.title or ''}\n{article.body}").encode()))
    minhash = RMinHash(num_perm=N_HASHES, seed=_SEED)
    minhash.update(list(shingles))  # their order does not matter
    figures = sorted({_number(figure.encode()) & 0xFFFFFFFF for figure in _FIGURE.findall(text)})[:MAX_FIGURES]
    return Marks(
        text_key=_number(fingerprint_of(text).encode()),
        n_shingles=len(shingles),
        signature=struct.pack(f"<{N_HASHES}I", *minhash.digest()),
        figures=struct.pack(f"<{len(figures)}I", *figures),
    )


def _shingles(parts: Sequence[str], n: int, glue: str) -> set[str]:
    return {glue.join(parts[i : i + n]) for i in range(len(parts) - n + 1)}


def _number(value: bytes) -> int:
    return int.from_bytes(hashlib.blake2b(value, digest_size=8).digest(), "big", signed=True)


def bands(found: Marks) -> list[int]:
    """The numbers under which the text is looked for: texts that are alike share one; none for a short text."""
    n_bytes = 4 * N_ROWS
    starts = range(0, len(found.signature), n_bytes)
    # 48 bits: short in the index, and among 10^8 of them one in a million is shared by chance.
    return [(_number(b"%d " % i + found.signature[i : i + n_bytes])) & 0xFFFFFFFFFFFF for i in starts]


def likeness(a: Marks, b: Marks) -> tuple[float, float, float]:
    """Estimates for two texts with signatures: shingles shared of all, of the shorter text, and figures shared."""
    alike = float(np.mean(_numbers(a.signature) == _numbers(b.signature)))
    shared = alike * (a.n_shingles + b.n_shingles) / (1 + alike)
    return alike, min(1.0, shared / min(a.n_shingles, b.n_shingles)), _figures_shared(a.figures, b.figures)


def _numbers(value: bytes) -> np.ndarray:
    return np.frombuffer(value, dtype="<u4")


def _figures_shared(a: bytes, b: bytes) -> float:
    """Share of the figures of the text with fewer that the other has, too; 1 where it has none."""
    first, second = _numbers(a), _numbers(b)
    for cut in (first, second):
        if len(cut) == MAX_FIGURES:  # what was cut off may not count as missing
            first, second = first[first <= cut[-1]], second[second <= cut[-1]]
    n = min(len(first), len(second))
    return len(np.intersect1d(first, second)) / n if n else 1.0


def is_same(a: Marks, b: Marks) -> bool:
    """Whether two texts are one article; symmetric, and nothing but the two texts counts."""
    if a.text_key == b.text_key:
        return True
    if not (a.signature and b.signature) or not set(bands(a)) & set(bands(b)):
        return False
    alike, within, figures = likeness(a, b)
    return alike >= MIN_ALIKE and within >= MIN_WITHIN and figures >= MIN_FIGURES


def groups(members: dict[int, Marks]) -> list[list[int]]:
    """The ids parted into what hangs together, each group ascending."""
    texts: dict[int, list[int]] = {}
    for member, found in sorted(members.items()):
        texts.setdefault(found.text_key, []).append(member)
    left = {key: members[ids[0]] for key, ids in texts.items()}
    result = []
    while left:
        wave = [left.popitem()]
        group = []
        while wave:
            key, found = wave.pop()
            group += texts[key]
            near = [other for other, its in left.items() if is_same(found, its)]
            wave += [(other, left.pop(other)) for other in near]
        result.append(sorted(group))
    return sorted(result)


def original(copies: Sequence[Copy]) -> int:
    """The id of the copy the others come from; `copies` may come in any order.

    First whom another site's copy declares as canonical, then the agency that is credited, then who credits
    none, then the earliest.
    """
    declared = {copy.canonical_url for copy in copies if copy.canonical_url and copy.canonical_url != copy.url}
    agencies = {word for copy in copies for word in _agencies(copy)}

    def rank(copy: Copy) -> tuple[bool, bool, bool, datetime, str]:
        names = set(_WORD.findall(f"{copy.site} {copy.site_name or ''}".casefold()))
        is_agency = any(agency in names or agency + "news" in names for agency in agencies)
        published_at = copy.published_at or _LATEST
        return copy.url not in declared, not is_agency, bool(copy.wire_credit), published_at, copy.url

    return min(copies, key=rank).article_id


def _agencies(copy: Copy) -> list[str]:
    return [name.strip().casefold() for name in (copy.wire_credit or "").split(",") if name.strip()]
