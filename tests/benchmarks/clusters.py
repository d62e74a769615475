"""Clusters measured: precision and recall on copies made from a corpus, and the time a new article takes.

    python -m tests.benchmarks.clusters score BENCH        BENCH: the folder with datasets.py and its pages
    python -m tests.benchmarks.clusters time ADDRESS N     N articles of synthetic signatures, then 500 timed ones

Texts are the gold bodies, so that the extractor's faults don't mix in. Thresholds are chosen on four fifths of the
sites and scored on the last, five times over. `time` fills an empty database that it makes at ADDRESS.
"""

from __future__ import annotations

import itertools
import random
import re
import statistics
import struct
import sys
import time
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

import sqlalchemy as sa

from db.engine import open_engine, writing
from db.schema import articles, cluster_bands, cluster_members, links, pages
from db.upgrading import upgrade
from pipelines import cluster, clustering
from scraper.values import Paragraph, ParagraphKind
from tests.builders import NOW, make_article

N_FOLDS = 5
GRID = list(itertools.product((0.2, 0.25, 0.3, 0.35, 0.4, 0.5), (0.6, 0.65, 0.7, 0.75, 0.8, 0.9), (0, 0.5, 0.75, 0.9)))
MIN_CHARS = 600
N_PER_STATEMENT = 2000


@dataclass(frozen=True)
class Pair:
    """Two texts, how the second came about, whether they are one article, and the fold of their site."""

    kind: str
    is_same: bool
    fold: int
    likeness: tuple[float, float, float]
    is_exact: bool


@dataclass(frozen=True)
class Text:
    body: str
    site: str
    fold: int


def texts(bench: str) -> list[Text]:
    sys.path.insert(0, bench)
    from datasets import load  # type: ignore[import-not-found]

    found = {}
    for name in ("wcxb", "fundus", "chinese"):
        for page in load(name):
            if page.gold and len(page.gold) >= MIN_CHARS:
                site = page.group or page.url.split("/")[2]
                found[page.gold] = Text(page.gold, site, zlib.crc32(site.encode()) % N_FOLDS)
    return list(found.values())


def sentences(body: str) -> list[str]:
    return [part for part in re.split(r"(?<=[.!?。！？])\s*|\n+", body) if part.strip()]


def copies(text: Text, other: Text, chance: random.Random) -> Iterator[tuple[str, str]]:
    """The text as it stands elsewhere: (how, text)."""
    parts = sentences(text.body)
    strange = sentences(other.body)
    yield "case and marks", text.body.upper().replace(",", " –")
    yield "agency intro", "LONDON (Reuters) – " + text.body + " Reporting by A. Smith; editing by J. Doe."
    yield "last quarter cut", " ".join(parts[: max(1, len(parts) * 3 // 4)])
    yield "last half cut", " ".join(parts[: max(1, len(parts) // 2)])
    yield "every sixth sentence cut", " ".join(part for i, part in enumerate(parts) if i % 6 != 3)
    n = max(1, len(parts) // 8)
    yield "boilerplate around", " ".join([*strange[:n], *parts, *strange[-n:]])
    shuffled = [part for part in parts if chance.random() > 0.15]
    yield "edited", " ".join(re.sub(r"\b(said|was|has|的)\b", "had", part) for part in shuffled)


def others(text: Text, other: Text, near: Text | None, chance: random.Random) -> Iterator[tuple[str, str]]:
    """Texts that are not this one, though some look like it: (how, text)."""
    parts, strange = sentences(text.body), sentences(other.body)
    yield "another article", other.body
    if near is not None:
        yield "another of the site", near.body
    yield "a third is quoted", " ".join([*parts[: max(1, len(parts) // 3)], *strange])
    if len(re.findall(r"\d+", text.body)) >= 12:
        figures = re.sub(r"\d", lambda _: str(chance.randrange(10)), text.body)
        yield "report with other figures", figures


def translated(body: str) -> str:
    """A stand-in for a translation: names, figures and order stay, every other word is another one."""
    return re.sub(r"\b[^\W\d_][^\W\d_]*\b", lambda m: m[0] if m[0][:1].isupper() else m[0][::-1] + "a", body)


def pairs(found: list[Text]) -> list[Pair]:
    chance = random.Random(6)
    by_site: dict[str, list[Text]] = {}
    for text in found:
        by_site.setdefault(text.site, []).append(text)
    result = []
    for text in found:
        other = chance.choice([one for one in chance.sample(found, 20) if one.site != text.site])
        near = next((one for one in by_site[text.site] if one is not text), None)
        own = marks(text.body)
        made = [(kind, True, body) for kind, body in copies(text, other, chance)]
        made += [(kind, False, body) for kind, body in others(text, other, near, chance)]
        made.append(("translation", False, translated(text.body)))
        result += [pair(own, marks(body), kind, text.fold, is_same=is_same) for kind, is_same, body in made]
    return result


def marks(body: str) -> cluster.Marks:
    article = make_article(text=body)
    assert article.paragraphs == (Paragraph(kind=ParagraphKind.TEXT, text=body.strip()),)
    return cluster.marks(article)


def pair(a: cluster.Marks, b: cluster.Marks, kind: str, fold: int, *, is_same: bool) -> Pair:
    is_found = bool(set(cluster.bands(a)) & set(cluster.bands(b)))
    likeness = cluster.likeness(a, b) if is_found else (0.0, 0.0, 0.0)
    return Pair(kind, is_same, fold, likeness, a.text_key == b.text_key)


def counts(found: list[Pair], limits: tuple[float, ...]) -> tuple[int, int, int]:
    """True positives, false positives, false negatives."""
    said = [one.is_exact or all(a >= b for a, b in zip(one.likeness, limits, strict=True)) for one in found]
    n_true = sum(yes and one.is_same for yes, one in zip(said, found, strict=True))
    n_false = sum(said) - n_true
    return n_true, n_false, sum(one.is_same for one in found) - n_true


def f_score(found: tuple[int, int, int]) -> float:
    """F 0.5: a wrong merge hides an article, a missed copy only shows it twice."""
    n_true, n_false, n_missed = found
    return 1.25 * n_true / (1.25 * n_true + 0.25 * n_missed + n_false)


def score(bench: str) -> None:
    found = pairs(texts(bench))
    total = [0, 0, 0]
    for fold in range(N_FOLDS):
        best = max(GRID, key=lambda limits: f_score(counts([p for p in found if p.fold != fold], limits)))
        held = counts([p for p in found if p.fold == fold], best)
        total = [a + b for a, b in zip(total, held, strict=True)]
        print(f"fold {fold}: alike, within, figures >= {best}; true, false, missed: {held}")
    show("cross-validated", (total[0], total[1], total[2]))
    limits = (cluster.MIN_ALIKE, cluster.MIN_WITHIN, cluster.MIN_FIGURES)
    show(f"as set {limits}", counts(found, limits))
    for kind in sorted({(not p.is_same, p.kind) for p in found}):
        of_kind = [p for p in found if p.kind == kind[1]]
        n_true, n_false, _ = counts(of_kind, limits)
        print(f"  {'other' if kind[0] else 'copy':5} {kind[1]:26} {n_true + n_false:5} of {len(of_kind)} merged")


def show(name: str, found: tuple[int, int, int]) -> None:
    n_true, n_false, n_missed = found
    precision, recall = n_true / (n_true + n_false), n_true / (n_true + n_missed)
    print(f"{name}: precision {precision:.4f}, recall {recall:.4f} of {n_true + n_missed} copies")


def synthetic(chance: random.Random, of: bytes | None = None) -> cluster.Marks:
    """Marks of a text that is like no other, or a near-copy of the signature given."""
    signature = chance.randbytes(4 * cluster.N_HASHES)
    if of is not None:
        signature = of[:400] + signature[400:]
    figures = struct.pack("<3I", *sorted(chance.randrange(10**6) for _ in range(3))) if of is None else b""
    key = chance.getrandbits(63)
    return cluster.Marks(text_key=key, n_shingles=500, signature=signature, figures=figures)


def fill(address: str, n: int, chance: random.Random) -> list[bytes]:
    """Some of the signatures now in the database, of `n` articles."""
    engine = open_engine(address)
    upgrade(engine)
    kept = []
    for start in range(0, n, N_PER_STATEMENT):
        ids = range(start + 1, min(start + N_PER_STATEMENT, n) + 1)
        made = [synthetic(chance) for _ in ids]
        kept.append(made[0].signature)
        with writing(engine) as connection:
            add_rows(connection, ids)
            rows = [member(i, m) for i, m in zip(ids, made, strict=True)]
            connection.execute(cluster_members.insert(), rows)
            bands = [{"band": band, "text_key": m.text_key} for m in made for band in cluster.bands(m)]
            connection.execute(cluster_bands.insert(), bands)
    engine.dispose()
    return kept


def member(article_id: int, of: cluster.Marks) -> dict[str, object]:
    names = ("text_key", "n_shingles", "signature", "figures")
    fixed = {"article_id": article_id, "cluster_id": article_id, "is_original": True}
    return fixed | {name: getattr(of, name) for name in names}


def add_rows(connection: sa.Connection, ids: range) -> None:
    """The rows of links, pages and articles that members stand for; their texts are empty."""
    link = [{"id": i, "url": f"https://a.example/{i}", "site": "a.example", "first_seen_at": NOW} for i in ids]
    connection.execute(links.insert(), link)
    place = {"status": 200, "sha256": "0", "n_bytes": 0, "archive_file": "", "archive_offset": 0, "archive_length": 0}
    page = [{"id": i, "link_id": i, "url": "", "final_url": "", "fetched_at": NOW, **place} for i in ids]
    connection.execute(pages.insert(), page)
    plain = {"site": "a.example", "state": "article", "body": "", "paragraphs": [], "details": {}, "origins": {}}
    plain |= {"page_sha256": "0", "fetched_at": NOW, "first_seen_at": NOW, "changed_at": NOW, "n_revisions": 1}
    plain |= {"confidence": 1.0, "extractor": "x", "generation": 0, "fingerprint": "0"}
    rows = [{"id": i, "url": f"https://a.example/{i}", "link_id": i, "page_id": i, **plain} for i in ids]
    connection.execute(articles.insert(), rows)


def take_time(address: str, n: int, n_timed: int = 500) -> None:
    chance = random.Random(1)
    began = time.monotonic()
    kept = fill(address, n, chance)
    print(f"{n} articles written in {time.monotonic() - began:.0f} s")
    engine = open_engine(address)
    ids = range(n + 1, n + n_timed + 1)
    with writing(engine) as connection:
        add_rows(connection, ids)
    text = " ".join("".join(chance.choices("abcdefghij", k=5)) for _ in range(500))
    took: list[float] = []
    used_s = time.process_time()
    for i in ids:
        began = time.perf_counter()
        cluster.marks(make_article(text=text))  # what a text of 500 words costs
        near = chance.choice(kept) if i % 5 == 0 else None
        with writing(engine) as connection:
            clustering.add(connection, i, synthetic(chance, near))
        took.append(1000 * (time.perf_counter() - began))
    took.sort()
    middle, high = statistics.median(took), took[int(0.95 * n_timed)]
    used_ms = 1000 * (time.process_time() - used_s) / n_timed
    print(
        f"a new article: {used_ms:.2f} ms of processor time; by the clock mean {statistics.mean(took):.2f} ms, median {middle:.2f}, 95 % within {high:.2f}"
    )
    engine.dispose()


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["score", bench]:
            score(bench)
        case ["time", address, n]:
            take_time(address, int(n))
        case _:
            sys.exit(__doc__)
