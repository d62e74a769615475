"""Names in bylines, and what the page shows of them."""

from __future__ import annotations

import pytest

from scraper import dom
from scraper.extraction import authors, byline, landmarks, metadata, neighbourhood, visible_names
from scraper.extraction.authors import Name
from scraper.extraction.surroundings import Surroundings
from scraper.values import Context
from tests.builders import make_page

NAMES = [
    ("By Jane Roe", ["Jane Roe"]),
    ("Von Jörg Müller und Ana Ruiz", ["Jörg Müller", "Ana Ruiz"]),
    ("Par Élodie Petit et Jean Dupont", ["Élodie Petit", "Jean Dupont"]),
    ("Por Ana Ruiz y Juan Gil", ["Ana Ruiz", "Juan Gil"]),
    ("José Ortega y Gasset", ["José Ortega y Gasset"]),
    ("Jane Roe, Ana Ruiz & Juan Gil", ["Jane Roe", "Ana Ruiz", "Juan Gil"]),
    ("Roe, Jane", ["Jane Roe"]),
    ("van der Roe, Jane", ["Jane van der Roe"]),
    ("Von Jane Roe und Ana Ruiz, Hamburg", ["Jane Roe", "Ana Ruiz"]),
    ("Roe, Jane; Ruiz, Ana", ["Jane Roe", "Ana Ruiz"]),
    ("Martin King, Jr.", ["Martin King Jr."]),
    ("Jane Roe, Senior Reporter", ["Jane Roe"]),
    ("Jane Roe | May 4, 2026 | 5 min read", ["Jane Roe"]),
    ("Jane Roe Dec 19, 2025", ["Jane Roe"]),
    ("Jane Roe (Berlin)", ["Jane Roe"]),
    ("Jane Roe jane.roe@example.com @janeroe", ["Jane Roe"]),
    ("JR Jane Roe", ["Jane Roe"]),
    ("Jane Roe Reviewed by Ana Ruiz", ["Jane Roe"]),
    ("Jane Roe at Example Corp", ["Jane Roe"]),
    ("Alyssa Maio", ["Alyssa Maio"]),
    ("Text: Jane Roe", ["Jane Roe"]),
    ("Text und Bilder: Jane Roe", ["Jane Roe"]),
    ("Autoren Jane Roe und Ana Ruiz", ["Jane Roe", "Ana Ruiz"]),
    ("Jane Roe/Ana Ruiz", ["Jane Roe", "Ana Ruiz"]),
    ("janeroe 18th", ["janeroe"]),
    ("Jane Roe 2026年05月04日 08時00分", ["Jane Roe"]),
    ("記者：王小明", ["王小明"]),
    ("박준석 기자", ["박준석"]),
    ("佐藤太郎、鈴木花子", ["佐藤太郎", "鈴木花子"]),
    ("https://example.com/author/jane", []),
    ("Admin", []),
    ("4 May 2026", []),
    ("5 min read", []),
    ("", []),
]


@pytest.mark.parametrize(("text", "names"), NAMES)
def test_names_are_taken_out_of_bylines(text: str, names: list[str]) -> None:
    """Leads, roles, places, dates and addresses go; several names are split; order is kept."""
    assert [name.text for name in authors.parse(text)] == names


@pytest.mark.parametrize(
    ("text", "kind"),
    [("dpa", "agency"), ("The Associated Press", "agency"), ("Reuters", "agency"), ("新华社", "agency"),
     ("EDB Team", "organisation"), ("harbour.example.com", "organisation"), ("Redaktion", "organisation"), ("taz.de", "organisation"), ("Jane Roe", "person")],
)  # fmt: skip
def test_people_agencies_and_organisations_are_told_apart(text: str, kind: str) -> None:
    """Each name has a kind."""
    assert authors.parse(text) == (Name(text, kind),)


def read(body: str) -> list[tuple[str, object, str]]:
    tree = dom.parse(f"<html><body>{body}</body></html>")
    marks = landmarks.survey(tree)
    where = Surroundings(marks.headline)
    return [(c.field, c.value, c.origin) for c in byline.read(tree, marks, where)]


def test_marked_names_and_dates_are_found() -> None:
    """A class that speaks of an author, a profile link and a time element are candidates."""
    found = read(
        "<h1>Bridge</h1><p class='byline'>By <a href='/author/jane-roe'>Jane Roe</a></p>"
        "<time datetime='2026-05-04'>4 May</time>"
    )
    assert ("authors", ({"name": "Jane Roe", "type": ""},), "dom:byline link after h1") in found
    assert ("published_at", "2026-05-04", "dom:time[datetime] after h1") in found


def test_an_update_is_a_modification() -> None:
    """A date that says "updated" is not the publication's."""
    assert [field for field, _, _ in read("<h1>B</h1><p class='date'>Updated 4 May 2026</p>")] == ["modified_at"]


@pytest.mark.parametrize("around", ["<footer>", "<aside>", "<div class='comments'>", "<ul class='related-posts'>"])
def test_other_places_have_other_names(around: str) -> None:
    """Comments, footers and lists of other articles give nothing."""
    assert read(f"<div><h1>Bridge</h1></div>{around}<p class='author'>Juan Gil</p><time>4 May 2026</time>") == []


def test_what_holds_the_headline_is_the_articles_however_it_is_named() -> None:
    """A wrapper called "sidebar-right" around the whole page hides nothing."""
    assert read("<div class='sidebar-right'><h1>Bridge</h1><p class='author'>Jane Roe</p></div>")


def test_boxes_in_a_heading_are_kept_apart() -> None:
    """A kicker in a box of its own does not run into the headline; a mark inside a word does not split it."""
    tree = dom.parse("<h1><span>Elbe</span><span>Bridge re<em>opens</em></span></h1>")
    assert [c.value for c in byline.headings(landmarks.survey(tree))] == ["Elbe Bridge reopens"]


@pytest.mark.parametrize(
    "text", ["Jane Roe", "Juan Carlos Gil", "Anna Nachrichten", "Von Roe", "United Press International"]
)
def test_a_plain_name_reads_as_it_does_taken_apart(text: str) -> None:
    """The short way for plain names gives what the long way gives."""
    assert authors.parse(text) == authors.parse(f"{text} ,")


def test_a_name_of_two_characters_may_be_set_apart() -> None:
    """The blank that typesetters put into short Chinese names goes."""
    assert authors.parse("赵 培") == (Name("赵培"),)


def unmarked(body: str) -> list[object]:
    tree = dom.parse(f"<html><body>{body}</body></html>")
    marks = landmarks.survey(tree)
    reader = visible_names.Reader(neighbourhood.survey(tree, marks), marks, None, Surroundings(marks.headline))
    return [candidate.value for candidate in reader.unmarked(needs_lead=True)]


@pytest.mark.parametrize(
    ("line", "names"),
    [("本报记者 李明 王小红", ["李明、王小红"]), ("作者：山石", ["山石"]), ("记者采访了解", []), ("记者注意到", []),
     ("AFP, MANILA", []), ("Paris, Texas", []), ("Par Jeanne Roux", ["Jeanne Roux"]), ("By Jane Roe", ["Jane Roe"])],
)  # fmt: skip
def test_only_a_whole_word_leads_to_a_name(line: str, names: list[object]) -> None:
    """Neither words that begin like a lead nor a sentence about a reporter name an author."""
    assert unmarked(f"<h1>Bridge</h1><p>{line}</p><p>More text.</p>") == names


def test_a_biography_is_no_byline() -> None:
    """Of a long text in an author's box nothing is taken; the short one inside it names the author."""
    life = "Jane Roe is a writer in Sri Lanka who likes data, gardens, technology and copywriting about all of them, always"
    page = f"<html><body><h1>B</h1><div class='author'>By Jane Roe <p>{life}</p><p class='author'>By Jane Roe</p></div>"
    found = metadata.read(dom.parse(page), make_page(), Context())
    assert found.authors == ("Jane Roe",)


def test_a_foot_named_after_the_article_is_the_articles() -> None:
    """The line under an article that says who wrote it stands in a footer or an aside of its own."""
    assert read("<h1>Bridge</h1><footer class='entry-footer'><p class='author'>Jane Roe</p></footer>")
    assert read("<h1>Bridge</h1><aside class='post-author'><p class='author'>Jane Roe</p></aside>")


def credited(body: str, head: str = "") -> tuple[str, ...]:
    page = f"<html><head><title>Bridge</title>{head}</head><body><h1>Bridge reopens</h1>{body}</body></html>"
    return metadata.read(dom.parse(page), make_page(), Context()).authors


BY_THE_PAPER = "<meta name='author' content='Harbour Times'><meta property='og:site_name' content='Harbour Times'>"


@pytest.mark.parametrize(
    ("line", "authors"),
    [
        ("<p><strong>Jane Roe</strong></p>", ("Jane Roe",)),
        ("<p><b><em>Jane Roe/Ana Ruiz</em></b></p>", ("Jane Roe", "Ana Ruiz")),
        ("<p>JANE ROE</p>", ("JANE ROE",)),
        ("<p><strong>© Jane Roe</strong></p>", ("Harbour Times",)),
        ("<p><strong>What Happened Next?</strong></p>", ("Harbour Times",)),
        ("<p>Jane Roe</p>", ("Harbour Times",)),
        ("<p><strong>Jane Roe</strong> has seen it.</p>", ("Harbour Times",)),
        (f"<p>{'The bridge is open again to all. ' * 6}</p><p><strong>Old Harbour</strong></p>", ("Harbour Times",)),
        ("<ul><li><strong>Autorin/Autor</strong> Jane Roe</li></ul>", ("Jane Roe",)),
        ("<p>By Harbour Times</p><p><strong>Jane Roe</strong></p>", ("Jane Roe",)),
    ],
)
def test_a_name_in_print_speaks_against_the_publisher(line: str, authors: tuple[str, ...]) -> None:
    """Where the data name only the paper, a name that is a line of its own before the text is the author's."""
    assert credited(f"{line}<p>The bridge is open again.</p>", BY_THE_PAPER) == authors


def test_a_site_may_be_called_like_its_author() -> None:
    """On the page of a person whose site bears the name, the person is the author, whoever is linked."""
    author = '{"@type": "Article", "headline": "Bridge reopens", "author": {"@type": "Person", "name": "Jane Roe"}}'
    head = f"<meta property='og:site_name' content='Jane Roe'><script type='application/ld+json'>{author}</script>"
    assert credited("<p>With thanks to <a href='/people/ana-ruiz'>Ana Ruiz</a>.</p>", head) == ("Jane Roe",)


def test_a_team_with_an_article_is_a_team() -> None:
    """ "The" makes a team's name no small talk."""
    assert credited("<p class='author'>By the Harbour Team</p>") == ("the Harbour Team",)


def test_a_name_with_its_site_in_brackets_is_the_sites() -> None:
    """What names itself with an address is no person."""
    assert authors.parse("Hafen Welle (www.hafen.example.com)") == (Name("Hafen Welle", "organisation"),)
