"""An article as text, Markdown or HTML, from the same paragraphs.

Markdown is CommonMark 0.31 with GitHub's tables. What the page wrote is escaped, so it reads as written and nothing
of it becomes markup. Does not decide what belongs to the article; captions stand only in Markdown and HTML.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby

from scraper.values import Article, Paragraph, ParagraphKind

_TITLE_RANK = 1
_TOGETHER = frozenset((ParagraphKind.LIST_ITEM, ParagraphKind.QUOTE, ParagraphKind.TABLE_ROW))
# What would be read as markup at the start of a line, and anywhere in it.
_MARKDOWN_LINE = re.compile(
    r"^(?:#(?=#*(?:\s|$))|>|[+-](?=\s|$)|-(?=[- ]*$)|=(?==*$)|(\d{1,9})([.)])(?=\s|$))",
    re.MULTILINE,
)
_MARKDOWN_INLINE = re.compile(r"[\\`*_\[\]<~]|&(?=#?\w+;)")
_CLOSING = re.compile(r"(?<=\s)#+$")
_BACKTICKS = re.compile("`+")
_INDENT = "    "


def byline(article: Article) -> str:
    """Authors, time and site on one line, without what is absent."""
    moment = article.published_at.iso().replace("T", " ") if article.published_at else ""
    return " · ".join(part for part in (", ".join(article.authors), moment, article.site_name or article.site) if part)


def to_text(article: Article) -> str:
    """Title, then the body, joined by blank lines."""
    return "\n\n".join(part for part in (article.title or "", article.body) if part) + "\n"


def to_markdown(article: Article) -> str:
    """Title, byline, and the paragraphs by kind."""
    out = [f"# {_one_line(article.title)}"] if article.title else []
    if signature := byline(article):
        out.append(f"*{_one_line(signature)}*")
    writers: dict[ParagraphKind, Callable[[Sequence[Paragraph]], str]] = {
        ParagraphKind.LIST_ITEM: _markdown_list,
        ParagraphKind.QUOTE: lambda run: "\n>\n".join(_quoted(p.text) for p in run),
        ParagraphKind.TABLE_ROW: _markdown_table,
    }
    for kind, run in _runs(article.paragraphs):
        out.append(writers[kind](run) if kind in writers else _markdown(run[0]))
    return "\n\n".join(out) + "\n"


def to_html(article: Article) -> str:
    """One `article` element with the paragraphs by kind; no attribute or script of the page comes along."""
    language = f' lang="{html.escape(article.language)}"' if article.language else ""
    heads = [f"<h1>{html.escape(article.title)}</h1>"] if article.title else []
    if signature := byline(article):
        heads.append(f"<p>{html.escape(signature)}</p>")
    out = [f'<article{language} dir="auto">', *(("<header>", *heads, "</header>") if heads else ())]
    writers: dict[ParagraphKind, Callable[[Sequence[Paragraph]], str]] = {
        ParagraphKind.LIST_ITEM: _html_list,
        ParagraphKind.QUOTE: lambda run: "\n".join(["<blockquote>", *map(_html, run), "</blockquote>"]),
        ParagraphKind.TABLE_ROW: _html_table,
    }
    for kind, run in _runs(article.paragraphs):
        out.append(writers[kind](run) if kind in writers else _html(run[0]))
    return "\n".join([*out, "</article>", ""])


def _runs(paragraphs: Sequence[Paragraph]) -> Iterator[tuple[ParagraphKind, list[Paragraph]]]:
    """The items of a list, the rows of a table and the paragraphs of a quote together; all others alone."""
    part = 0
    before: Paragraph | None = None
    numbered = []
    for paragraph in paragraphs:
        part += before is None or not _belong_together(before, paragraph)
        numbered.append((part, paragraph))
        before = paragraph
    for _, members in groupby(numbered, key=lambda pair: pair[0]):
        run = [paragraph for _, paragraph in members]
        yield run[0].kind, run


def _belong_together(before: Paragraph, after: Paragraph) -> bool:
    if before.kind is not after.kind or after.kind not in _TOGETHER:
        return False
    starts_table = after.kind is ParagraphKind.TABLE_ROW and after.level > before.level
    return not starts_table


def _depths(items: Sequence[Paragraph]) -> Iterator[tuple[int, Paragraph]]:
    """Each item with its depth, from 0, never more than one below the item before."""
    depth = -1
    for item in items:
        depth = min(max(item.level, 1) - 1, depth + 1)
        yield depth, item


def _rank(heading: Paragraph) -> int:
    """A heading in the text stands below the title; one of unknown rank right below."""
    return max(heading.level, _TITLE_RANK + 1)


# ---------------------------------------------------------------- Markdown


def _escaped(text: str) -> str:
    text = _MARKDOWN_INLINE.sub(r"\\\g<0>", text)
    return _MARKDOWN_LINE.sub(lambda m: f"{m[1]}\\{m[2]}" if m[1] else f"\\{m[0]}", text)


def _one_line(text: str) -> str:
    return _CLOSING.sub(r"\\\g<0>", _escaped(" ".join(text.split())))


def _with_breaks(text: str, indent: str = "") -> str:
    return _escaped(text).replace("\n", "  \n" + indent)


def _quoted(text: str) -> str:
    return "> " + _with_breaks(text, "> ")


def _markdown(paragraph: Paragraph) -> str:
    match paragraph.kind:
        case ParagraphKind.CODE:
            fence = "`" * max(3, 1 + max(map(len, _BACKTICKS.findall(paragraph.text)), default=0))
            return f"{fence}\n{paragraph.text}\n{fence}"
        case ParagraphKind.HEADING:
            return f"{'#' * _rank(paragraph)} {_one_line(paragraph.text)}"
        case ParagraphKind.CAPTION:
            return f"*{_one_line(paragraph.text)}*"
        case _:
            return _with_breaks(paragraph.text)


def _markdown_list(items: Sequence[Paragraph]) -> str:
    lines: list[str] = []
    open_lists: dict[int, bool] = {}
    for depth, item in _depths(items):
        mark = f"{item.number}. " if item.number else "- "
        if lines and item.number > 1 and not open_lists.get(depth):
            lines.append("")  # only a list that begins with 1 may follow a line of text at once
        open_lists = {d: numbered for d, numbered in open_lists.items() if d < depth} | {depth: item.number > 0}
        lines.append(_INDENT * depth + mark + _with_breaks(item.text, _INDENT * depth + " " * len(mark)))
    return "\n".join(lines)


def _markdown_table(rows: Sequence[Paragraph]) -> str:
    """A table of GitHub's kind, which always has a head: an empty one where the page's table has none."""
    n = max(len(row.cells) for row in rows)
    head = [row.cells for row in rows[:1] if row.level]
    lines = [_markdown_row(cells, n) for cells in (*(head or [()]), *(row.cells for row in rows[len(head) :]))]
    return "\n".join([lines[0], "|" + " --- |" * n, *lines[1:]])


def _markdown_row(cells: Sequence[str], n: int) -> str:
    padded = [*(_escaped(cell).replace("|", "\\|").replace("\n", "<br>") for cell in cells), *[""] * (n - len(cells))]
    return f"| {' | '.join(padded)} |"


# ---------------------------------------------------------------- HTML


def _broken(text: str) -> str:
    return html.escape(text).replace("\n", "<br>")


def _html(paragraph: Paragraph) -> str:
    match paragraph.kind:
        case ParagraphKind.CODE:
            return f"<pre><code>{html.escape(paragraph.text)}</code></pre>"
        case ParagraphKind.HEADING:
            return f"<h{_rank(paragraph)}>{_broken(paragraph.text)}</h{_rank(paragraph)}>"
        case ParagraphKind.CAPTION:
            return f"<figure><figcaption>{_broken(paragraph.text)}</figcaption></figure>"
        case _:
            return f"<p>{_broken(paragraph.text)}</p>"


def _html_list(items: Sequence[Paragraph]) -> str:
    """Lists inside lists by depth; a list ends where numbers and bullets change."""
    out: list[str] = []
    open_lists: list[str] = []
    for depth, item in _depths(items):
        tag = "ol" if item.number else "ul"
        while len(open_lists) > depth + 1 or (len(open_lists) == depth + 1 and open_lists[-1] != tag):
            out.append(f"</li></{open_lists.pop()}>")
        if len(open_lists) == depth + 1:
            out.append("</li>")
        else:
            out.append(f"<{tag}>")
            open_lists.append(tag)
        out.append(f"<li>{_broken(item.text)}")
    out += [f"</li></{tag}>" for tag in reversed(open_lists)]
    return "\n".join(out)


def _html_table(rows: Sequence[Paragraph]) -> str:
    out = ["<table>"]
    for row in rows:
        tag = "th" if row.level else "td"
        out.append("<tr>" + "".join(f"<{tag}>{_broken(cell)}</{tag}>" for cell in row.cells) + "</tr>")
    return "\n".join([*out, "</table>"])
