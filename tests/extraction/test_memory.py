"""A site's memory: what counts as repeated, since when, and what it takes out of a page."""

import random
from datetime import UTC, datetime, timedelta

import pytest

from scraper.extraction.line_keys import masked_keys
from scraper.extraction.memory import (
    GAP,
    NOTHING,
    Repeats,
    Sighting,
    candidate_keys,
    needed,
    recall,
    repeats,
)
from scraper.text import fingerprint
from scraper.values import Candidate, SiteMemory
from tests.benchmarks import memory_sites

START = datetime(2026, 5, 1, tzinfo=UTC)
EMPTY = SiteMemory(site="s")
PATH = "body/article/p"


def sighting(i: int, *keys: str, address: str = "", marks: tuple[str, ...] = ()) -> Sighting:
    return Sighting(
        fetched_at=START + timedelta(hours=i), identity=(address or f"a{i}", *marks, f"text:{address or i}"), keys=keys
    )


def at(i: float) -> datetime:
    return START + timedelta(hours=i)


def keys_of(*lines: str, path: str = PATH) -> frozenset[str]:
    return frozenset(key for line in lines for key in masked_keys(line, path))


@pytest.mark.parametrize(
    ("key", "n_era", "n_pages", "expected"),
    [("a", 1, 1, 3), ("a", 6, 6, 3), ("a", 3, 40, 4), ("a", 40, 40, 8), ("number:a", 6, 40, 10), ("author:a", 6, 6, 5)],
)
def test_needed(key: str, n_era: int, n_pages: int, expected: int):
    """At least three articles and a share of the era's, which counts as twenty where the site has so many."""
    assert needed(key, n_era, n_pages) == expected


def test_a_refrain_stays_and_furniture_goes():
    """What 3 of 40 articles quote is not repeated, in a row or scattered; what 8 of 40 show is."""
    rows = [
        sighting(i, *["law"] * (i in (4, 17, 30)), *["run"] * (i in (8, 9, 10)), *["letter"] * (i % 5 == 0))
        for i in range(40)
    ]
    assert recall(EMPTY, rows).repeated == {"letter": 8}


def test_one_article_counts_once():
    """However often it is fetched, and under however many addresses that share a canonical address or a text."""
    often = [sighting(i, "x", address="a") for i in range(9)]
    phones = [sighting(i, "x", address=f"b{i}", marks=("main",)) for i in range(4)]
    twins = [Sighting(fetched_at=at(i), identity=(f"c{i}", "text:same"), keys=("x",)) for i in range(9)]
    for rows in (often, phones, twins):
        found = recall(EMPTY, rows)
        assert (found.n_pages, found.repeated) == (1, {})


def test_a_canonical_address_that_all_pages_claim_is_no_sign():
    """A site that gives every page the same canonical address still has many articles."""
    rows = [sighting(i, "x", address=f"b{i}", marks=("main",)) for i in range(9)]
    assert recall(EMPTY, rows).n_pages == 9


def test_the_same_pages_give_the_same_memory():
    """Whatever the order they are told in."""
    rows = [sighting(i, "x", *["y"] * (i % 3 == 0), address=f"a{i % 25}") for i in range(60)]
    expected = recall(EMPTY, rows)
    for seed in range(5):
        random.Random(seed).shuffle(rows)
        assert recall(EMPTY, rows) == expected


def test_a_new_layout_is_known_soon_and_the_old_one_stays_known():
    """Four articles are enough after forty of another layout; pages of both are cleaned."""
    rows = [sighting(i, "old") for i in range(40)] + [sighting(i, "new") for i in range(40, 44)]
    assert set(recall(EMPTY, rows).repeated) == {"old", "new"}


def test_what_comes_back_long_after_is_judged_anew():
    """A line that was furniture once stays in the one article that quotes it later, and goes from the older pages."""
    rows = [sighting(i, *["old"] * (i < 10 or i == 10 + GAP)) for i in range(11 + GAP)]
    found = recall(EMPTY, rows)
    assert found.repeated == {"old": 10}
    assert repeats(found, at(5)).keys == {"old"}
    assert not repeats(found, at(10 + GAP))


def test_the_generation_steps_only_when_what_is_removed_changes():
    """More sightings of known keys change nothing; another key does; so does a key that holds no longer."""
    first = recall(EMPTY, [sighting(i, "a") for i in range(3)])
    again = recall(first, [sighting(i, "a") for i in range(5)])
    more = recall(again, [sighting(i, "a", "b") for i in range(5)])
    less = recall(more, [sighting(i, "a") for i in range(5)])
    assert [m.generation for m in (first, again, more, less)] == [1, 1, 2, 3]
    assert again.repeated == {"a": 5}


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ("Only 12 days until the fair begins", "Only 3 days until the fair begins", True),
        ("5.231 readers", "987 readers", True),
        ("Max, sign up for our letter", "Ágota, sign up for our letter", True),
        ("Noch 12 Tage bis zum großen Fest im Hafen", "Noch 4 Tage bis zum großen Fest im Hafen", True),
        ("The mill was sold to Max on Monday", "The mill was burnt by Max on Monday", False),
        ("Von Max Holder", "Von Ida Sommer", False),
        ("3:1", "0:2", False),
    ],
)
def test_masked(one: str, other: str, is_same: bool):
    """Lines that differ in digits or names only are one; too little text is none."""
    assert (not keys_of(one).isdisjoint(keys_of(other))) is is_same


def test_a_masked_line_counts_at_its_path_only():
    """The same words elsewhere on the page are not the furniture; in a table they are data."""
    line = "Only 12 days until the fair begins"
    assert keys_of(line).isdisjoint(keys_of(line, path="body/aside/p"))
    assert not keys_of(line, path="body/table/tr/td")


def test_a_report_made_by_a_program_stays():
    """Where most of a page's text is known with other numbers, it is the article."""
    lines = [f"The water stood at {n} hands below the mark on the mill" for n in (4, 5)]
    other = "And here somebody wrote a sentence of her own, longer than the line above it, and went home to sleep then."
    known = Repeats(keys_of(lines[0]))
    assert known.find([(lines[1], PATH)]) == set()
    assert known.find([(lines[1], PATH), (other, PATH)]) == {0}
    assert known.find([(lines[1], PATH), (other, "body/aside")]) == {0}


def test_fields():
    """Shared pictures and descriptions go, a title loses its end; the publisher goes where a person is named."""
    shared = [
        Candidate(field="image", value={"url": "https://s.example/default.png"}, origin="opengraph:og:image"),
        Candidate(field="description", value="All the news.", origin="meta:description"),
        Candidate(field="authors", value="The Lantern", origin="meta:author"),
    ]
    title = Candidate(field="title", value="A long enough title | Lantern", origin="meta:title")
    known = Repeats(frozenset(key for c in (*shared, title) for key in candidate_keys(c) if "before" not in key))
    assert [c.value for c in known.without([*shared, title])] == ["The Lantern", "A long enough title"]
    writer = Candidate(field="authors", value="Ida Sommer", origin="dom:byline")
    assert [c.value for c in known.without([*shared, writer])] == ["Ida Sommer"]


def test_nothing_known_changes_nothing():
    """An empty memory is false, finds nothing and hands candidates through."""
    candidate = Candidate(field="title", value="A | B", origin="meta:title")
    assert not repeats(None, START)
    assert repeats(EMPTY, START) is NOTHING
    assert NOTHING.find([("text", PATH)]) == set()
    assert NOTHING.without([candidate]) == (candidate,)


def test_a_made_up_site():
    """Its promotions, masked or not, of both layouts, leave all articles; what few articles share stays."""
    made = memory_sites.made_up()
    found = memory_sites.kept(made, memory_sites.learned(one.page for one in made))
    gone = {kind for kind, (n, _) in found.items() if n == 0}
    whole = {kind for kind, (n, of) in found.items() if n == of}
    assert gone >= {"promotion", "days left", "readers", "called by name", "field: default image"}
    assert gone >= {"field: title's end", "field: description of all", "field: publisher as author"}
    assert whole >= {"own", "law", "column", "rule", "returned", "field: own author"}
    assert found["field: own image"] == (20, 65)


def test_exact_lines_are_known_anywhere():
    """A line's very text counts wherever it stands."""
    assert Repeats(frozenset({fingerprint("Come to the fair!")})).find([("come to the fair", "x"), ("no", "x")]) == {0}
