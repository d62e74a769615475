"""OpenGraph and its article tags -> candidates (ogp.me, 2014).

Reads `og:` and `article:` metas, whether they stand in `property` or `name`. Twitter cards and other metas belong to
`metatags`. Does not decide and does not clean.
"""

from __future__ import annotations

from collections.abc import Sequence

from scraper.values import Candidate

MAX_IMAGES = 20
MAX_TAGS = 50

_FIELDS = {
    "og:title": "title",
    "og:description": "description",
    "og:site_name": "site_name",
    "og:url": "canonical_url",
    "og:locale": "language",
    "og:type": "og_type",
    "og:article:published_time": "published_at",
    "og:published_time": "published_at",
    "og:pubdate": "published_at",
    "og:updated_time": "modified_at",
    "og:article:modified_time": "modified_at",
    "og:article:author": "authors",
    "og:author": "authors",
    "og:section": "section",
    "article:published_time": "published_at",
    "article:published": "published_at",
    "article:modified_time": "modified_at",
    "article:modified": "modified_at",
    "article:author": "authors",
    "article:author:name": "authors",
    "article:section": "section",
    "article:publisher": "publisher",
    "article:content_tier": "content_tier",
    "article:opinion": "is_opinion",
    "video:release_date": "published_at",
    "book:release_date": "published_at",
    "book:author": "authors",
}
_IMAGE_PARTS = {
    "og:image": "url",
    "og:image:url": "url",
    "og:image:secure_url": "url",
    "og:image:width": "width",
    "og:image:height": "height",
    "og:image:alt": "caption",
}


def read(metas: Sequence[tuple[str, str]]) -> list[Candidate]:
    """What the metas (lower-case name, content) say, in page order."""
    found: list[Candidate] = []
    images: list[dict[str, str]] = []
    tags: dict[str, None] = {}
    n_of: dict[str, int] = {}
    for name, content in metas:
        if part := _IMAGE_PARTS.get(name):
            _add_image(images, part, content)
        elif name == "article:tag" and len(tags) < MAX_TAGS:
            tags.update(dict.fromkeys(t.strip() for t in content.split(",") if t.strip()))
        elif field := _FIELDS.get(name):
            n_of[name] = n_of.get(name, 0) + 1
            if n_of[name] <= MAX_IMAGES:
                found.append(Candidate(field=field, value=content, origin=f"opengraph:{name}"))
    found += [Candidate(field="image", value=image, origin="opengraph:og:image") for image in images]
    if tags:
        found.append(Candidate(field="tags", value=tuple(tags), origin="opengraph:article:tag"))
    return found


def _add_image(images: list[dict[str, str]], part: str, content: str) -> None:
    """Widths and captions belong to the image before them (ogp.me, arrays)."""
    if part != "url":
        if images:
            images[-1].setdefault(part, content)
    elif all(image["url"] != content for image in images) and len(images) < MAX_IMAGES:
        images.append({"url": content})
