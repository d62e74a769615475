"""Meta tags, links and the document's own title and language."""

from __future__ import annotations

import pytest

from scraper.extraction import metatags
from scraper.extraction.landmarks import Landmarks


@pytest.mark.parametrize(
    ("name", "field"),
    [("dc.title", "title"), ("author", "authors"), ("citation_author", "authors"), ("parsely-pub-date", "published_at"),
     ("sailthru.date", "published_at"), ("last-modified", "modified_at"), ("twitter:description", "description"),
     ("parsely-section", "section"), ("content-language", "language"), ("tdm-reservation", "robots")],
)  # fmt: skip
def test_each_vocabulary_has_its_field(name: str, field: str) -> None:
    """A name in the table gives a candidate for its field and says where it was."""
    (candidate,) = metatags.read(Landmarks(metas=((name, "x y"),)))
    assert (candidate.field, candidate.value, candidate.origin) == (field, "x y", f"meta:{name}")


def test_title_language_and_links() -> None:
    """`<title>`, `lang` and `rel=canonical` are candidates."""
    marks = Landmarks(title="T", language="de-AT", links=(("canonical", "/a"), ("stylesheet", "/b")))
    assert [(c.field, c.value) for c in metatags.read(marks)] == [
        ("title", "T"), ("language", "de-AT"), ("canonical_url", "/a"),
    ]  # fmt: skip


def test_a_labelled_author_is_read_and_a_reading_time_is_not() -> None:
    """Twitter's label/data pairs count only where the label says "written by"."""
    metas = (("twitter:label1", "Written by"), ("twitter:data1", "Jane Roe"),
             ("twitter:label2", "Est. reading time"), ("twitter:data2", "3 minutes"))  # fmt: skip
    assert [c.value for c in metatags.read(Landmarks(metas=metas))] == ["Jane Roe"]


def test_tags_are_split() -> None:
    """Keywords come as a tuple."""
    assert metatags.read(Landmarks(metas=(("keywords", "a, b;c,,"),)))[0].value == ("a", "b", "c")


@pytest.mark.parametrize("text", ["{", "[1]", '{"authors": 3, "title": null}', "[" * 5000])
def test_a_broken_parsely_page_gives_nothing(text: str) -> None:
    """`parsely-page` holds JSON; what is none is passed over."""
    assert metatags.read(Landmarks(metas=(("parsely-page", text),))) == []
