"""Which pages are shown to a browser, how many of a site in one run, and their way there.

`never`; `when_needed`: those whose latest page was an empty shell, or had been rendered; `always`. Does not fetch.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime

from pipelines.settings import Settings
from pipelines.single import policy
from pipelines.site_rules import BySite
from scraper.fetching.browser import Browser
from scraper.values import DueLink, OutcomeKind, Page

NEVER, WHEN_NEEDED, ALWAYS = "never", "when_needed", "always"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What is set about rendering, for all sites and for single ones."""

    mode: str = NEVER
    by_site: BySite = field(default_factory=dict)

    def of(self, site: str) -> str:
        """The mode of a site."""
        own = self.by_site.get(site)
        return self.mode if own is None or own.render is None else own.render

    @property
    def is_idle(self) -> bool:
        """Whether no page of any site will be rendered."""
        return self.mode == NEVER and all(own.render in (None, NEVER) for own in self.by_site.values())


def wish(settings: Settings) -> Wish:
    """What the settings say."""
    return Wish(mode=settings.render, by_site=settings.by_site)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendering:
    """An open browser, and what each site has had of it in this run."""

    browser: Browser
    wish: Wish
    max_per_site: int
    spent: Counter[str] = field(default_factory=Counter)

    def wants(self, link: DueLink) -> bool:
        """Whether the address is to be rendered; that counts against its site's budget."""
        mode = self.wish.of(link.site)
        is_needed = link.is_rendered or link.outcome == OutcomeKind.NEEDS_BROWSER
        if mode == NEVER or (mode == WHEN_NEEDED and not is_needed) or self.spent[link.site] >= self.max_per_site:
            return False
        self.spent[link.site] += 1
        return True

    async def render(self, page: Page) -> Page:
        """The page as it is once its scripts have run; what is no HTML stays as it is. Raises `FetchError`."""
        return await self.browser.render(page) if "html" in (page.header("content-type") or "html") else page


@asynccontextmanager
async def opened(settings: Settings, now: Callable[[], datetime]) -> AsyncIterator[Rendering | None]:
    """Rendering for one run; None where nothing is to be rendered. Raises `SettingsError` where it can't be."""
    own = wish(settings)
    if own.is_idle:
        yield None
        return
    async with Browser(policy(settings), now=now) as browser:
        yield Rendering(browser=browser, wish=own, max_per_site=settings.max_renders_per_site)
