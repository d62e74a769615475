"""What counts as a change, and how it is shown."""

import pytest

from pipelines.dedup import text_fingerprint
from pipelines.differences import Operation, changes
from pipelines.restless import is_restless
from scraper.extraction.notices import announces_correction, announces_retraction
from scraper.values import Paragraph, ParagraphKind, StoredRevision
from tests.builders import NOW, make_article

TEXT = "The night ferry sails again from Saturday, the council said."


def revision(number: int, title: str, *texts: str) -> StoredRevision:
    paragraphs = tuple(Paragraph(kind=ParagraphKind.TEXT, text=text) for text in texts)
    return StoredRevision(number=number, title=title, paragraphs=paragraphs, fetched_at=NOW)


def shown(before: StoredRevision, after: StoredRevision) -> list[str]:
    marks = {Operation.SAME: "{}", Operation.REMOVED: "[-{}-]", Operation.ADDED: "{{+{}+}}"}
    return [
        f"{c.place}: " + "".join(marks[operation].format(text) for operation, text in c.runs)
        for c in changes(before, after)
    ]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (("A", TEXT), ("A", TEXT), []),
        (("A", TEXT), ("B", TEXT), ["title: [-A-]{+B+}"]),
        (
            ("A", "one", TEXT),
            ("A", "one", TEXT.replace("Saturday", "Sunday")),
            ["paragraph: " + TEXT.replace("Saturday", "[-Saturday-]{+Sunday+}")],
        ),
        (("A", TEXT), ("A", "New first line of it.", TEXT), ["paragraph: {+New first line of it.+}"]),
        (("A", TEXT, "Old last."), ("A", TEXT), ["paragraph: [-Old last.-]"]),
        (
            ("A", "夜行船は土曜日に再開する。"),
            ("A", "夜行船は日曜日に再開する。"),
            ["paragraph: 夜行船は[-土-]{+日+}曜日に再開する。"],
        ),
    ],
)
def test_changes_are_shown_by_the_word(before: tuple[str, ...], after: tuple[str, ...], expected: list[str]):
    """The title first, then paragraphs; what stayed is not shown; scripts without spaces by the character."""
    assert shown(revision(1, *before), revision(2, *after)) == expected


def test_a_long_text_takes_no_time():
    """Two articles of 2,000 paragraphs that have nothing in common, or one paragraph of 100,000 words."""
    a = revision(1, "A", *(f"Paragraph {n} of the first text, with {n * 7} words." for n in range(2000)))
    b = revision(2, "A", *(f"Line {n} from another hand about {n * 3} things!" for n in range(300)))
    assert len(changes(a, b)) >= 2000
    assert len(changes(revision(1, "A", "word " * 100_000), revision(2, "A", "other " * 100_000))) == 2


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Correction: an earlier version of this article gave a wrong date.", True),
        ("Editor's note: This article was corrected on Monday.", True),
        ("Korrektur: In einer früheren Version hieß es, die Fähre fahre täglich.", True),
        ("In einer früheren Fassung stand Samstag.", True),
        ("Rectificatif. Le navire part samedi.", True),
        ("Fe de erratas: el barco sale el sábado.", True),
        ("Correzione: il traghetto parte sabato.", True),
        ("Исправление: паром отходит в субботу.", True),
        ("更正：渡轮于星期六开航。", True),
        ("The corrections department of the state hired forty guards.", False),
        ("The council corrected course on Monday, and nobody minded.", False),
    ],
)
def test_notes_of_correction(text: str, expected: bool):
    """They are known by how they begin; a text about corrections is none, and a correction no retraction."""
    assert announces_correction(text) is expected
    assert not announces_retraction(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Retraction: the interview on which this report rests was invented.", True),
        ("Editor's note: This article has been retracted, for its sources could not be found.", True),
        ("This story was withdrawn on Monday.", True),
        ("Hinweis: Dieser Artikel wurde zurückgezogen.", True),
        ("Cet article a été retiré à la demande de l'auteur.", True),
        ("Este artículo fue retirado el lunes.", True),
        ("Questo articolo è stato ritirato.", True),
        ("撤稿声明：本文已被撤回。", True),
        ("This story begins in a valley from which the glaciers had retreated.", False),
        ("Dieser Bericht wurde gestern ergänzt. Der Antrag ist zurückgezogen worden.", False),
        ("The journal retracted the paper in May, the university said.", False),
    ],
)
def test_notes_of_retraction(text: str, expected: bool):
    """A note says that the article itself is withdrawn; an article about a retraction does not."""
    assert announces_retraction(text) is expected
    after = changes(revision(1, "A", "One."), revision(2, "A", "One.", text))
    assert [(change.is_retraction, change.is_correction and expected) for change in after] == [(expected, False)]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("5 minutes ago", True),
        ("Last updated 2 hours ago", True),
        ("vor 12 Minuten", True),
        ("1,234 views", True),
        ("Comments (17)", True),
        ("23 Kommentare", True),
        ("3.4k shares", True),
        ("17 dead, 23 injured", False),
        ("The toll has risen to 23 since 5 minutes ago, officials said.", False),
        ("Stavnes 3, Orm 1", False),
        ("Ferry sails again", False),
    ],
)
def test_restless_lines(line: str, expected: bool):
    """Counts of readers and relative times change by themselves; numbers that are news do not."""
    assert is_restless(line) is expected


def test_what_changes_by_itself_changes_no_fingerprint():
    """Counters, relative times, case and white space; a word or a number of the text does."""

    def article(*texts: str):
        return make_article(paragraphs=tuple(Paragraph(kind=ParagraphKind.TEXT, text=text) for text in texts))

    first = text_fingerprint(article("5 minutes ago", TEXT, "12 comments"))
    assert text_fingerprint(article("7 minutes ago", TEXT.upper(), "3,001 comments")) == first
    assert text_fingerprint(article("5 minutes ago", TEXT, "12 comments", "Two died.")) != first
    assert text_fingerprint(article(TEXT.replace("Saturday", "Sunday"))) != text_fingerprint(article(TEXT))
