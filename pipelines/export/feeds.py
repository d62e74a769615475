"""Articles as a feed: RSS 2.0, Atom (RFC 4287) or JSON Feed 1.1, so that a search can be followed in any reader.

Written as it is read, in constant memory. Feeds name when they were updated: the latest time among their articles.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any, TextIO
from xml.sax.saxutils import escape, quoteattr

from scraper.rendering import to_html
from scraper.values import StoredArticle

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def write_rss(articles: Iterable[StoredArticle], out: TextIO, title: str) -> None:
    """RSS 2.0 with the whole text (`content:encoded`) and the authors (`dc:creator`)."""
    out.write('<?xml version="1.0" encoding="utf-8"?>\n')
    out.write('<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"')
    out.write(' xmlns:dc="http://purl.org/dc/elements/1.1/">\n<channel>\n')
    out.write(f"<title>{_text(title)}</title>\n<link>about:newsdesk</link>\n")
    out.write(f"<description>{_text(title)}</description>\n")
    for stored in articles:
        article = stored.article
        out.write("<item>\n")
        out.writelines(_elements([("title", article.title), ("link", article.url), ("guid", article.url)]))
        out.writelines(_elements([("pubDate", format_datetime(_published(stored)))]))
        out.writelines(_elements(("dc:creator", name) for name in article.authors))
        out.writelines(_elements(("category", tag) for tag in article.tags))
        out.writelines(_elements([("description", article.description), ("content:encoded", to_html(article))]))
        out.write("</item>\n")
    out.write("</channel>\n</rss>\n")


def write_atom(articles: Iterable[StoredArticle], out: TextIO, title: str, now: datetime) -> None:
    """Atom with the whole text; the feed counts as updated `now`."""
    out.write('<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom">\n')
    out.writelines(_elements([("title", title), ("id", "urn:newsdesk:export"), ("updated", _stamp(now))]))
    out.write("<author><name>newsdesk</name></author>\n")
    for stored in articles:
        article = stored.article
        out.write("<entry>\n")
        out.writelines(_elements([("title", article.title or article.url), ("id", article.url)]))
        out.write(f"<link href={quoteattr(_xml(article.url))}/>\n")
        modified = article.modified_at.at if article.modified_at is not None else None
        updated = max(_published(stored), modified or _EPOCH)
        out.writelines(_elements([("published", _stamp(_published(stored))), ("updated", _stamp(updated))]))
        out.writelines(f"<author><name>{_text(name)}</name></author>\n" for name in article.authors)
        out.writelines(f"<category term={quoteattr(_xml(tag))}/>\n" for tag in article.tags)
        out.writelines(_elements([("summary", article.description)]))
        out.write(f'<content type="html">{_text(to_html(article))}</content>\n</entry>\n')
    out.write("</feed>\n")


def write_json_feed(articles: Iterable[StoredArticle], out: TextIO, title: str) -> None:
    """JSON Feed 1.1 with the whole text as HTML and plain."""
    head = {"version": "https://jsonfeed.org/version/1.1", "title": title}
    out.write(json.dumps(head, ensure_ascii=False)[:-1] + ', "items": [')
    for n, stored in enumerate(articles):
        out.write(",\n" if n else "\n")
        out.write(json.dumps(_item(stored), ensure_ascii=False))
    out.write("\n]}\n")


def _item(stored: StoredArticle) -> dict[str, Any]:
    article = stored.article
    item: dict[str, Any] = {"id": article.url, "url": article.url, "title": article.title}
    item |= {"content_html": to_html(article), "content_text": article.body, "summary": article.description}
    item |= {"date_published": _stamp(_published(stored)), "image": article.image, "language": article.language}
    if article.modified_at is not None:
        item["date_modified"] = _stamp(article.modified_at.at)
    item |= {"authors": [{"name": name} for name in article.authors], "tags": list(article.tags)}
    return {name: value for name, value in item.items() if value}


def _published(stored: StoredArticle) -> datetime:
    """When the article appeared, as far as is known: else when it was first seen."""
    moment = stored.article.published_at
    return (moment.at if moment is not None else stored.first_seen_at).astimezone(UTC)


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).replace(microsecond=0).isoformat().replace("+00:00", "Z")


def _elements(pairs: Iterable[tuple[str, str | None]]) -> Iterator[str]:
    return (f"<{name}>{_text(value)}</{name}>\n" for name, value in pairs if value)


def _text(text: str) -> str:
    return escape(_xml(text))


def _xml(text: str) -> str:
    """Without what XML 1.0 can't hold beside control characters: its two non-characters."""
    return text.replace("\ufffe", "").replace("\uffff", "")
