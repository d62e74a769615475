"""Live blogs as dated updates: from the page's data, from its boxes, from its lines."""

import json

import pytest

from scraper.extraction import extract
from scraper.values import Article, ArticleKind
from tests.builders import make_page

UPDATES = [
    ("2026-11-17T21:40:00+01:00", "Harbour open again", "The barrier was lowered at half past nine, and the first ferry left for Orm. Two more follow before midnight, the harbour master says, if the wind stays in the west."),
    ("2026-11-17T20:15:00+01:00", "Water falling", "The gauge at the customs house shows two metres and ten, forty less than at six. The quay is wet but can be walked on, and the fish market wants to open in the morning as on any other day."),
    ("2026-11-17T18:05:00+01:00", "Old town without power", "Some three hundred households are dark; the town works hope to be done by midnight. The hospital and the school in Weir Lane, where forty people have found shelter, have light of their own."),
    ("2026-11-17T16:30:00+01:00", "Barrier goes up", "The harbour master has closed the flood barrier two hours before high water. Boats that have not come in by now have to ride out the night behind the island, where four are lying already."),
]  # fmt: skip
TITLE = "Storm over the sound: live blog"


def page(inside: str, title: str = TITLE, data: object = None) -> Article:
    script = f'<script type="application/ld+json">{json.dumps(data)}</script>' if data else ""
    menu = "".join(f'<li><a href="/{n}">Section {n}</a></li>' for n in range(8))
    html = (
        f'<html lang="en"><head><title>{title}</title>{script}'
        '<meta property="og:type" content="article">'
        '<meta property="article:published_time" content="2026-11-17T16:00:00+01:00"></head>'
        f'<body><ul class="menu">{menu}</ul><main><article><h1>{title}</h1>{inside}</article></main>'
        "<footer>All rights reserved</footer></body></html>"
    )
    return extract(make_page(body=html.encode()))


def boxes(clock: bool = False) -> str:
    return "".join(
        f'<div class="update"><time{"" if clock else f" datetime={at!r}"}>{at[11:16]}</time><h2>{title}</h2>'
        f'<p>{text}</p><a class="share" href="#">Share</a></div>'
        for at, title, text in UPDATES
    )


def shown(article: Article) -> list[tuple[str | None, str | None, str]]:
    return [(u["published_at"], u["title"], u["text"]) for u in article.details.get("updates", [])]


def test_the_data_of_the_page_names_its_updates():
    """liveBlogUpdate: headline, time and text, HTML and entities read, in the page's order."""
    data = {
        "@type": "LiveBlogPosting",
        "headline": TITLE,
        "liveBlogUpdate": [
            {"@type": "BlogPosting", "headline": title, "datePublished": at, "articleBody": f"<p>{text}</p><p>More &amp; more.</p>"}
            for at, title, text in UPDATES
        ],
    }  # fmt: skip
    article = page(boxes(), data=data)
    assert shown(article) == [(at, title, f"{text}\n\nMore & more.") for at, title, text in UPDATES]
    assert article.kind is ArticleKind.LIVE_BLOG


def test_updates_the_page_does_not_show_become_its_text():
    """Where the updates stand only in the data, the body is their text in order, nothing twice."""
    entries = [{"headline": t, "datePublished": at, "articleBody": text} for at, t, text in UPDATES]
    data = {"@graph": [{"@type": "LiveBlogPosting", "headline": TITLE, "liveBlogUpdate": [*entries, entries[0]]}]}
    article = page('<div id="app"></div>', data=data)
    assert article.body == "\n\n".join(piece for _, title, text in UPDATES for piece in (title, text))


def test_boxes_with_a_time_each_are_updates():
    """Without data the boxes of the page tell; buttons in them are no text."""
    article = page(boxes())
    assert shown(article) == UPDATES
    assert (article.kind, article.origins["kind"]) == (ArticleKind.LIVE_BLOG, "dom:updates")


def test_a_bare_time_is_of_the_only_day():
    """A box that says 21:40 on a page of one day means that day, in the zone of the page."""
    assert [at for at, _, _ in shown(page(boxes(clock=True)))] == [at for at, _, _ in UPDATES]


@pytest.mark.parametrize("pattern", ["{clock} Uhr: {title}", "+++ {clock} {title} +++", "{clock} – {title}"])
def test_headings_that_begin_with_a_time_are_updates(pattern: str):
    """Tickers made of headings and paragraphs."""
    inside = "".join(
        f"<h2>{pattern.format(clock=at[11:16], title=title)}</h2><p>{text}</p>" for at, title, text in UPDATES
    )
    assert shown(page(inside)) == UPDATES


@pytest.mark.parametrize(
    ("inside", "title"),
    [
        (boxes(), "A night of storm over the sound"),
        ("".join(f"<p>{text}</p>" for _, _, text in UPDATES), TITLE),
        ("".join(f"<p>{text}</p>" for _, _, text in UPDATES) + f'<section id="comments"><h3>Comments</h3>{"".join(f"<div class=comment><time>{n}:15</time><p>I was there, and it was louder than the radio said.</p></div>" for n in range(10, 16))}</section>', TITLE),
    ],
)  # fmt: skip
def test_what_is_no_live_blog(inside: str, title: str):
    """A page that does not call itself live, one without times, and one whose readers comment by the minute."""
    article = page(inside, title)
    assert "updates" not in article.details
    assert article.kind is not ArticleKind.LIVE_BLOG or title == TITLE
