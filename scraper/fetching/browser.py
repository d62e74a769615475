"""What a page shows once its scripts have run: `Page -> Page`. Needs `newsdesk[browser]` and a Chromium.

The browser itself reaches nothing: names lead nowhere for it, and whatever a page asks for is answered from here, by
a `Fetcher` with the same address guard, limits of size and time, and no cookies. So a page can't reach what a fetched
one could not. Loaded are documents, scripts and data, by GET; pictures, fonts, films, sockets and workers are not. Each
page has a context of its own that is forgotten with it. robots.txt and the site's delay have been kept to for the page
itself; what it loads is loaded at once, as in a reader's browser.

Does not fetch the page and does not decide which pages are rendered.
"""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from scraper.errors import NewsError, SettingsError, Timeout, TooLarge, Unreachable
from scraper.fetching.client import MAX_PAGE_BYTES, Fetcher, FetchPolicy
from scraper.values import RENDERED, NotModified, Page, Request

if TYPE_CHECKING:
    from playwright.async_api import BrowserContext, Route
    from playwright.async_api import Page as Tab
    from playwright.async_api import Request as Asked

DEADLINE_S = 30.0
MAX_LOADED = 200
"""Things that one page may load; more is a loop or an advertisement."""
MAX_LOADED_BYTES = 30 * 2**20

_SETTLED_S = 10.0  # pages that never come to rest are taken as they are by then
_HEAP_MIB = 512
_LOADED = frozenset({"document", "script", "xhr", "fetch"})
_DROPPED = frozenset({"content-encoding", "content-length", "transfer-encoding", "content-type", "set-cookie"})
_WITHOUT_SOCKETS = "for (const n of ['RTCPeerConnection', 'webkitRTCPeerConnection', 'WebTransport']) delete self[n]"
# The page as a reader sees it: instead of what a host of an open shadow root has inside, what that root shows, its
# slots filled (DOM 4.2.2.5). Built in a document that runs no scripts; null where there are no such roots, or no end.
_FLATTENED = """() => {
  const inert = document.implementation.createHTMLDocument();
  let n = 0;
  const flat = (node) => {
    const copy = node.localName === "slot" ? inert.createElement("span") : inert.importNode(node, false);
    let inside = (node.shadowRoot || node).childNodes;
    if (node.shadowRoot) n += 1;
    if (node.localName === "slot" && node.assignedNodes().length) inside = node.assignedNodes();
    for (const child of inside) copy.appendChild(flat(child));
    return copy;
  };
  try {
    const html = flat(document.documentElement).outerHTML;
    return n ? "<!DOCTYPE html>" + html : null;
  } catch (error) {
    return null;
  }
}"""
_COMMANDS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_ARGUMENTS = (
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--proxy-server=127.0.0.1:1",  # where nothing listens, should anything get past the interception
    "--proxy-bypass-list=<-loopback>",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--webrtc-ip-handling-policy=disable_non_proxied_udp",  # its sockets know neither proxy nor interception
    "--disable-dev-shm-usage",
    f"--js-flags=--max-old-space-size={_HEAP_MIB}",
)


def why_not() -> str:
    """Why pages can't be rendered here; empty if they can."""
    try:
        import playwright.async_api  # noqa: F401
    except ImportError:
        return "rendering needs an extra: pip install 'newsdesk[browser]'"
    return "" if _command() is not None else "rendering needs a Chromium, such as Debian's: apt install chromium"


class Browser:
    """An async context manager that renders pages; the browser starts with the first.

    `policy` is how what pages load is fetched; its robots and delays don't count here. Raises `SettingsError` where
    pages can't be rendered.
    """

    def __init__(self, policy: FetchPolicy, *, now: Callable[[], datetime]) -> None:
        if reason := why_not():
            raise SettingsError(reason, url="render")
        own = {site: replace(one, min_delay_s=None, concurrency=None) for site, one in policy.by_site.items()}
        loading = replace(policy, min_delay_s=0.0, concurrency_per_site=6, obeys_robots=False, n_tries=1, by_site=own)
        self._user_agent = policy.user_agent
        self._fetcher = Fetcher(loading, now=now)
        self._playwright: Any = None
        self._browser: Any = None
        self._now = now
        self._one_at_a_time = asyncio.Lock()

    async def __aenter__(self) -> Self:
        await self._fetcher.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self._stop()
        if self._playwright is not None:
            await self._playwright.stop()
        await self._fetcher.__aexit__(kind, error, traceback)

    async def render(self, page: Page, deadline_s: float = DEADLINE_S) -> Page:
        """The page as it is once its scripts have run, marked as rendered. Raises subclasses of `FetchError`."""
        async with self._one_at_a_time:
            try:
                async with asyncio.timeout(deadline_s):
                    html = await self._rendered(page)
            except TimeoutError as error:
                await self._stop()  # a script that never ends holds the browser
                raise Timeout(f"not rendered within {deadline_s:g} s", url=page.url) from error
        body = html.encode("utf-8", "replace")
        if len(body) > MAX_PAGE_BYTES:
            raise TooLarge(f"{len(body)} bytes rendered, {MAX_PAGE_BYTES} are the limit", url=page.url)
        kept = tuple((name, value) for name, value in page.headers if name not in _DROPPED)
        headers = (*kept, ("content-type", "text/html; charset=utf-8"), (RENDERED, "1"))
        return replace(page, headers=headers, body=body, raw=None, fetched_at=self._now())

    async def _rendered(self, page: Page) -> str:
        from playwright.async_api import Error

        try:
            browser = await self._started()
            context = await browser.new_context(
                service_workers="block", accept_downloads=False, user_agent=self._user_agent
            )
            try:
                return await _shown(context, page, _Loading(page, self._fetcher))
            finally:
                with suppress(Error):
                    await context.close()
        except Error as error:  # the one door at which Playwright's failures become ours
            await self._stop()
            raise Unreachable(f"the browser: {str(error).splitlines()[0]}", url=page.url, reason="browser") from error

    async def _started(self) -> Any:
        if self._browser is None:
            from playwright.async_api import async_playwright

            if self._playwright is None:
                self._playwright = await async_playwright().start()
            # The sandbox needs a user who is not root.
            is_boxed = os.geteuid() != 0
            self._browser = await self._playwright.chromium.launch(
                executable_path=_command(), args=list(_ARGUMENTS), chromium_sandbox=is_boxed
            )
        return self._browser

    async def _stop(self) -> None:
        browser, self._browser = self._browser, None
        if browser is not None:
            with suppress(Exception):  # it may be gone already
                await asyncio.wait_for(browser.close(), 5)


async def _shown(context: BrowserContext, page: Page, loading: _Loading) -> str:
    """The HTML of the page when nothing is loaded any more, or when it has had its time."""
    from playwright.async_api import TimeoutError as NotSettled

    await context.add_init_script(_WITHOUT_SOCKETS)
    await context.route("**/*", loading.answer)
    await context.route_web_socket("**/*", lambda socket: socket.close())
    tab: Tab = await context.new_page()
    context.on("page", lambda other: None if other is tab else asyncio.ensure_future(other.close()))
    await tab.goto(page.final_url, wait_until="domcontentloaded")
    with suppress(NotSettled):
        await tab.wait_for_load_state("networkidle", timeout=_SETTLED_S * 1000)
    flattened = await tab.evaluate(_FLATTENED)
    return flattened if isinstance(flattened, str) else await tab.content()


@dataclass
class _Loading:
    """What one page loads, counted."""

    page: Page
    fetcher: Fetcher
    n_loaded: int = 0
    n_bytes: int = 0
    is_begun: bool = False

    async def answer(self, route: Route) -> None:
        """Answers one request of the browser, or lets it fail."""
        from playwright.async_api import Error

        with suppress(Error):  # the page may be closed by the time its answer comes
            await self._answer(route)

    async def _answer(self, route: Route) -> None:
        request = route.request
        is_document = _is_of_window(request)
        if is_document and not self.is_begun:
            self.is_begun = True
            content_type = self.page.header("content-type") or "text/html"
            await route.fulfill(status=200, body=self.page.body, content_type=content_type)
        elif is_document:  # the page stays where it is, and opens no others
            await route.abort("aborted")
        elif request.resource_type == "stylesheet":
            await route.fulfill(status=200, body="", content_type="text/css")
        elif request.resource_type in _LOADED and request.method == "GET" and self._has_room():
            await self._load(route)
        else:
            await route.abort()

    def _has_room(self) -> bool:
        self.n_loaded += 1
        return self.n_loaded <= MAX_LOADED and self.n_bytes <= MAX_LOADED_BYTES

    async def _load(self, route: Route) -> None:
        try:
            found = await self.fetcher.fetch(Request(url=route.request.url))
        except NewsError:
            await route.abort()
            return
        if isinstance(found, NotModified):
            await route.abort()
            return
        self.n_bytes += len(found.body)
        headers = {name: value for name, value in found.headers if name not in _DROPPED}
        # We sent no Origin, so no answer could allow it; nor was anything sent that is the reader's own.
        headers |= {"access-control-allow-origin": "*", "content-type": found.header("content-type") or "text/plain"}
        await route.fulfill(status=found.status, headers=headers, body=found.body)


def _is_of_window(request: Asked) -> bool:
    """Whether a whole window is to go there, this one or a new one, and not a frame inside."""
    from playwright.async_api import Error

    if not request.is_navigation_request():
        return False
    try:
        return request.frame.parent_frame is None
    except Error:  # a window that does not stand yet
        return True


def _command() -> str | None:
    return next((path for path in map(shutil.which, _COMMANDS) if path), None)
