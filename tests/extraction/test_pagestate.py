"""What a page is: articles pass, and what is dressed like one does not."""

import json

import pytest

from scraper.extraction import extract
from scraper.values import PageState
from tests.builders import make_page

PARAGRAPHS = [
    "The night ferry between the two harbours sails again from Friday, the town council decided on Tuesday.",
    "It had been laid up since March, when a survey found cracks in its hull that had to be welded shut.",
    "Ada Brink, who runs the café at the quay and counts every guest, said that she had waited all summer.",
    "Tickets cost as much as they did before. Bicycles travel free on weekdays, dogs pay half of the fare.",
    "The council expects 40,000 passengers a year and will look at the figures again when winter is over.",
    "Whether the timetable holds depends on the ice, which last year closed the sound for eleven days in all.",
    "The crew of nine has been on leave for half of its wages and comes back on Thursday for a first trial.",
    "In the old customs house an exhibition tells how the first ferry was pulled across by hand on a rope.",
]
ARTICLE = "".join(f"<p>{line}</p>" for line in PARAGRAPHS)


def html(body: str, title: str = "Night ferry sails again", data: dict | None = None, head: str = "") -> bytes:
    script = f'<script type="application/ld+json">{json.dumps(data)}</script>' if data else ""
    return (
        f"<!doctype html><html><head><title>{title}</title>{script}{head}</head><body><nav><a href='/'>Home</a></nav>"
        f"<main><h1>{title}</h1>{body}</main></body></html>"
    ).encode("utf-8", "surrogatepass")


def teasers(n: int) -> str:
    return "".join(
        f"<div class='card'><h3><a href='/{i}'>A linked headline of article {i}</a></h3><p>What happens in number {i}.</p></div>"
        for i in range(n)
    )


PAGES = {
    "an article": (html(ARTICLE), PageState.ARTICLE),
    "an article that says it is one": (html(ARTICLE, data={"@type": "NewsArticle"}), PageState.ARTICLE),
    "an article about walls": (
        html(
            ARTICLE
            + "<p>Subscribe to continue reading: more papers say it every year, and fewer readers do. “Page not "
            "found”, say others, whose archives went with the firm that kept them, and nobody has a copy.</p>"
        ),
        PageState.ARTICLE,
    ),
    "a paid article that is here as a whole": (
        html(ARTICLE, data={"@type": "NewsArticle", "isAccessibleForFree": False, "articleBody": " ".join(PARAGRAPHS)}),
        PageState.ARTICLE,
    ),
    "a teaser of a paid article": (
        html(
            f"<article><p>{PARAGRAPHS[0]}</p></article>", data={"@type": "NewsArticle", "isAccessibleForFree": "False"}
        ),
        PageState.TEASER,
    ),
    "a teaser that only says so": (
        html(f"<article><p>{PARAGRAPHS[0]}</p><p>Already a subscriber? Log in.</p></article>"),
        PageState.TEASER,
    ),
    "an error page": (
        html("<p>Sorry, the page you are looking for has moved.</p>", "Page not found"),
        PageState.SOFT_404,
    ),
    "an error page in German": (html("<p>Das tut uns leid.</p>", "Seite nicht gefunden"), PageState.SOFT_404),
    "an error page in French": (html("<p>Cette page est introuvable.</p>", "Erreur"), PageState.SOFT_404),
    "a robot check": (
        html("<p>Verify you are human by completing the action below.</p>", "Just a moment"),
        PageState.BOT_WALL,
    ),
    "a consent wall": (
        html("<p>Wir und unsere Partner speichern Informationen auf Ihrem Gerät. Zustimmen und weiter.</p>", "Zeitung"),
        PageState.CONSENT_WALL,
    ),
    "a login page": (
        html("<p>You must be logged in to view this page of our archive.</p>", "Archive"),
        PageState.LOGIN,
    ),
    "a list of teasers": (html(f"<article>{teasers(9)}</article>", "The week"), PageState.INDEX_PAGE),
    "a page that calls itself a list": (html(ARTICLE, data={"@type": "CollectionPage"}), PageState.INDEX_PAGE),
    "a product": (html(ARTICLE, data={"@type": "Product", "name": "Ferry"}), PageState.NOT_ARTICLE),
    "an empty shell": (
        b"<html><title>App</title><body><div id=root></div>" + b"<script>var a = 1;</script>" * 120 + b"</body></html>",
        PageState.NEEDS_BROWSER,
    ),
    "nothing at all": (b"<html><title>Nothing</title><body></body></html>", PageState.NOT_ARTICLE),
}


@pytest.mark.parametrize("name", PAGES)
def test_state(name: str):
    """Each kind of page is told by what it says or looks like."""
    body, expected = PAGES[name]
    article = extract(make_page(body=body))
    assert article.state is expected, article.details.get("state_evidence")


def test_a_redirect_to_the_front_page_is_no_article():
    """The address was an article's, the answer is the front page."""
    page = make_page("https://courier.example/news/gone", html(ARTICLE), final_url="https://courier.example/")
    assert extract(page).state is PageState.SOFT_404
