"""Every failure of the libraries below becomes one of ours, at one door."""

import aiohttp
import httpx
import pytest

from scraper.errors import BadStatus, FetchError, Incomplete, Refused, Timeout, Unreachable, UnsafeAddress
from scraper.fetching import failures
from scraper.fetching.guard import Blocked

EXPECTED = {
    "CloseError": Unreachable,
    "ConnectError": Unreachable,
    "ConnectTimeout": Timeout,
    "CookieConflict": Refused,
    "DecodingError": Incomplete,
    "HTTPError": Unreachable,
    "HTTPStatusError": BadStatus,
    "InvalidURL": Refused,
    "LocalProtocolError": Incomplete,
    "NetworkError": Unreachable,
    "PoolTimeout": Timeout,
    "ProtocolError": Incomplete,
    "ProxyError": Unreachable,
    "ReadError": Unreachable,
    "ReadTimeout": Timeout,
    "RemoteProtocolError": Incomplete,
    "RequestError": Unreachable,
    "RequestNotRead": Incomplete,
    "ResponseNotRead": Incomplete,
    "StreamClosed": Incomplete,
    "StreamConsumed": Incomplete,
    "StreamError": Incomplete,
    "TimeoutException": Timeout,
    "TooManyRedirects": BadStatus,
    "TransportError": Unreachable,
    "UnsupportedProtocol": Refused,
    "WriteError": Unreachable,
    "WriteTimeout": Timeout,
}


def make_error(name: str) -> Exception:
    """httpx's exception of that name; their constructors differ."""
    kind = getattr(httpx, name)
    if name == "HTTPStatusError":
        ask = httpx.Request("GET", "https://a.example/")
        return kind("status", request=ask, response=httpx.Response(500, request=ask))
    return kind() if name in ("StreamConsumed", "StreamClosed", "RequestNotRead", "ResponseNotRead") else kind("why")


def test_all_of_httpx() -> None:
    """No exception of httpx is missing from the table, and none is left that httpx does not have."""
    found = {name for name, value in vars(httpx).items() if isinstance(value, type) and issubclass(value, Exception)}
    assert found == set(EXPECTED)


@pytest.mark.parametrize("name", EXPECTED)
def test_translated(name: str) -> None:
    """Each exception of httpx is caught and becomes the failure that says what happened."""
    error = make_error(name)
    assert isinstance(error, failures.FOREIGN)
    ours = failures.translate(error, "https://a.example/")
    assert type(ours) is EXPECTED[name]
    assert ours.url == "https://a.example/"
    assert ours.detail


@pytest.mark.parametrize("name", [name for name in aiohttp.client_exceptions.__all__ if not name.startswith("WS")])
def test_all_of_aiohttp(name: str) -> None:
    """No exception of aiohttp's client gets past the door, web sockets aside."""
    assert issubclass(getattr(aiohttp, name), (*failures.FOREIGN, Warning))


def test_dropped_connection() -> None:
    """The transport calls a dropped connection a timeout; it is not one."""
    error = httpx.ConnectTimeout("dropped")
    error.__cause__ = aiohttp.ServerDisconnectedError()
    assert type(failures.translate(error, "")) is Unreachable
    assert type(failures.translate(error, "", is_in_body=True)) is Incomplete


def test_blocked() -> None:
    """What the guard refused deep inside the connector is an unsafe address."""
    error = httpx.ConnectError("no")
    error.__cause__ = OSError("no")
    error.__cause__.__context__ = Blocked("not public")
    ours: FetchError = failures.translate(error, "")
    assert type(ours) is UnsafeAddress
    assert not ours.is_retryable
