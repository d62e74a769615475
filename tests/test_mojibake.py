"""UTF-8 encoded twice is put right, and right text is left as it is."""

import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper import encoding, mojibake
from scraper.extraction import extract
from tests.builders import make_page

GOLD = Path(__file__).parents[1] / "../shared/bench/gold"
# What tells that a gold text is damaged itself.
DAMAGED = re.compile("[\x80-\x9f]|â€|Â[®²³°©\xa0]|Ã¤")


def damaged(text: str) -> str:
    """`text` as UTF-8, read as windows-1252 as browsers do."""
    return "".join(
        chr(byte) if byte in (0x81, 0x8D, 0x8F, 0x90, 0x9D) else bytes([byte]).decode("cp1252")
        for byte in text.encode()
    )


def repaired(text: str) -> str:
    return mojibake.repair(text.encode())[0].decode()


TEXTS = [
    "München", "Größe – „Füße“", "It’s “here” … and there", "5 € für 360°", "Málaga, às 9 à noite", "Žluťoučký kůň",
    "Правительство объявило о новых мерах", "Η κυβέρνηση ανακοίνωσε", "הממשלה הודיעה", "政府は新しい措置を発表した",
    "정부는 새로운 조치", "รัฐบาลประกาศ", "© 2026 Köln™", "ÄRGER IN KÖLN", "a\u00a0b", "Chính phủ Việt Nam đã công bố kế hoạch",
]  # fmt: skip


@pytest.mark.parametrize("text", TEXTS)
def test_what_was_encoded_twice_comes_back(text: str) -> None:
    """Latin letters and signs, and other scripts, are put right, in text, attributes and JSON alike."""
    for html in ("<p>{}</p>", '<meta content="{}">', '{{"headline": "{}", "n": 1}}'):
        assert repaired(html.format(damaged(text))) == html.format(text)


@pytest.mark.parametrize("text", ["It’s", "Größe"])
def test_thrice_and_by_latin_1(text: str) -> None:
    """So is what was encoded three times, or passed through iso-8859-1."""
    assert repaired(damaged(damaged(text))) == text
    assert repaired(text.encode().decode("latin-1")) == text


@pytest.mark.parametrize(
    "text",
    [
        *TEXTS,
        "« Voilà\u00a0»", "voilà\u00a0» dit-il", "HYVÄ…", "AMANHÔ", "IRMÔ.", "FERMÉ»", "« FERMÉ »", "MENÜ“", "„MENÜ“",
        "KESÄ”", "PÅ»", "café…”", "Ä…", "Â", "Ã", "â", "Ã ", "Đà Nẵng – HÀ NỘI", "JOÃO", "São Paulo", "Ão",
        "He wrote “MÃ¼nchen” again", "utf-8 turns ä into Ã¤", "<p>Mojibake</p><p>MÃ¼nchen</p>", "MÃ¼nchen und Köln",
    ],
)  # fmt: skip
def test_right_text_stays(text: str) -> None:
    """Capitals before signs, quotes, words about the matter and damage beside right letters are not touched."""
    body = text.encode()
    assert mojibake.repair(body) == (body, 0)
    assert mojibake.repair(body)[0] is body


@given(st.text(st.sampled_from("abcMNO äöüßéèàçñåøÄÖÜÉÅ.,-“”„’…–«»\u00a0°€"), max_size=60))
def test_right_words_of_western_europe_stay(text: str) -> None:
    """Letters and signs in any order, but a capital with a sign inside a word, which no language has."""
    if not re.search(r"[À-ß][“”„’…–«»\xa0°€]", text):
        assert repaired(text) == text


@given(st.text())
def test_repairing_once_is_enough(text: str) -> None:
    """Whatever the text: it stays sound UTF-8 and stays as it is the second time, or nearly so."""
    once, n_repaired = mojibake.repair(text.encode("utf-8", "replace"))
    assert (n_repaired == 0) == (once == text.encode("utf-8", "replace"))


@pytest.mark.skipif(not GOLD.is_dir(), reason="the development corpora are not here")
def test_no_right_text_of_the_corpora_changes() -> None:
    """Of all gold texts, paragraph by paragraph, none changes that is right."""
    n_lines = 0
    for file in sorted(GOLD.glob("*.jsonl")):
        for row in file.read_text(encoding="utf-8").strip().split("\n"):
            for line in "\n".join(_strings(json.loads(row))).split("\n"):
                if not line.isascii() and not DAMAGED.search(line):
                    n_lines += 1
                    assert repaired(line) == line
    assert n_lines > 10_000


def _strings(value: object) -> list[str]:
    if isinstance(value, dict | list):
        return [text for part in (value.values() if isinstance(value, dict) else value) for text in _strings(part)]
    return [value] if isinstance(value, str) else []


def test_an_article_is_put_right_and_says_so() -> None:
    """Title, metadata and text are repaired in one go; `details` counts the characters; a right page says nothing."""
    words = "Die Fähre über den Fluss fährt wieder, sagte Jörg Müller für die Reederei. " * 8
    html = f"<html lang=de><head><title>Fähre fährt</title><meta name=author content='Jörg Müller'></head><body><article><h1>Fähre fährt</h1><p>{words}</p></article></body></html>"
    article = extract(make_page(body=damaged(html).encode()))
    right = extract(make_page(body=html.encode()))
    assert (article.title, article.authors, article.body) == (right.title, right.authors, right.body)
    assert "Fähre" in article.body
    assert article.details["double_encoded"] == sum(char > "\x7f" for char in html)
    assert "double_encoded" not in right.details
    page = make_page(body=damaged(html).encode("cp1252", "replace"), headers=(("content-type", "text/html"),))
    assert encoding.to_utf8(page).decode() == html
