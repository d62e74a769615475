"""An article as text, Markdown or HTML, from the same paragraphs.

Does not decide what belongs to the article; captions stand only in Markdown and HTML.
"""

from __future__ import annotations

import html
import re

from scraper.values import Article, Paragraph, ParagraphKind

_MARKDOWN_PREFIX = {
    ParagraphKind.HEADING: "## ",
    ParagraphKind.LIST_ITEM: "- ",
    ParagraphKind.QUOTE: "> ",
}
_HTML_TAG = {
    ParagraphKind.LEAD: "p",
    ParagraphKind.TEXT: "p",
    ParagraphKind.HEADING: "h2",
    ParagraphKind.LIST_ITEM: "li",
    ParagraphKind.QUOTE: "blockquote",
    ParagraphKind.TABLE_ROW: "tr",
    ParagraphKind.CODE: "pre",
    ParagraphKind.CAPTION: "figcaption",
}
_HTML_WRAPPER = {ParagraphKind.LIST_ITEM: "ul", ParagraphKind.TABLE_ROW: "table", ParagraphKind.CAPTION: "figure"}
# What would be read as markup at the start of a line, and inside it (CommonMark 0.31).
_MARKDOWN_LINE = re.compile(r"^(\s*)([#>+\-]|\d+[.)])(?=\s)", re.MULTILINE)
_MARKDOWN_INLINE = re.compile(r"([\\`*_\[\]<])")


def byline(article: Article) -> str:
    """Authors, time and site on one line, without what is absent."""
    moment = article.published_at.iso().replace("T", " ") if article.published_at else ""
    return " · ".join(part for part in (", ".join(article.authors), moment, article.site_name or article.site) if part)


def to_text(article: Article) -> str:
    """Title, then the body, joined by blank lines."""
    return "\n\n".join(part for part in (article.title or "", article.body) if part) + "\n"


def to_markdown(article: Article) -> str:
    """CommonMark: title, byline, and the paragraphs by kind; what the page wrote is escaped."""
    out = f"# {_escaped(article.title)}\n\n" if article.title else ""
    out += f"*{_escaped(byline(article))}*"
    former = None
    for paragraph in article.paragraphs:
        is_next_item = former is paragraph.kind is ParagraphKind.LIST_ITEM
        out += ("\n" if is_next_item else "\n\n") + _markdown(paragraph)
        former = paragraph.kind
    return out + "\n"


def _escaped(text: str) -> str:
    return _MARKDOWN_LINE.sub(r"\1\\\2", _MARKDOWN_INLINE.sub(r"\\\1", text))


def _markdown(paragraph: Paragraph) -> str:
    if paragraph.kind is ParagraphKind.CODE:
        return "\n".join(f"    {line}" for line in paragraph.text.splitlines())
    if paragraph.kind is ParagraphKind.CAPTION:
        return f"*{_escaped(paragraph.text)}*"
    text = _escaped(paragraph.text)
    if paragraph.kind is ParagraphKind.TABLE_ROW:
        return text
    return _MARKDOWN_PREFIX.get(paragraph.kind, "") + text.replace("\n", "  \n")


def to_html(article: Article) -> str:
    """One `article` element with the paragraphs by kind; no attribute or script of the page comes along."""
    out = ["<article>"]
    if article.title:
        out.append(f"<h1>{html.escape(article.title)}</h1>")
    out.append(f"<p>{html.escape(byline(article))}</p>")
    wrapper = None
    for paragraph in article.paragraphs:
        wanted = _HTML_WRAPPER.get(paragraph.kind)
        if wanted != wrapper:
            out += [f"</{wrapper}>"] * (wrapper is not None) + [f"<{wanted}>"] * (wanted is not None)
            wrapper = wanted
        out.append(_html(paragraph))
    out += [f"</{wrapper}>"] * (wrapper is not None)
    return "\n".join([*out, "</article>", ""])


def _html(paragraph: Paragraph) -> str:
    tag = _HTML_TAG[paragraph.kind]
    text = html.escape(paragraph.text)
    if paragraph.kind is ParagraphKind.TABLE_ROW:
        return "<tr>" + "".join(f"<td>{cell.strip()}</td>" for cell in text.split("|")) + "</tr>"
    if paragraph.kind is not ParagraphKind.CODE:
        text = text.replace("\n", "<br>")
    return f"<{tag}>{text}</{tag}>"
