"""Three layouts, as real sites have them: semantic elements, a soup of divs, and an old one held by a table.

Each carries the same furniture around and inside the article: navigation, consent banner, share bar,
newsletter box, read-also line, author box, tags, comments, related headlines, footer, and where the piece
has it the webinar promotion as plain paragraphs in the text column. Announces nothing: see `feeds`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from html import escape
from itertools import groupby
from re import Match
from typing import Any

from pipelines.demo_site.content import INLINE, Piece

NAME = "The Harbour Courier"
SECTIONS = {"Town": "/town/", "Sea": "/sea/", "Wirtschaft": "/wirtschaft/", "Culture": "/culture/"}
READ_ALSO_PATH = "/town/harbour-museum"

_TAGS = {"text": "p", "heading": "h2", "list_item": "li", "quote": "blockquote"}
_WRAPPERS = {"list_item": "ul", "table_row": "table"}
_FEEDS = (
    '<link rel="alternate" type="application/rss+xml" title="RSS" href="/feed.xml">\n'
    '<link rel="alternate" type="application/atom+xml" title="Atom" href="/atom.xml">\n'
)


def article_page(piece: Piece, base: str, furniture: Mapping[str, Any], related: Sequence[Piece]) -> str:
    """The page of an article of the site at `base` (without a slash at its end)."""
    layout = {"semantic": _semantic, "soup": _soup, "old": _old}[piece.template]
    return page(piece.language, piece.title, _head(piece, base), layout(piece, furniture, related))


def page(language: str, title: str, head: str, body: str) -> str:
    """A whole HTML document."""
    return (
        f'<!doctype html>\n<html lang="{language}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta name="viewport" content="width=device-width">\n<title>{escape(title)} | {NAME}</title>\n'
        f"{_FEEDS}{head}</head>\n<body>\n{body}\n</body>\n</html>\n"
    )


def teaser_list(pieces: Sequence[Piece]) -> str:
    """Teaser cards with linked headlines."""
    cards = (
        f'<div class="teaser"><h3><a href="{p.path}">{escape(p.title)}</a></h3>'
        f"<p>{escape(p.lead or p.body[0][:120])}</p></div>"
        for p in pieces
    )
    return "\n".join(cards)


def navigation() -> str:
    """The menu, with a link to the feed."""
    return f'<nav class="menu"><a href="/">{NAME}</a>{_menu()}</nav>'


def _menu() -> str:
    links = "".join(f'<li><a href="{path}">{name}</a></li>' for name, path in SECTIONS.items())
    return f'<ul>{links}<li><a href="/feed.xml">RSS</a></li></ul>'


def picture_path(piece: Piece) -> str:
    """Where the piece's picture lies."""
    return f"/pictures/{piece.path.rpartition('/')[2]}.svg"


def _head(piece: Piece, base: str) -> str:
    url, picture = base + piece.path, base + picture_path(piece)
    canonical = f'<link rel="canonical" href="{url}">'
    published_at, modified_at = piece.published_at.isoformat(), piece.modified_at.isoformat()
    if piece.template == "old":  # an old system knows nothing of JSON-LD and OpenGraph
        names = f'<meta name="author" content="{escape(", ".join(piece.authors))}">\n' if piece.authors else ""
        return f'{canonical}\n<meta name="date" content="{published_at}">\n{names}'
    data = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": piece.title,
        "url": url,
        "image": [picture],
        "inLanguage": piece.language,
        "datePublished": published_at,
        "dateModified": modified_at,
        "author": [{"@type": "Person", "name": name} for name in piece.authors],
        "publisher": {"@type": "NewsMediaOrganization", "name": NAME},
        "articleSection": piece.section,
        "keywords": list(piece.tags),
        "isAccessibleForFree": not piece.is_paid,
    }
    metas = {"og:type": "article", "og:title": piece.title, "og:site_name": NAME, "og:url": url, "og:image": picture}
    metas |= {"og:description": piece.lead} if piece.lead else {}
    metas |= {"article:published_time": published_at, "article:modified_time": modified_at}
    lines = [f'<meta property="{name}" content="{escape(value)}">' for name, value in metas.items()]
    lines.append(f'<script type="application/ld+json">{json.dumps(data, ensure_ascii=False)}</script>')
    return "\n".join([canonical, *lines, ""])


def _paragraphs(piece: Piece, furniture: Mapping[str, Any]) -> str:
    """The text column: paragraphs, with the promotion or a read-also line in the middle, or the promotion behind."""
    parts = []
    for kind, group in groupby(piece.paragraphs, key=lambda paragraph: paragraph[0]):
        inside = [_element(kind, text, piece) for _, text in group]
        wrapper = _WRAPPERS.get(kind)
        parts += [f"<{wrapper}>\n{chr(10).join(inside)}\n</{wrapper}>"] if wrapper else inside
    middle = len(parts) // 2
    if parts[middle - 1].startswith("<h2>"):  # nobody sets a box between a heading and its text
        middle -= 1
    if piece.webinar == "middle":
        parts.insert(middle, _promotion(furniture))
    elif not piece.is_paid:
        parts.insert(middle, f'<p><a href="{READ_ALSO_PATH}">{escape(furniture["read_also"])}</a></p>')
    return "\n".join([*parts, _promotion(furniture) if piece.webinar == "end" else ""])


def _promotion(furniture: Mapping[str, Any]) -> str:
    """Plain paragraphs without a mark of their own, so that only their words and their repetition give them away."""
    lines = [f"<p>{escape(line)}</p>" for line in furniture["webinar"]]
    sections = "".join(f'<li><a href="/wirtschaft/">{escape(name)}</a></li>' for name in furniture["sections"])
    return "\n".join([*lines, f"<ul>{sections}</ul>"])


def _element(kind: str, text: str, piece: Piece) -> str:
    if kind == "table_row":
        return "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in text.split("|")) + "</tr>"
    inside = INLINE.sub(_marked, escape(text, quote=False))
    if kind == "question":
        return f"<p><strong>{inside}</strong></p>"
    if kind == "caption":
        picture = f'<img src="{picture_path(piece)}" width="640" height="360" alt="">'
        if piece.template == "semantic":
            return f"<figure>{picture}<figcaption>{inside}</figcaption></figure>"
        return f'<div class="q3">{picture}<div class="q4">{inside}</div></div>'
    return f"<{_TAGS[kind]}>{inside}</{_TAGS[kind]}>"


def _marked(match: Match[str]) -> str:
    if match["words"]:
        return f'<a href="{match["href"]}">{match["words"]}</a>'
    return f"<em>{match['stressed']}</em>"


def _byline(piece: Piece) -> str:
    when = piece.published_at
    names = ", ".join(f'<a rel="author" href="/team/">{escape(name)}</a>' for name in piece.authors)
    return f'{names} <time datetime="{when.isoformat()}">{when:%d.%m.%Y, %H:%M}</time>'


def _newsletter(furniture: Mapping[str, Any]) -> str:
    first, second = (escape(line) for line in furniture["newsletter"])
    return f'<form action="/newsletter"><h3>{first}</h3><p>{second}</p><input name="mail"><button>OK</button></form>'


def _around(piece: Piece, furniture: Mapping[str, Any], related: Sequence[Piece]) -> dict[str, str]:
    """The pieces of furniture, ready to be set."""
    others = [f'<a href="{p.path}">{escape(p.title)}</a>' for p in related]
    others += [f'<a href="{READ_ALSO_PATH}">{escape(line)}</a>' for line in furniture["related"]]
    return {
        "consent": f"<p>{escape(furniture['consent'])}</p>",
        "share": " ".join(f'<a href="#">{escape(line)}</a>' for line in furniture["share"]),
        "tags": escape(furniture["tags_label"])
        + ": "
        + " ".join(f'<a rel="tag" href="/tag/{i}">{escape(tag)}</a>' for i, tag in enumerate(piece.tags)),
        "author": f"<p>{escape((piece.authors or (NAME,))[0])} {escape(furniture['author_box'])}</p>",
        "comments": f"<h3>{escape(furniture['comments_label'])}</h3>"
        + "".join(f"<p>{escape(line)}</p>" for line in furniture["comments"]),
        "related": f"<h3>{escape(furniture['related_label'])}</h3><ul>"
        + "".join(f"<li>{line}</li>" for line in others)
        + "</ul>",
        "footer": f"<p>{escape(furniture['footer'])}</p>",
        "wall": f"<p>{escape(furniture['pitch'])}</p>" if piece.is_paid else "",
    }


def _semantic(piece: Piece, furniture: Mapping[str, Any], related: Sequence[Piece]) -> str:
    box = _around(piece, furniture, related)
    lead = f'<p class="standfirst">{escape(piece.lead)}</p>' if piece.lead else ""
    wall = f'<div class="paywall">{box["wall"]}</div>' if box["wall"] else ""
    return (
        f'<div id="consent" class="overlay">{box["consent"]}</div><header>{navigation()}</header>\n'
        f"<main><article>\n<h1>{escape(piece.title)}</h1>\n{lead}\n"
        f'<p class="byline">{_byline(piece)}</p>\n<div class="share">{box["share"]}</div>\n'
        f"{_paragraphs(piece, furniture)}\n{wall}"
        f'<aside class="newsletter">{_newsletter(furniture)}</aside>\n'
        f'<footer class="author-box">{box["author"]}</footer>\n</article>\n'
        f'<section class="tags">{box["tags"]}</section>\n<section id="comments">{box["comments"]}</section>\n'
        f'<aside class="related">{box["related"]}</aside></main>\n<footer>{box["footer"]}</footer>'
    )


def _soup(piece: Piece, furniture: Mapping[str, Any], related: Sequence[Piece]) -> str:
    box = _around(piece, furniture, related)
    lead = f'<div class="c7">{escape(piece.lead)}</div>' if piece.lead else ""
    return (
        f'<div class="c0">{box["consent"]}</div><div class="c1">{_menu()}</div>\n<div class="c2"><div class="c3">\n'
        f'<h1 class="c5">{escape(piece.title)}</h1>\n{lead}\n<div class="c8">{_byline(piece)}</div>\n'
        f'<div class="c6">{box["share"]}</div>\n<div class="c9">\n{_paragraphs(piece, furniture)}\n</div>\n'
        f'<div class="c10">{_newsletter(furniture)}</div>\n<div class="c11">{box["author"]}</div>'
        f'<div class="c12">{box["tags"]}</div>\n</div>\n<div class="c4">{box["related"]}</div>\n'
        f'<div class="c13">{box["comments"]}</div></div>\n<div class="c14">{box["footer"]}</div>'
    )


def _old(piece: Piece, furniture: Mapping[str, Any], related: Sequence[Piece]) -> str:
    box = _around(piece, furniture, related)
    lead = f"<p><b>{escape(piece.lead)}</b></p>\n" if piece.lead else ""
    return (
        f'<table width="960"><tr><td colspan="2">{_menu()}</td></tr>\n<tr><td valign="top" width="640">\n'
        f"<h1>{escape(piece.title)}</h1>\n<p><small>{_byline(piece)}</small></p>\n{lead}"
        f"{_paragraphs(piece, furniture)}\n<hr>{box['author']}<p>{box['tags']}</p><p>{box['share']}</p>"
        f'{box["comments"]}</td>\n<td valign="top">{box["related"]}{_newsletter(furniture)}'
        f'</td></tr>\n<tr><td colspan="2">{box["consent"]}{box["footer"]}</td></tr></table>'
    )
