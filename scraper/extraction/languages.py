"""The language of the text and the conventions that come with it.

Does not translate and does not know regions beyond what dates need.
"""

from __future__ import annotations

from collections.abc import Sequence

from scraper.values import Candidate

_AMERICAN_ENDINGS = ("com", "org", "net", "us", "edu", "gov", "mil", "io", "ai", "co", "tv", "news")


def for_dates(language: str | None, candidates: Sequence[Candidate], host: str) -> str | None:
    """The language tag by which 3/5/2024 is read: the page's, with its country where that can be known.

    English without a country is the United States' on their own and on generic top-level domains, and left open
    elsewhere: day and month are not to be swapped silently.
    """
    tag = (language or "").replace("_", "-").lower()
    if tag not in ("", "en"):
        return tag
    locales = [str(c.value).replace("_", "-").lower() for c in candidates if c.field == "language"]
    full = next((locale for locale in locales if locale.startswith("en-")), None)
    if full or any(locale and not locale.startswith("en") for locale in locales):
        return full or next(locale for locale in locales if locale and not locale.startswith("en"))
    return "en-us" if tag == "en" and host.rpartition(".")[2] in _AMERICAN_ENDINGS else tag or None
