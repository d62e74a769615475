"""The same article at several addresses is one cluster, whatever the order, on both databases."""

import random
import re
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from db import articles, clusters
from db.engine import writing
from db.schema import cluster_bands, cluster_members
from pipelines import cluster, clustering
from scraper.values import Article, PageState, Paragraph, ParagraphKind
from tests.builders import NOW, make_article, make_moment
from tests.stored import add_page, store

WORDS = [
    "harbour",
    "council",
    "ferry",
    "winter",
    "budget",
    "bridge",
    "vote",
    "storm",
    "school",
    "market",
    "night",
    "train",
    "doctor",
    "forest",
    "river",
    "tax",
    "museum",
    "strike",
    "engine",
    "garden",
    "farmer",
    "court",
    "island",
    "pilot",
    "copper",
    "editor",
    "signal",
    "winner",
    "border",
    "tunnel",
    "choir",
    "bakery",
]
TAKES = "警察は昨夜港の近くで火災があったと発表した。市長は住民に窓を閉めるよう呼びかけ消防は三時間後に鎮火した。原因は調査中である。"


def text(seed: int, n: int = 300) -> str:
    chosen = random.Random(seed)
    return " ".join(chosen.choice(WORDS) + chosen.choice(["s", "ed", "", "ing", "ly"]) for _ in range(n)) + "."


def at(host: str, body: str, **fields: object) -> Article:
    article = make_article(f"https://{host}/{abs(hash(body)) % 10**9}", site=host, **fields)
    return replace(article, paragraphs=(Paragraph(kind=ParagraphKind.TEXT, text=body),))


def put(connection: Connection, article: Article) -> int:
    article_id = store(connection, article)
    clustering.place(connection, article_id, cluster.marks(article))
    return article_id


def partition(connection: Connection) -> set[frozenset[str]]:
    """The addresses that stand together; checks on the way that each group has one original and its least id."""
    rows = connection.execute(
        sa.select(cluster_members, articles.articles.c.url).join(
            articles.articles, articles.articles.c.id == cluster_members.c.article_id
        )
    ).all()
    found: dict[int, list[sa.Row]] = {}
    for row in rows:
        found.setdefault(row.cluster_id, []).append(row)
    for cluster_id, members in found.items():
        assert cluster_id == min(row.article_id for row in members)
        assert sum(row.is_original for row in members) == 1
    return {frozenset(row.url for row in members) for members in found.values()}


STORY = text(1)
SAME = {
    "cut to two thirds": " ".join(STORY.split()[:200]),
    "an agency's intro": "PORT ELLEN (AP) — " + STORY,
    "boilerplate around": text(50, 25) + " " + STORY + " " + text(51, 40),
    "punctuation and case": STORY.upper().replace(" ", ",  ", 40),
}
OTHER = {
    "another article": text(2),
    "a translation": re.sub(r"[aeiou]", "y", STORY),
    "half of it is of another": " ".join(STORY.split()[:120]) + text(3, 280),
}


def report(seed: int) -> str:
    """A stock report: the sentences stay, the figures don't."""
    chosen = random.Random(seed)
    return " ".join(
        f"{sentence} closed at {chosen.randint(100, 9999)} points after {chosen.randint(1, 99)} trades and"
        for sentence in re.findall(r"(?:\S+ ){8}\S+", STORY)
    )


@pytest.mark.parametrize("body", SAME.values(), ids=SAME)
def test_copies_are_the_same(body: str):
    """A copy that was cut, introduced, wrapped or set otherwise is the same article, seen from either side."""
    marks = [cluster.marks(at("a.example", one)) for one in (STORY, body)]
    assert cluster.is_same(*marks)
    assert cluster.is_same(*reversed(marks))


@pytest.mark.parametrize("body", OTHER.values(), ids=OTHER)
def test_others_are_not_the_same(body: str):
    """Other articles and translations are not."""
    assert not cluster.is_same(cluster.marks(at("a.example", STORY)), cluster.marks(at("a.example", body)))


def test_the_same_report_of_another_day_is_another():
    """Equal words around other figures are a recurrent report, not a copy."""
    assert not cluster.is_same(cluster.marks(at("a.example", report(1))), cluster.marks(at("a.example", report(2))))


def test_scripts_without_spaces():
    """Japanese is compared by characters: a cut copy is the same, another text is not."""
    story = TAKES + "".join(random.Random(1).choices(TAKES, k=300))
    other = "".join(random.Random(2).choices(TAKES, k=300))
    marks = [cluster.marks(at("a.example", body)) for body in (story, story[:260], other)]
    assert cluster.is_same(marks[0], marks[1])
    assert not cluster.is_same(marks[0], marks[2])


def test_short_texts_need_the_same_title():
    """Three words that many pages have make no cluster, unless the title is the same, too."""
    first, second = (cluster.marks(at("a.example", "Watch the video here.", title=t)) for t in ("Fog", "Snow"))
    assert not cluster.is_same(first, second)
    assert cluster.is_same(first, cluster.marks(at("b.example", "Watch the video here!", title="FOG")))


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"published_at": make_moment(NOW - timedelta(hours=2))}, "b.example"),
        ({"published_at": make_moment(NOW + timedelta(hours=2))}, "a.example"),
        ({"details": {"wire_credit": "AP"}, "published_at": make_moment(NOW - timedelta(hours=2))}, "a.example"),
        ({"canonical_url": "declared"}, "a.example"),
    ],
)
def test_the_original(engine: Engine, fields: dict, expected: str):
    """The earliest, but before that who credits nobody, and before that whom the copy declares as canonical."""
    first = at("a.example", STORY)
    if "canonical_url" in fields:
        fields = {"canonical_url": first.url, "published_at": make_moment(NOW - timedelta(hours=9))}
    second = at("b.example", SAME["an agency's intro"], **fields)
    with writing(engine) as connection:
        ids = [put(connection, first), put(connection, second)]
        assert clusters.get_cluster_ids(connection, ids) == dict.fromkeys(ids, min(ids))
        (original,) = [row.site for row in clusters.get_copies(connection, min(ids)) if row.is_original]
    assert original == expected


def test_the_agency_is_the_original():
    """Among copies that credit an agency, the agency's own is the original, though it be later."""
    common = {"canonical_url": None, "wire_credit": "Reuters", "site_name": None}
    copies = [
        cluster.Copy(article_id=1, url="https://a.example/", site="a.example", published_at=NOW, **common),
        cluster.Copy(article_id=2, url="https://reuters.com/", site="reuters.com", published_at=None, **common),
    ]
    assert cluster.original(copies) == cluster.original(copies[::-1]) == 2


def family() -> list[Article]:
    bodies = [*SAME.values(), STORY, STORY, *OTHER.values(), report(1), report(2), report(1)]
    # A chain: each is like the next only, so that the middle one joins what others began.
    words = text(9, 600).split()
    bodies += [" ".join(words[start : start + 300]) for start in (0, 60, 120, 180)]
    return [at(f"s{i}.example", body) for i, body in enumerate(bodies)]


def test_any_order_gives_the_same_clusters(engine: Engine):
    """Shuffled five ways, also with members changed and withdrawn on the way, the clusters are the same."""
    found = set()
    for seed in range(5):
        order = family()
        random.Random(seed).shuffle(order)
        with writing(engine) as connection:
            ids = [put(connection, article) for article in order]
            whole = partition(connection)
            away = [i for i, article in zip(ids, order, strict=True) if article.site in ("s0.example", "s13.example")]
            for article_id in away:
                articles.save_state(connection, article_id, PageState.PAYWALL, NOW)
                clustering.remove(connection, article_id)
            found.add((frozenset(whole), frozenset(partition(connection))))
            connection.rollback()
    assert len(found) == 1
    ((whole, without),) = found
    assert max(len(group) for group in whole) >= 6
    assert len(without) < sum(len(group) for group in whole)


def test_a_revision_changes_the_cluster(engine: Engine):
    """A text that becomes another leaves its cluster, and comes back with its text."""
    with writing(engine) as connection:
        ids = [put(connection, at("a.example", STORY)), put(connection, at("b.example", SAME["cut to two thirds"]))]
        url = at("b.example", SAME["cut to two thirds"]).url
        for i, (body, n_clusters) in enumerate([(text(7), 2), (STORY, 1), (STORY, 1)], start=1):
            later = NOW + i * timedelta(hours=1)
            page = add_page(connection, url, str(i).encode(), fetched_at=later)
            article = replace(at("b.example", body), url=url, fetched_at=later)
            clustering.place(connection, store(connection, article, page), cluster.marks(article))
            assert len(set(clusters.get_cluster_ids(connection, ids).values())) == n_clusters


def test_deleting_the_middle_parts_the_ends(engine: Engine):
    """What only one article held together is apart without it; nothing of the deleted one stays."""
    words = text(9, 600).split()
    parts = [at(f"p{i}.example", " ".join(words[i * 60 : i * 60 + 300])) for i in range(3)]
    with writing(engine) as connection:
        ids = [put(connection, part) for part in parts]
        assert len(partition(connection)) == 1
        clustering.remove(connection, ids[1])
        assert len(partition(connection)) == 2
        clustering.remove(connection, ids[0])
        clustering.remove(connection, ids[2])
        for table in (cluster_members, cluster_bands):
            assert connection.execute(sa.select(table)).all() == []


def test_articles_of_an_older_database_get_their_clusters(engine: Engine):
    """What the migration left without marks is caught up with."""
    with writing(engine) as connection:
        ids = [store(connection, at("a.example", STORY)), store(connection, at("b.example", STORY))]
        for article_id in ids:
            values = {"n_shingles": 0, "signature": b"", "figures": b"", "text_key": None}
            clusters.save_member(connection, article_id, article_id, values)
    clustering.catch_up(engine)
    with writing(engine) as connection:
        assert set(clusters.get_cluster_ids(connection, ids).values()) == {min(ids)}
