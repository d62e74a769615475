"""What one page adds to the memory of its site.

Does not count: `memory` does, over all pages of the site.
"""

from __future__ import annotations

from scraper import dom, urls
from scraper.errors import NewsError
from scraper.extraction import blocks, facts, gathering, published, zones
from scraper.extraction.gathering import Gathered
from scraper.extraction.layout import paths
from scraper.extraction.line_keys import digest, line_keys
from scraper.extraction.memory import Sighting, candidate_keys
from scraper.text import fingerprint
from scraper.values import Context, Page

_LONG_CHARS = 200
_OWN_FIELDS = ("title", "image", "description", "authors")


def observe(tree: dom.Tree, page: Page, address: str) -> Sighting:
    """The keys of a page (parsed as `tree`) that stands at the canonical `address`."""
    known = gathering.gather(tree, page, Context())
    layout = blocks.read(tree)
    places = paths(layout.boxes)
    keys = {key for block in layout.blocks for key in line_keys(block.text, places[block.box])}
    for candidate in known.candidates:
        if candidate.field in _OWN_FIELDS:
            keys.update(candidate_keys(candidate))
    for field in ("published_at", "modified_at"):
        dated = published.decide(known.candidates, field, known.fetched_at, known.date_language)
        keys.update(zones.keys(dated.moment) if dated else ())
    texts = [block.text for block in layout.blocks]
    return Sighting(
        fetched_at=page.fetched_at,
        identity=(digest(address), *_canonical(known), f"text:{_text_key(known, texts)}"),
        keys=tuple(sorted(keys)),
    )


def _canonical(known: Gathered) -> tuple[str, ...]:
    """The canonical address the page claims, as links are known by."""
    found = facts.canonical_url(known)
    try:
        return (digest(urls.canonical(found.value)),) if found and known.path.strip("/") else ()
    except NewsError:
        return ()


def _text_key(known: Gathered, texts: list[str]) -> str:
    """Equal for the same article at two addresses: its title with its long texts, or with all where none is long."""
    title = next((str(c.value) for c in known.of("title")), "")
    long = [text for text in texts if len(text) >= _LONG_CHARS]
    return fingerprint("\n".join([title, *(long or texts)]))
