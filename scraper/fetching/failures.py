"""The one door at which the failures of aiohttp and httpx become ours.

Does not catch anything: `scraper.fetching.wire` does, and asks here what it was.
"""

from __future__ import annotations

import aiohttp
import httpx

from scraper.errors import BadStatus, FetchError, Incomplete, Refused, Timeout, Unreachable, UnsafeAddress
from scraper.fetching.guard import Blocked

# In the order in which they are tried: the first that fits.
_TRANSLATIONS: tuple[tuple[type[Exception], type[FetchError]], ...] = (
    (httpx.InvalidURL, Refused),
    (httpx.UnsupportedProtocol, Refused),
    (aiohttp.InvalidURL, Refused),
    (httpx.CookieConflict, Refused),
    (httpx.DecodingError, Incomplete),
    (httpx.StreamError, Incomplete),
    (httpx.TimeoutException, Timeout),
    (aiohttp.ServerTimeoutError, Timeout),
    (httpx.NetworkError, Unreachable),
    (httpx.ProtocolError, Incomplete),
    (httpx.ProxyError, Unreachable),
    (aiohttp.ClientPayloadError, Incomplete),
    (aiohttp.ClientResponseError, Incomplete),  # what came is no HTTP
    (aiohttp.ClientError, Unreachable),
    (TimeoutError, Timeout),
    (OSError, Unreachable),
)
FOREIGN = (
    httpx.HTTPError,
    httpx.InvalidURL,
    httpx.StreamError,
    httpx.CookieConflict,
    aiohttp.ClientError,
    OSError,
    UnicodeError,
)


def translate(error: Exception, url: str, *, is_in_body: bool = False) -> FetchError:
    """Our failure for a foreign one. `is_in_body`: the headers had come already."""
    chain = list(_chain(error))
    if any(isinstance(link, Blocked) for link in chain):
        return UnsafeAddress("the name leads to an address that is not public", url=url)
    if isinstance(error, (httpx.TooManyRedirects, httpx.HTTPStatusError)):
        return BadStatus(str(error), status=0, url=url)
    # A transport over aiohttp reports a dropped connection as a timeout; its cause knows better.
    cause = next((link for link in chain if isinstance(link, aiohttp.ClientError)), error)
    ours = next((ours for foreign, ours in _TRANSLATIONS if isinstance(cause, foreign)), Unreachable)
    if is_in_body and ours is Unreachable:
        ours = Incomplete
    message = str(cause) or type(cause).__name__
    return ours(message, url=url, reason="bad_address" if ours is Refused else None)


def _chain(error: BaseException | None) -> list[BaseException]:
    links: list[BaseException] = []
    while error is not None and error not in links:
        links.append(error)
        error = error.__cause__ or error.__context__
    return links
