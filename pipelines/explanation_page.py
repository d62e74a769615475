"""An explanation as one HTML page: the page's text with what was kept and what was dropped, and why.

Self-contained: no script, nothing loaded from anywhere, and a policy (CSP Level 3) that forbids both. Whatever the
explained page wrote is shown as text and nothing else; no address in it is a link.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from html import escape

from pipelines import explaining
from scraper.extraction.explanation import BlockExplanation, Explanation, FieldExplanation

_STYLE = """
:root { color-scheme: light dark; --ok: #1a7f37; --no: #b42318; --dim: #667; --line: #8884; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 52rem; margin: 0 auto; padding: 1rem; overflow-wrap: anywhere; }
h1 { font-size: 1.3rem; margin: 0; }
h2 { font-size: 1.1rem; margin: 2rem 0 .3rem; }
h3 { font-size: 1rem; margin: 1rem 0 0; }
h3 + p { margin: 0 0 .3rem; }
details { border-left: .4rem solid var(--no); border-left-style: dotted; margin: .3rem 0; padding: .1rem .6rem; }
details.kept { border-left: .4rem solid var(--ok); }
details.out summary .text { color: var(--dim); text-decoration: line-through; text-decoration-color: #b4231866; }
details.is-heading summary .text { font-weight: bold; }
summary { cursor: pointer; }
.text { white-space: pre-wrap; unicode-bidi: isolate; }
.mark { font: bold .75rem ui-monospace, monospace; color: var(--no); margin-right: .4rem; white-space: nowrap; }
.kept .mark { color: var(--ok); }
.why { font-size: .8rem; color: var(--dim); }
ul { margin: .2rem 0; padding-left: 1.2rem; font-size: .85rem; }
table { border-collapse: collapse; width: 100%; font-size: .9rem; }
th, td { text-align: left; vertical-align: top; padding: .3rem .5rem; border-top: 1px solid var(--line); }
td:nth-child(2) { min-width: 12rem; }
tr.won td { font-weight: bold; }
"""
# What the style's text hashes to is the only thing the policy lets in.
_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
_POLICY = f"default-src 'none'; style-src 'sha256-{_HASH}'; base-uri 'none'; form-action 'none'"


def to_html(explanation: Explanation) -> str:
    """The page, as text to be written in UTF-8."""
    return "\n".join(_lines(explanation)) + "\n"


def _lines(explanation: Explanation) -> Iterator[str]:
    url, summary = _text(explanation.article.url), explaining.summary(explanation)
    yield '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
    yield f'<meta http-equiv="Content-Security-Policy" content="{escape(_POLICY)}">'
    yield '<meta name="referrer" content="no-referrer"><meta name="viewport" content="width=device-width">'
    yield f"<title>Why: {url}</title><style>{_STYLE}</style></head><body>"
    yield f'<h1><bdi>{_text(explanation.article.title or "(no title)")}</bdi></h1><p class="why">{url}</p>'
    yield f'<h2 id="verdict">Verdict: {_text(summary.verdict)}</h2><ul>'
    yield from (f"<li>{_text(sentence)}</li>" for sentence in summary.evidence)
    yield f'</ul><h2 id="text">{_text(explaining.BLOCKS_HEAD)}</h2><p class="why">{_text(explaining.BLOCKS_LEGEND)}'
    yield " Open a block for all of it.</p>"
    for block in explanation.blocks:
        yield from _block(block)
    for paragraph in explaining.foreign(explanation):
        yield f'<details class="kept"><summary>{_marked("✓ kept", paragraph.text)}</summary>'
        yield f"{explaining.FOREIGN}</details>"
    yield f'<h2 id="fields">{_text(explaining.FIELDS_HEAD)}</h2><p class="why">{_text(explaining.FIELDS_LEGEND)}</p>'
    for field in explanation.fields:
        yield from _field(field)
    yield "</body></html>"


def _block(block: BlockExplanation) -> Iterator[str]:
    fate, reason = block.fate, _text(explaining.reason(block))
    spoke_for, spoke_against = explaining.sided(block)
    mark = f"{'✓ kept' if fate.is_kept else '✗ out'} {fate.score:.2f}"
    yield f'<details class="{"kept" if fate.is_kept else "out"} is-{fate.kind.value}">'
    short = (
        "" if fate.reason in explaining.BY_SCORE and block.reads_like is None else f' <span class="why">{reason}</span>'
    )
    yield f'<summary title="{reason}">{_marked(mark, fate.text)}{short}</summary><p class="why">{reason}</p><ul>'
    yield from (f"<li>{w.weight:+.2f} {_text(w.words)}</li>" for w in (*spoke_for, *spoke_against))
    kind = fate.kind.value.replace("_", " ")
    yield f'</ul><p class="why">{kind} at {_text(fate.path)}</p></details>'


def _marked(mark: str, text: str) -> str:
    return f'<span class="mark">{mark}</span><span class="text" dir="auto">{_text(text, keeps_lines=True)}</span>'


def _field(field: FieldExplanation) -> Iterator[str]:
    yield f"<h3>{_text(field.name)}</h3><p><bdi>{_text(explaining.decided(field))}</bdi></p>"
    if not field.candidates:
        return
    yield "<table><tr><th></th><th>where</th><th>what it says</th></tr>"
    for at, candidate in enumerate(field.candidates):
        row, mark = (' class="won"', "*") if at == field.winner else ("", "=-"[not explaining.agrees(field, candidate)])
        value = _text(explaining.plain(candidate.value))
        yield f"<tr{row}><td>{mark}</td><td>{_text(candidate.origin)}</td><td><bdi>{value}</bdi></td></tr>"
    yield "</table>"


def _text(text: str, *, keeps_lines: bool = False) -> str:
    """Anything that came from a page, as text: escaped, without control characters."""
    lines = map(explaining.line, text.split("\n")) if keeps_lines else [explaining.line(text)]
    return escape("\n".join(lines))
