"""Web addresses: one spelling for each, and the site they belong to.

Parsing is the WHATWG URL standard's, by ada (the parser of Node.js); on top of it `canonical` drops
what does not choose the document: fragment, credentials, tracking parameters and session ids.

Does not fetch, does not follow redirects, and does not know a page's own canonical link (AMP and
mobile forms are mapped only where the page itself says so, which is the extraction's business).
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

import ada_url
from tldextract import TLDExtract

from scraper.errors import Refused, UnsafeAddress
from scraper.tracking import is_tracking

MAX_URL_LENGTH = 4096
"""Longer addresses are refused: browsers and sitemaps (sitemaps.org: 2,048) stop well before."""

_DEFAULT_PORTS = {"http": "80", "https": "443"}
_ESCAPE = re.compile("%[0-9A-Fa-f]{2}")
# An escape right behind a stray "%" or "%x" is left alone: decoding it would make a new escape of the two.
_UNRESERVED_ESCAPE = re.compile("(?<!%)(?<!%[0-9A-Fa-f])%(?:2[DdEe]|3[0-9]|[46][1-9A-Fa-f]|[57][0-9Aa]|5[Ff]|7[Ee])")
_SESSION_IN_PATH = re.compile(r";(?:jsessionid|phpsessid|sid)=[^/?;]*", re.IGNORECASE)
# The list that comes with the package: no look-up over the network, nothing written to disk.
_SUFFIXES = TLDExtract(suffix_list_urls=(), cache_dir=None, include_psl_private_domains=True)


@lru_cache(maxsize=256)
def parse(url: str, base: str | None = None) -> str:
    """`url`, relative to `base` if given, as the WHATWG URL parser writes it; a fetch asks seven times for one address.

    Raises `Refused` (reason "bad_address") for what is no address, `UnsafeAddress` for what is none of http(s).
    """
    if len(url) > MAX_URL_LENGTH:
        raise Refused("longer than any real address", url=url[:200], reason="bad_address")
    try:
        href = ada_url.join_url(base, url) if base else str(ada_url.normalize_url(url))
    except ValueError as error:
        raise Refused("not a web address", url=url, reason="bad_address") from error
    if not href.startswith(("http://", "https://")):
        raise UnsafeAddress("only http and https addresses are fetched", url=url)
    if "xn--" in href:
        _check_punycode(href)
    return href


def canonical(url: str, base: str | None = None) -> str:
    """The one spelling of `url` (relative to `base` if given) under which it is known. Idempotent.

    Fragment, credentials, tracking parameters and session ids are gone, escapes are upper-case and
    only where needed (RFC 3986 6.2.2); the rest of the query stays as it is, in order.
    Raises as `parse` does.
    """
    href = parse(url, base).partition("#")[0]
    scheme, host, path, query = _split(href)
    path = _SESSION_IN_PATH.sub("", path) or "/"
    kept = [part for part in query.split("&") if part and not is_tracking(part)]
    tail = path + ("?" + "&".join(kept) if kept else "")
    if "%" in tail:
        tail = _ESCAPE.sub(lambda found: found[0].upper(), _UNRESERVED_ESCAPE.sub(_decoded, tail))
    return f"{scheme}://{_without_final_dot(host)}{tail}"


def requestable(url: str, base: str | None = None) -> str:
    """`url` as it is sent: `parse` without fragment and credentials. Raises as `parse` does."""
    scheme, netloc, path, query = _split(parse(url, base))
    return f"{scheme}://{netloc}{path}" + (f"?{query}" if query else "")


def host_and_port(url: str) -> tuple[str, int]:
    """Host (lower-case; IPv6 without brackets) and port of an http(s) address. Raises as `parse` does."""
    scheme, netloc, _, _ = _split(parse(url))
    host, _, port = _host_port(netloc)
    return host.strip("[]"), int(port or _DEFAULT_PORTS[scheme])


def origin(url: str) -> str:
    """Scheme, host and (unless the default) port: what a robots.txt speaks for (RFC 9309 2.3)."""
    scheme, netloc, _, _ = _split(parse(url))
    return f"{scheme}://{netloc}"


def site(url: str) -> str:
    """The key of the site an address belongs to: its registrable domain, such as `example.co.uk`.

    Addresses of shared hosts (public suffix list, private part) are sites of their own. For IP addresses,
    single-label hosts and `*.localhost` it is the host, with its port when that is not the default.
    """
    _, netloc, _, _ = _split(parse(url))
    host, _, port = _host_port(_without_final_dot(netloc))
    if "." not in host or "[" in host or host.endswith(".localhost") or host.rpartition(".")[2].isdigit():
        return f"{host}:{port}" if port else host
    return _registrable(host)


@lru_cache(maxsize=4096)
def _registrable(host: str) -> str:
    """The registrable domain of a host; remembered, since a crawl asks for the same few over and over."""
    found = _SUFFIXES(host)
    if found.suffix:
        return found.top_domain_under_public_suffix or host
    return ".".join(host.split(".")[-2:])  # the list's own rule for what it does not list


def _split(href: str) -> tuple[str, str, str, str]:
    """Scheme, host with port, path and query of what `parse` returned (without fragment)."""
    scheme, _, rest = href.partition("://")
    rest, _, query = rest.partition("#")[0].partition("?")
    netloc, slash, path = rest.partition("/")
    return scheme, netloc.rpartition("@")[2], slash + path, query


def _host_port(netloc: str) -> tuple[str, str, str]:
    if netloc.endswith("]"):
        return netloc, "", ""
    host, colon, port = netloc.rpartition(":")
    return (host, colon, port) if colon else (netloc, "", "")


def _without_final_dot(netloc: str) -> str:
    host, colon, port = _host_port(netloc)
    # Only one: the standard takes `a.09..` for a name and `a.09` for a broken number.
    has_one = host.endswith(".") and not host.endswith("..") and host != "."
    return (host[:-1] if has_one else host) + colon + port


def _decoded(escape: re.Match[str]) -> str:
    return chr(int(escape[0][1:], 16))


def _check_punycode(href: str) -> None:
    # ada lets labels through that decode to nothing or to what must not stand in one (UTS 46 4.1).
    host = _host_port(_split(href)[1])[0]
    for label in host.split("."):
        if not label.startswith("xn--"):
            continue
        try:
            decoded = label[4:].encode("ascii").decode("punycode")
        except UnicodeError:
            decoded = ""
        if decoded.isascii() or not decoded.isprintable() or unicodedata.normalize("NFKC", decoded) != decoded:
            raise Refused("the host name is damaged punycode", url=href, reason="bad_address")
