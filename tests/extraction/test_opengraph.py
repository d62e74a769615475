"""OpenGraph and article tags."""

from __future__ import annotations

from scraper.extraction import opengraph
from scraper.values import Candidate


def test_fields_keep_their_order_and_origin() -> None:
    """Each known tag gives one candidate that names it; unknown tags give none."""
    metas = [("og:title", "A"), ("og:unknown", "x"), ("article:author", "B"), ("article:author", "C")]
    assert opengraph.read(metas) == [
        Candidate(field="title", value="A", origin="opengraph:og:title"),
        Candidate(field="authors", value="B", origin="opengraph:article:author"),
        Candidate(field="authors", value="C", origin="opengraph:article:author"),
    ]


def test_sizes_and_captions_belong_to_the_image_before_them() -> None:
    """og:image arrays: the parts after an image describe it (ogp.me)."""
    metas = [("og:image", "/a.jpg"), ("og:image:width", "10"), ("og:image", "/b.jpg"), ("og:image:alt", "B")]
    images = [c.value for c in opengraph.read(metas)]
    assert images == [{"url": "/a.jpg", "width": "10"}, {"url": "/b.jpg", "caption": "B"}]


def test_tags_are_one_list() -> None:
    """Repeated article:tag and lists in one tag make one tuple without doubles."""
    assert opengraph.read([("article:tag", "a, b"), ("article:tag", "b")])[0].value == ("a", "b")


def test_repeated_tags_are_bounded() -> None:
    """Ten thousand tags give no ten thousand candidates."""
    assert len(opengraph.read([("og:title", "x")] * 10_000)) == opengraph.MAX_IMAGES
