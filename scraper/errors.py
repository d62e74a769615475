"""The failures, drawn once.

    NewsError              anything raised on purpose: .url, .reason (short code); the message names both
      FetchError           .is_retryable
        Refused            we would not send it
          RobotsDisallowed
            RobotsUnavailable                                       retryable
          UnsafeAddress
        Unreachable        DNS, connect, TLS                            retryable
          Timeout                                                       retryable
          LeftAlone      not asked: it did not answer in earlier runs   retryable
        BadStatus          .status, .retry_after_s; 408 429 5xx retryable; 404 410 final
        BadBody
          Incomplete                                                    retryable
          TooLarge
          WrongType
      ParseError           these bytes are not the feed or sitemap they claim to be
      ExtractionError      no article can be read from this page
      StoreError           migration missing, database or archive out of reach
        DamagedRecord      one archived answer is lost
      SettingsError        which key, which file, what was expected

An expected "no" is a value; an unexpected one an exception. Foreign exceptions are translated at
one door each: httpx's and aiohttp's in `scraper.fetching.failures`, SQLAlchemy's in `db.engine`.
"""

from __future__ import annotations

RETRYABLE_STATUS = frozenset({408, 429, *range(500, 600)})


class NewsError(Exception):
    """Anything raised on purpose. `reason` is a short code, `url` the address concerned (may be empty)."""

    reason = "error"

    def __init__(self, message: str, *, url: str = "", reason: str | None = None) -> None:
        self.url = url
        self.reason = reason or type(self).reason
        self.detail = message
        super().__init__(": ".join(part for part in (url, f"{self.reason}: {message}") if part))


class FetchError(NewsError):
    """No answer that could be used. `retry_after_s` is how long the host is to be left alone, where that is known."""

    reason = "fetch_error"
    is_retryable = False
    retry_after_s: float | None = None


class Refused(FetchError):
    """We would not send the request."""

    reason = "refused"


class RobotsDisallowed(Refused):
    """robots.txt forbids it, or could not be had (RFC 9309 2.3.1.4)."""

    reason = "robots"


class RobotsUnavailable(RobotsDisallowed):
    """robots.txt answers with an error that may pass: nothing of the site is fetched for now."""

    is_retryable = True


class UnsafeAddress(Refused):
    """The address is not public and not on the allow-list, or not http(s)."""

    reason = "unsafe_address"


class Unreachable(FetchError):
    """DNS, connection or TLS failed."""

    reason = "unreachable"
    is_retryable = True


class Timeout(Unreachable):
    """The answer did not come in time."""

    reason = "timeout"


class LeftAlone(Unreachable):
    """Not asked: the host did not answer in earlier runs, and its rest is not over."""

    def __init__(self, message: str, *, url: str = "", retry_after_s: float = 0.0) -> None:
        super().__init__(message, url=url)
        self.retry_after_s = retry_after_s


class BadStatus(FetchError):
    """The server answered with an error status, or with redirects that lead nowhere."""

    reason = "http_error"

    def __init__(self, message: str, *, status: int, url: str = "", retry_after_s: float | None = None) -> None:
        super().__init__(message, url=url)
        self.status = status
        self.retry_after_s = retry_after_s

    @property
    def is_retryable(self) -> bool:  # type: ignore[override]
        """Whether asking again may help: 408, 429 and 5xx."""
        return self.status in RETRYABLE_STATUS


class BadBody(FetchError):
    """The answer's body cannot be used."""

    reason = "bad_body"


class Incomplete(BadBody):
    """The body ended early or its compression is damaged."""

    reason = "incomplete"
    is_retryable = True


class TooLarge(BadBody):
    """The body is larger than the limit."""

    reason = "too_large"


class WrongType(BadBody):
    """The body is of a type we do not read."""

    reason = "unsupported_type"


class ParseError(NewsError):
    """These bytes are not the feed or sitemap they claim to be."""

    reason = "parse_error"


class ExtractionError(NewsError):
    """No article can be read from this page."""

    reason = "parse_error"


class StoreError(NewsError):
    """The database or the archive cannot be used."""

    reason = "store_error"


class DamagedRecord(StoreError):
    """One record of the archive is missing, cut or damaged; the rest can be used."""

    reason = "incomplete"


class SettingsError(NewsError):
    """A setting is wrong; the message says which, where, and what was expected."""

    reason = "settings_error"
