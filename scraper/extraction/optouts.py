"""What a publisher does not want done with a page: machines that learn from it, archives, indexes.

From the answer's headers (`X-Robots-Tag`; `TDM-Reservation` and `TDM-Policy` of the TDM Reservation Protocol, W3C
community group 2024), the same as meta tags, and what robots.txt says to the machines that learn
(`scraper.fetching.optouts`) and the host's tdmrep.json of the page (`scraper.fetching.reservations`), both handed on
with it. Where header or meta tag say anything of mining, tdmrep.json is not heard: they stand nearer to the page.
Recorded, not acted upon.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from scraper.learning_machines import TOKENS
from scraper.values import Page

DIRECTIVES = frozenset(
    {"noai", "noarchive", "nocache", "noimageai", "noimageindex", "noindex", "noml", "none", "nosnippet"}
    | {"unavailable_after"}
)
_ROBOTS = TOKENS | {"robots", "googlebot", "googlebot-news", "bingbot"}
_MAX_POLICY_CHARS = 500
_FOR_ROBOT = re.compile(r"\s*([a-z0-9_-]+)\s*:(.*)")
_WITH_VALUE = frozenset({"max-image-preview", "max-snippet", "max-video-preview", "unavailable_after"})


def read(page: Page, metas: Sequence[tuple[str, str]]) -> dict[str, str]:
    """What is not wanted -> where it is said; several places are separated by commas. Sorted by name.

    `metas` are the page's meta tags, as (lower-case name, content).
    """
    found: dict[str, list[str]] = {}
    for name, origin in (*_of_hosts(page, metas), *_of_headers(page), *_of_metas(metas)):
        places = found.setdefault(name, [])
        places += [origin] if origin not in places else []
    return {name: ", ".join(found[name]) for name in sorted(found)}


def _of_hosts(page: Page, metas: Sequence[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    is_told_nearer = any(name == "tdm-reservation" for name, _ in (*page.headers, *metas))
    for said in page.opt_outs:
        if not said.startswith("tdm-"):
            yield said, "robots.txt"
        elif not is_told_nearer:
            name, _, policy = said.partition(":")
            yield name, f"tdmrep.json {policy}".rstrip()


def _of_headers(page: Page) -> Iterator[tuple[str, str]]:
    for name, value in page.headers:
        if name == "x-robots-tag":
            yield from _directives(value, "header:x-robots-tag")
    mining = [(name, value) for name, value in page.headers if name.startswith("tdm-")]
    yield from _mining(mining, "header")


def _of_metas(metas: Sequence[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    for name, content in metas:
        if name in _ROBOTS:
            yield from _directives(content, f"meta:{name}")
    yield from _mining([(name, content) for name, content in metas if name.startswith("tdm-")], "meta")


def _directives(text: str, origin: str) -> Iterator[tuple[str, str]]:
    """The directives in `noai, noarchive` or, for one robot, `googlebot: noindex, nosnippet`."""
    robot = ""
    for part in text.lower().split(","):
        if (found := _FOR_ROBOT.match(part)) and found[1] not in _WITH_VALUE:
            robot, part = f" {found[1]}", found[2]
        for word in part.partition(":")[0].split():
            if word in DIRECTIVES:
                yield word, origin + robot


def _mining(pairs: Sequence[tuple[str, str]], place: str) -> Iterator[tuple[str, str]]:
    """`tdm-reservation` and its policy, where mining is reserved."""
    values = dict(reversed(pairs))  # of several the first
    if values.get("tdm-reservation", "").strip() != "1":
        return
    yield "tdm-reservation", f"{place}:tdm-reservation"
    if policy := values.get("tdm-policy", "").strip()[:_MAX_POLICY_CHARS]:
        yield "tdm-policy", f"{place}:tdm-policy {policy}"
