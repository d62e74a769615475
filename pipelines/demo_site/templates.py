"""Three layouts, as real sites have them: semantic elements, a soup of divs, and an old one held by a table.

Each carries the same furniture around and inside the article: navigation, consent banner, newsletter box,
read-also line, author box, comments, related headlines, footer, and the webinar promotion as plain paragraphs.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from pipelines.demo_site.content import Piece

NAME = "The Harbour Courier"
SECTIONS = {"Town": "/town/", "Sea": "/sea/", "Wirtschaft": "/wirtschaft/", "Culture": "/culture/"}

_TAGS = {"text": "p", "heading": "h2", "list_item": "li", "quote": "blockquote", "caption": "figcaption"}
_WRAPPERS = {"list_item": "ul", "table_row": "table", "caption": "figure"}


def article_page(piece: Piece, url: str, furniture: Mapping[str, Any], related: Sequence[Piece]) -> str:
    """The page of an article whose canonical address is `url`."""
    layout = {"semantic": _semantic, "soup": _soup, "old": _old}[piece.template]
    return page(piece.language, piece.title, _head(piece, url), layout(piece, furniture, related))


def page(language: str, title: str, head: str, body: str) -> str:
    """A whole HTML document."""
    return (
        f'<!doctype html>\n<html lang="{language}">\n<head>\n<meta charset="utf-8">\n'
        f"<title>{escape(title)} | {NAME}</title>\n{head}</head>\n<body>\n{body}\n</body>\n</html>\n"
    )


def teaser_list(pieces: Sequence[Piece]) -> str:
    """Teaser cards with linked headlines."""
    cards = (
        f'<div class="teaser"><h3><a href="{p.path}">{escape(p.title)}</a></h3>'
        f"<p>{escape(p.lead or p.paragraphs[0][1][:120])}</p></div>"
        for p in pieces
    )
    return "\n".join(cards)


def navigation() -> str:
    """The menu and the links to the feeds."""
    links = "".join(f'<li><a href="{path}">{name}</a></li>' for name, path in SECTIONS.items())
    return f'<nav class="menu"><a href="/">{NAME}</a><ul>{links}<li><a href="/feed.xml">RSS</a></li></ul></nav>'


def _head(piece: Piece, url: str) -> str:
    data = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": piece.title,
        "datePublished": piece.published_at.isoformat(),
        "dateModified": piece.modified_at.isoformat(),
        "author": [{"@type": "Person", "name": name} for name in piece.authors],
        "publisher": {"@type": "Organization", "name": NAME},
        "articleSection": piece.section,
        "keywords": list(piece.tags),
    }
    metas = {"og:type": "article", "og:title": piece.title, "og:site_name": NAME, "og:url": url}
    metas |= {"og:description": piece.lead} if piece.lead else {}
    lines = [f'<meta property="{name}" content="{escape(value)}">' for name, value in metas.items()]
    if piece.template == "old":  # an old system knows nothing of JSON-LD
        lines = [f'<meta name="date" content="{piece.published_at.isoformat()}">']
    else:
        lines.append(f'<script type="application/ld+json">{json.dumps(data, ensure_ascii=False)}</script>')
    return "\n".join([f'<link rel="canonical" href="{url}">', *lines, ""])


def _paragraphs(piece: Piece, furniture: Mapping[str, Any]) -> str:
    """The text column: paragraphs, with the promotion among or behind them where the piece has one."""
    middle = len(piece.paragraphs) // 2
    promotion = "\n".join(f"<p>{escape(line)}</p>" for line in furniture["webinar"])
    out: list[str] = []
    wrapper = None
    for at, (kind, text) in enumerate(piece.paragraphs):
        wanted = _WRAPPERS.get(kind)
        if wanted != wrapper:
            out += [f"</{wrapper}>"] * (wrapper is not None) + [f"<{wanted}>"] * (wanted is not None)
            wrapper = wanted
        out.append(_element(kind, text))
        if at == middle and piece.webinar == "middle":
            out.append(promotion)
        elif at == middle and wrapper is None:
            out.append(f'<p><a href="/town/harbour-museum">{escape(furniture["read_also"])}</a></p>')
    out += [f"</{wrapper}>"] * (wrapper is not None)
    return "\n".join([*out, promotion if piece.webinar == "end" else ""])


def _element(kind: str, text: str) -> str:
    if kind == "table_row":
        return "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in text.split("|")) + "</tr>"
    return f"<{_TAGS[kind]}>{escape(text)}</{_TAGS[kind]}>"


def _byline(piece: Piece) -> str:
    when = piece.published_at
    names = " · ".join(escape(name) for name in piece.authors)
    return f'{names} <time datetime="{when.isoformat()}">{when:%d.%m.%Y, %H:%M}</time>'


def _newsletter(furniture: Mapping[str, Any]) -> str:
    first, second = (escape(line) for line in furniture["newsletter"])
    return f'<form action="/newsletter"><h3>{first}</h3><p>{second}</p><input name="mail"><button>OK</button></form>'


def _around(piece: Piece, furniture: Mapping[str, Any], related: Sequence[Piece]) -> dict[str, str]:
    """The pieces of furniture, ready to be set."""
    return {
        "consent": f'<div id="consent" class="overlay"><p>{escape(furniture["consent"])}</p></div>',
        "share": '<div class="share"><a href="#">Mail</a> <a href="#">Print</a> <a href="#">Share</a></div>',
        "tags": "".join(f'<a rel="tag" href="/tag/{i}">{escape(tag)}</a> ' for i, tag in enumerate(piece.tags)),
        "author": f"<p>{escape((piece.authors or (NAME,))[0])} {escape(furniture['author_box'])}</p>",
        "comments": "".join(f"<p>{escape(line)}</p>" for line in furniture["comments"]),
        "related": "".join(f"<li>{escape(line)}</li>" for line in furniture["related"])
        + "".join(f'<li><a href="{p.path}">{escape(p.title)}</a></li>' for p in related),
        "footer": f"<p>{escape(furniture['footer'])}</p>",
    }


def _semantic(piece: Piece, furniture: Mapping[str, Any], related: Sequence[Piece]) -> str:
    box = _around(piece, furniture, related)
    lead = f'<p class="standfirst">{escape(piece.lead)}</p>' if piece.lead else ""
    return (
        f"{box['consent']}<header>{navigation()}</header>\n<main><article>\n<h1>{escape(piece.title)}</h1>\n{lead}\n"
        f'<p class="byline">{_byline(piece)}</p>\n{box["share"]}\n{_paragraphs(piece, furniture)}\n'
        f'<aside class="newsletter">{_newsletter(furniture)}</aside>\n'
        f'<footer class="author-box">{box["author"]}</footer>\n</article>\n'
        f'<section class="tags">{box["tags"]}</section>\n<section id="comments">{box["comments"]}</section>\n'
        f'<aside class="related"><ul>{box["related"]}</ul></aside></main>\n<footer>{box["footer"]}</footer>'
    )


def _soup(piece: Piece, furniture: Mapping[str, Any], related: Sequence[Piece]) -> str:
    box = _around(piece, furniture, related)
    lead = f'<div class="c7">{escape(piece.lead)}</div>' if piece.lead else ""
    return (
        f'{box["consent"]}<div class="c1">{navigation()}</div>\n<div class="c2"><div class="c3">\n'
        f'<h1 class="c5">{escape(piece.title)}</h1>\n{lead}\n<div class="c8">{_byline(piece)}</div>{box["share"]}\n'
        f'<div class="c9">\n{_paragraphs(piece, furniture)}\n</div>\n<div class="c10">{_newsletter(furniture)}</div>\n'
        f'<div class="c11">{box["author"]}</div><div class="c12">{box["tags"]}</div>\n</div>\n'
        f'<div class="c4"><ul>{box["related"]}</ul></div>\n<div class="c13">{box["comments"]}</div></div>\n'
        f'<div class="c14">{box["footer"]}</div>'
    )


def _old(piece: Piece, furniture: Mapping[str, Any], related: Sequence[Piece]) -> str:
    box = _around(piece, furniture, related)
    return (
        f'<table width="960"><tr><td colspan="2">{navigation()}</td></tr>\n<tr><td valign="top" width="640">\n'
        f"<h1>{escape(piece.title)}</h1>\n<p><small>{_byline(piece)}</small></p>\n{_paragraphs(piece, furniture)}\n"
        f'<hr>{box["author"]}{box["comments"]}</td>\n<td valign="top"><ul>{box["related"]}</ul>{_newsletter(furniture)}'
        f'</td></tr>\n<tr><td colspan="2">{box["footer"]}</td></tr></table>'
    )
