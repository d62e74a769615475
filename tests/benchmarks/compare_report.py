"""The tables and the plot of `compare`, from its results; Markdown and SVG by hand, so that nothing must be installed."""

from __future__ import annotations

import html
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import metrics
from compare_measure import NAMES, OURS, REFERENCE, SCRIPTS

LABELS = {
    "trafilatura": "trafilatura",
    "trafilatura_nocomments": "trafilatura, no comments",
    "trafilatura_fast": "trafilatura, fast",
    "readability": "readability-lxml",
}
BODY = {
    "F1 [95 %]": "f1",
    "≥ .9": "good",
    "< .5": "bad",
    "paragraphs kept": "gold",
    "junk inside": "inside",
    "junk after": "after",
    "promotions kept": "injected",
}
FIELDS = {"titles": "title", "authors F1": "author_f1", "day": "date", "minute": "minute"}
BEGIN, END = "<!-- compare.py: begin -->", "<!-- compare.py: end -->"
CORPORA = {"wcxb": "WCXB articles", "fundus": "Fundus news"}
INK, FAINT, OURS_INK, PEER_INK = "#333", "#d9d9d9", "#c4451c", "#54728c"


def label(name: str) -> str:
    return LABELS.get(name, name)


def number(value: float | None, digits: int = 3) -> str:
    return (
        "–" if value is None else str(value) if isinstance(value, int) else f"{value:.{digits}f}".replace("0.", ".", 1)
    )


def markdown(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = ["| " + " | ".join(cells) + " |" for cells in (head, *rows)]
    return "\n".join([lines[0], "|---" + "|---:" * (len(head) - 1) + "|", *lines[1:]])


def body_table(corpus: dict[str, Any]) -> str:
    rows = []
    for name in NAMES:
        found = corpus["extractors"][name]["figures"]
        if found.get("f1") is None:
            continue
        cells = [number(found.get(key)) for key in BODY.values()]
        low, high = found["ci"] or (None, None)
        cells[0] = f"{cells[0]} [{number(low)}, {number(high)}]"
        rows.append([label(name), *cells])
    return markdown(["", *BODY], rows)


def fields_table(results: dict[str, Any], names: Sequence[str]) -> str:
    """Fields of each extractor that has any, by corpus; the number of pages in brackets."""
    rows = []
    for corpus, found in results["quality"].items():
        for name in names:
            figures = found["extractors"][name]["figures"]
            cells = [
                f"{number(figures.get(key))} ({figures[f'n_{key}']})" if figures.get(f"n_{key}") else ""
                for key in FIELDS.values()
            ]
            if any(cells):
                rows.append([corpus, label(name), *cells])
    return markdown(["corpus (pages with the field)", "", *FIELDS], rows)


def script_table(results: dict[str, Any]) -> str:
    """Body F1 by script, over all corpora with full texts."""
    found: dict[str, dict[str, list[float]]] = {name: {} for name in (OURS, "trafilatura", "trafilatura_nocomments")}
    for corpus in results["quality"].values():
        for name, scores in found.items():
            for row in corpus["extractors"][name]["rows"]:
                if "script" in row:
                    scores.setdefault(row["script"], []).append(row["f1"])
    rows = []
    for group in SCRIPTS:
        values = [scores.get(group, []) for scores in found.values()]
        cells = [f"{number(metrics.mean(v))} {_interval(v)}".strip() if v else "–" for v in values]
        rows.append([group, str(len(values[0])), *cells])
    return markdown(["script", "pages", *map(label, found)], rows)


def _interval(values: Sequence[float]) -> str:
    found = metrics.bootstrap_ci(values)
    return f"[{number(found[0])}, {number(found[1])}]" if found else ""


def speed_table(results: dict[str, Any]) -> str:
    rows = []
    for name, found in results["speed"]["extractors"].items():
        low, high = found["ci"]
        ratio = "1" if name == REFERENCE else f"{found['ratio']:.2f} [{low:.2f}, {high:.2f}]"
        rows.append([label(name), ratio, f"{found['median_ms']:.1f}", f"{found['p95_by_median']:.1f}"])
    return markdown(["", "times as fast as trafilatura [95 %]", "median, ms", "95th percentile / median"], rows)


def _pages(corpus: dict[str, Any]) -> str:
    n, total = corpus["pages"], corpus["of"]
    return f"{n} pages" if n == total else f"only {n} of {total} pages, drawn by a fixed seed"


def _measured(*parts: dict[str, Any]) -> str:
    days = ", ".join(sorted({f"{part['day']} at {part['commit']}" for part in parts}))
    versions = ", ".join(f"{name} {version}" for name, version in parts[-1]["versions"].items())
    return f"Measured {days} with Python {parts[-1]['python']}; {versions}."


HELD_OUT = (
    "newsdesk's body model was trained on these corpora, so these are cross-validated figures: every body was read by a "
    "model that had not seen the page's site (`compare_measure.held_out`). The hand-written rules and the few weights that choose "
    "among headlines were made with these pages in view, and no fold leaves them out: the fields, and a little of the "
    "bodies, may flatter newsdesk. The peers read the pages as they are installed."
)


def section(results: dict[str, Any]) -> str:
    """The README's part: two corpora, speed, scripts; the rest stands in the report."""
    parts = ["![Body F1 and speed of newsdesk and seven others](tests/benchmarks/compare.svg)", HELD_OUT]
    quality = results.get("quality")
    for corpus, title in CORPORA.items():
        if quality and corpus in quality:
            found = quality[corpus]
            parts += [f"**{title}**, {_pages(found)}: the body", body_table(found)]
    if quality:
        parts.append(
            "F1 by words (characters where a script has no spaces) with its bootstrap interval; pages at .9 or better, as "
            "a share, and below .5, as a number; shares kept: of the gold's paragraphs, of the page's own junk within and "
            "after the article, and of promotional lines set into the article as plain paragraphs."
        )
        parts += ["**Fields**", fields_table(results, (OURS, "trafilatura", "newspaper4k"))]
        parts += [
            "**Body F1 by script**, all corpora with full texts",
            script_table(results),
            _measured(*quality.values()),
        ]
    if "speed" in results:
        speed = results["speed"]
        parts += [
            (
                f"**Speed**: CPU time of body and metadata (readability-lxml and resiliparse: body and title) of "
                f"{speed['pages']} pages, half WCXB, half Fundus; one process, warm, garbage collector on, taking turns page "
                "by page. This is newsdesk as shipped; the figures above say nothing about time."
            ),
            speed_table(results),
            _measured(speed),
        ]
    return "\n\n".join(parts)


def full(results: dict[str, Any]) -> str:
    """Everything, for `report.md`."""
    parts = ["# newsdesk compared with others", section(results)]
    if "quality" in results:
        for name, corpus in results["quality"].items():
            errors = {n: e["figures"]["errors"] for n, e in corpus["extractors"].items() if e["figures"]["errors"]}
            parts += [f"## {name}, {_pages(corpus)}", body_table(corpus), f"Pages failed: {errors or 'none'}."]
        parts += ["## Fields, all extractors", fields_table(results, NAMES)]
    return "\n\n".join(parts) + "\n"


def refresh(readme: Path, text: str) -> None:
    """Puts the text between the marks of the README."""
    before, rest = readme.read_text("utf-8").split(BEGIN)
    after = rest.split(END)[1]
    readme.write_text(f"{before}{BEGIN}\n\n{text}\n\n{END}{after}", "utf-8")


# ---------------------------------------------------------------- plot

LEFT, WIDTH, GAP, TOP, STEP = 180, 170, 40, 66, 26


def plot(results: dict[str, Any]) -> str:
    """One row an extractor; a panel for the body F1 of each corpus and one for the speed."""
    panels = []
    for corpus, title in CORPORA.items():
        found = results.get("quality", {}).get(corpus, {}).get("extractors", {})
        points = {name: found[name]["figures"] for name in NAMES if found.get(name, {}).get("figures", {}).get("f1")}
        values = {name: (f["f1"], *(f["ci"] or (f["f1"], f["f1"]))) for name, f in points.items()}
        low = math.floor(min((v[1] for v in values.values()), default=0.8) * 20) / 20
        panels.append((f"body F1, {title}", values, (low, 1.0), [low + i * (1 - low) / 4 for i in range(5)]))
    times = results.get("speed", {}).get("extractors", {})
    ratios = {name: tuple(math.log2(v) for v in (f["ratio"], *f["ci"])) for name, f in times.items()}
    span = (math.floor(min((v[1] for v in ratios.values()), default=0)), 5)
    panels.append(("times as fast as trafilatura", ratios, span, list(range(span[0], span[1] + 1))))
    height = TOP + STEP * len(NAMES) + 34
    total = LEFT + 3 * WIDTH + 2 * GAP + 30
    parts = [
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {total} {height}" width="{total}" height="{height}" '
            'font-family="Helvetica, Arial, sans-serif" font-size="12" role="img">'
        ),
        "<title>newsdesk compared with other extractors: body F1 on two corpora, and speed</title>",
        f'<rect width="{total}" height="{height}" fill="#fff"/>',
        _text(14, 24, "newsdesk compared with others", 'font-size="15" font-weight="bold"'),
    ]
    for at, name in enumerate(NAMES):
        style = f'text-anchor="end" fill="{OURS_INK}" font-weight="bold"' if name == OURS else 'text-anchor="end"'
        parts.append(_text(LEFT - 14, TOP + STEP * at + 18, label(name), style))
    for at, panel in enumerate(panels):
        parts += _panel(LEFT + at * (WIDTH + GAP), panel, is_log=at == 2)
    return "\n".join([*parts, "</svg>"]) + "\n"


def _panel(
    left: int, panel: tuple[str, dict[str, Any], tuple[float, float], list[float]], *, is_log: bool
) -> list[str]:
    title, values, (low, high), ticks = panel
    place = lambda value: left + WIDTH * (max(low, min(high, value)) - low) / (high - low)  # noqa: E731
    bottom = TOP + STEP * len(NAMES) + 4
    parts = [_text(left, TOP - 14, title, 'font-weight="bold"')]
    for tick in ticks:
        x, mark = place(tick), f"{2.0**tick:g}" if is_log else number(tick, 2)
        parts.append(f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{TOP}" y2="{bottom}" stroke="{FAINT}"/>')
        parts.append(_text(x, bottom + 16, mark, 'text-anchor="middle" font-size="11"'))
    for at, name in enumerate(NAMES):
        if name not in values:
            continue
        middle, start, end = map(place, values[name])
        y, ink = TOP + STEP * at + 14, OURS_INK if name == OURS else PEER_INK
        parts.append(f'<line x1="{start:.1f}" x2="{end:.1f}" y1="{y}" y2="{y}" stroke="{ink}" stroke-width="2"/>')
        parts.append(f'<circle cx="{middle:.1f}" cy="{y}" r="4.5" fill="{ink}"/>')
    return parts


def _text(x: float, y: float, text: str, style: str = "") -> str:
    fill = "" if "fill=" in style else f' fill="{INK}"'
    return f'<text x="{x:.1f}" y="{y}"{fill} {style}>{html.escape(text)}</text>'
