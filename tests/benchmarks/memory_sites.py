"""What the memory of a site removes and what it leaves, on a site made up for it and on the corpora.

    python -m tests.benchmarks.memory_sites           # a made-up site of 60 articles, line by line what is kept
    python -m tests.benchmarks.memory_sites --corpus  # sites of the corpora with three pages or more: gold text lost
    python -m tests.benchmarks.memory_sites --time    # what applying it costs

The made-up site changes its layout in the middle. Its promotions are written so that no phrase list knows them.
"""

from __future__ import annotations

import argparse
import random
import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from scraper import dom, encoding
from scraper.extraction import extract, memory, observation
from scraper.values import Article, Context, Page, SiteMemory

SITE = "https://lantern.example"
START = datetime(2026, 3, 1, 8, tzinfo=UTC)
N_ARTICLES, CHANGE = 60, 30
NAMES = ("Marta", "Piet", "Yusuf", "Ingrid", "Odile", "Tomas", "Bela")
THINGS = ("harbour", "council", "ferry", "orchard", "school", "bridge", "island", "herring", "crane", "library", "mill")
DEEDS = ("opened", "painted", "measured", "sold", "carried", "mended", "counted", "lost", "found", "crossed")

OLD_PROMOTION = "The amber of this coast was once carried over the mountains by people whose names nobody wrote down."
NEW_PROMOTION = (
    "Behind the old lighthouse a room is kept warm all winter for those who like to hear stories of the sea."
)
LAW = "Whoever moves a boundary stone by night or by day shall put it back before the next full moon and pay two geese."
COLUMN = (
    "Every week our walker goes through one street of the town and writes down what stands there and who lives in it."
)
RULE = "The upper path is closed from the first frost until the cranes come back over the bay in spring."


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A page with the lines to look for: kind -> lines."""

    page: Page
    lines: dict[str, list[str]]


def made_up(n_articles: int = N_ARTICLES, change: int = CHANGE) -> list[Made]:
    """The pages of the made-up site, in the order of their fetching; some articles twice."""
    found = []
    for i in range(n_articles):
        lines = _lines(i, change)
        found.append(_made(i, lines, f"/news/{i}", i >= change))
        if i % 12 == 5:  # the same for phones, with another text around it
            found.append(_made(i, lines, f"/amp/{i}", False))
    return found


def _lines(i: int, change: int) -> dict[str, list[str]]:
    rng = random.Random(i)
    own = [
        f"The {rng.choice(THINGS)} that {rng.choice(NAMES)} {rng.choice(DEEDS)} in year {rng.randint(1200, 1990)} stood by "
        f"the {rng.choice(THINGS)}, and {rng.choice(NAMES)} {rng.choice(DEEDS)} {rng.randint(2, 90)} of them before noon "
        f"while others looked for the {rng.choice(THINGS)} until the evening came."
        for _ in range(9)
    ]
    lines = {"own": own}
    lines["promotion"] = [OLD_PROMOTION if i < change else NEW_PROMOTION]
    lines["days left"] = [
        f"There are still {rng.randint(2, 88)} days to go until the lanterns are lit on the big square."
    ]
    lines["readers"] = [f"{rng.randint(1, 9)}.{rng.randint(100, 999)} neighbours"]
    lines["called by name"] = [f"{rng.choice(NAMES)}, come and sit with us when the lamps are lit at the long table."]
    if i in (7, 19, 33):
        lines["law"] = [LAW]
    if i % 10 == 3:
        lines["column"] = [COLUMN]
    if i in (40, 41):
        lines["rule"] = [RULE]
    if i == n_return(change):
        lines["returned"] = [OLD_PROMOTION]
    return lines


def n_return(change: int) -> int:
    """The article that quotes the promotion of the former layout, long after it."""
    return change + memory.GAP + 5


def _made(i: int, lines: dict[str, list[str]], path: str, is_new: bool) -> Made:
    own = list(lines["own"])
    for at, kind in ((2, "law"), (3, "rule"), (4, "returned")):
        own[at:at] = lines.get(kind, [])
    body = [*lines.get("column", []), *own[:5], *lines["days left"], *lines["called by name"], *own[5:8]]
    body += [*lines["promotion"], *own[8:], *lines["readers"]]
    text = "".join(f"<p>{line}</p>" for line in body)
    text = f"<main><section><div>{text}</div></section></main>" if is_new else f"<article>{text}</article>"
    title = f"The {THINGS[i % 11]} of {NAMES[i % 7]} was {DEEDS[i % 10]} again, number {i}"
    image = f"https://lantern.example/img/{i}.jpg" if i % 3 == 0 else "https://lantern.example/img/tower.jpg"
    html = f"""<html lang=en><head><title>{title} – Slow Lantern Letters</title>
<meta property="og:type" content="article"><meta property="og:title" content="{title} – Slow Lantern Letters">
<meta property="og:image" content="{image}"><meta name="author" content="Walther Lampe">
<meta name="description" content="All that is slow and bright on our coast, told at the long table.">
<link rel=canonical href="{SITE}/news/{i}"></head><body><h1>{title}</h1>
<p class=byline>By <a rel=author href="/by/{NAMES[i % 7].lower()}">{NAMES[i % 7]} Vanderveen</a></p>{text}</body></html>"""
    at = START + timedelta(hours=9 * i)
    url = SITE + path
    return Made(page=Page(url=url, final_url=url, status=200, body=html.encode(), fetched_at=at), lines=lines)


def learned(pages: Iterable[Page], site: str = "lantern.example") -> SiteMemory:
    """The memory that the pages give."""
    seen = [observation.observe(dom.parse(encoding.to_utf8(page)), page, page.url) for page in pages]
    return memory.recall(SiteMemory(site=site), seen)


def kept(made: Iterable[Made], known: SiteMemory | None) -> dict[str, tuple[int, int]]:
    """Of each kind of line and field, how many are kept and how many there are."""
    counts: defaultdict[str, list[int]] = defaultdict(lambda: [0, 0])
    for one in made:
        article = extract(one.page, Context(memory=known))
        found = {kind: [line in article.body for line in lines] for kind, lines in one.lines.items()}
        for kind, hits in (found | _fields(article)).items():
            counts[kind][0] += sum(hits)
            counts[kind][1] += len(hits)
    return {kind: (n, of) for kind, (n, of) in counts.items()}


def _fields(article: Article) -> dict[str, list[bool]]:
    return {
        "field: title's end": ["Letters" in (article.title or "")],
        "field: default image": ["tower" in (article.image or "")],
        "field: own image": ["tower" not in (article.image or "tower")],
        "field: description of all": ["slow and bright" in (article.description or "")],
        "field: publisher as author": ["Walther Lampe" in article.authors],
        "field: own author": [any("Vanderveen" in name for name in article.authors)],
    }


def main(arguments: list[str]) -> None:
    """Prints what was asked for."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--corpus", action="store_true")
    options.add_argument("--time", action="store_true")
    asked = options.parse_args(arguments)
    if asked.corpus:
        _corpus()
    elif asked.time:
        _time()
    else:
        made = made_up()
        known = learned(one.page for one in made)
        without, by_memory = kept(made, None), kept(made, known)
        for kind, (n, of) in by_memory.items():
            print(f"{kind:28} {without[kind][0]:4} -> {n:4} of {of}")


def _corpus() -> None:
    """Real sites: paragraphs of the gold text kept without and with the memory of the pages of the same site."""
    sys.path.insert(0, str(Path(__file__).parents[3] / "shared/bench"))
    import junk
    from datasets import load

    groups: defaultdict[str, list[tuple[Page, str]]] = defaultdict(list)
    for dataset in ("wcxb", "fundus"):
        for i, p in enumerate(load(dataset)):
            html = p.html if isinstance(p.html, bytes) else p.html.encode()
            page = Page(url=p.url, final_url=p.url, status=200, body=html, fetched_at=START + timedelta(hours=i))
            groups[p.group].append((page, p.gold or ""))
    total = [0, 0, 0, 0]
    for group, pages in sorted(groups.items()):
        if len(pages) < memory.MIN_PAGES:
            continue
        known = learned((page for page, _ in pages), group)
        for page, gold in pages:
            wanted = junk.paragraphs(gold)
            plain, filtered = extract(page).body, extract(page, Context(memory=known)).body
            n_plain, n_filtered = junk.kept(wanted, plain), junk.kept(wanted, filtered)
            for at, n in enumerate((1, len(wanted), n_plain, n_filtered)):
                total[at] += n
            gone = [line for line in plain.split("\n\n") if line not in filtered]
            if gone:
                print(
                    f"{group}: of {len(pages)} pages, gold {n_plain} -> {n_filtered}",
                    *(g[:150] for g in gone),
                    sep="\n   - ",
                )
    print(f"{total[0]} pages, gold paragraphs kept {total[2]} -> {total[3]} of {total[1]}")


def _time() -> None:
    """Medians over the made-up pages, taking turns."""
    made = made_up()
    known = learned(one.page for one in made)
    spent: dict[bool, list[float]] = {False: [], True: []}
    for one in made * 5:
        for is_known in spent:
            context = Context(memory=known) if is_known else Context()
            start = time.perf_counter()
            extract(one.page, context)
            spent[is_known].append(time.perf_counter() - start)
    plain, more = (statistics.median(spent[key]) * 1000 for key in (False, True))
    print(
        f"extraction {plain:.2f} ms, with the memory {more:.2f} ms ({more / plain - 1:+.1%}), {len(known.repeated)} keys"
    )


if __name__ == "__main__":
    main(sys.argv[1:])
