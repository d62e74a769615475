"""Pages in any encoding of the web are read right."""

import pytest

from scraper import charsets, encoding
from tests.builders import make_page

FILLER = "<p>plain words in between</p>" * 20
TEXTS = {
    "windows-1252": "Größe – „Füße“ naïve façade €",
    "iso-8859-2": "Příliš žluťoučký kůň, zażółć gęślą",
    "iso-8859-15": "L'œuvre coûte 5 €",
    "windows-1251": "Правительство объявило о новых мерах",
    "koi8-r": "Правительство объявило о новых мерах",
    "windows-1253": "Η κυβέρνηση ανακοίνωσε νέα μέτρα",
    "windows-1255": "הממשלה הודיעה על צעדים חדשים",
    "windows-1256": "أعلنت الحكومة عن تدابير جديدة",
    "shift_jis": "政府は新しい措置を発表した①",
    "euc-jp": "政府は新しい措置を発表した",
    "iso-2022-jp": "政府は新しい措置を発表した",
    "euc-kr": "정부는 새로운 조치를 발표했다",
    "gb2312": "政府宣布了新的措施。",
    "gb18030": "政府宣布了新的措施。𠀀",
    "big5": "政府宣布了新的措施。",
    "windows-874": "รัฐบาลประกาศมาตรการใหม่",
}


def page_of(body: bytes, content_type: str = "text/html"):
    return make_page(body=body, headers=(("content-type", content_type),))


@pytest.mark.parametrize("label", TEXTS)
def test_header(label: str) -> None:
    """What the answer's header declares is believed."""
    body = TEXTS[label].encode(charsets.codec(label))
    assert encoding.decode(page_of(body, f"text/html; charset={label}")) == TEXTS[label]


@pytest.mark.parametrize("label", TEXTS)
def test_meta(label: str) -> None:
    """What the page declares is believed where the header says nothing, in both ways of writing it."""
    for meta in (f'<meta charset="{label}">', f'<meta http-equiv=Content-Type content="text/html; charset={label}">'):
        body = (meta + TEXTS[label]).encode(charsets.codec(label))
        assert encoding.to_utf8(page_of(body)).decode() == meta + TEXTS[label]


@pytest.mark.parametrize("codec", ["utf-8-sig", "utf-16"])
def test_byte_order_mark(codec: str) -> None:
    """A byte order mark counts more than any declaration, and is not part of the text."""
    body = TEXTS["windows-1252"].encode(codec)
    page = page_of(body, "text/html; charset=windows-1251")
    assert encoding.decode(page) == TEXTS["windows-1252"]
    assert encoding.to_utf8(page).decode() == TEXTS["windows-1252"]


@pytest.mark.parametrize("text", ["", "plain", "Größe 漢字 🙂"])
def test_utf8_is_not_copied(text: str) -> None:
    """A page in UTF-8 goes through as the very same object."""
    page = page_of(text.encode())
    assert encoding.to_utf8(page) is page.body


def test_header_before_meta() -> None:
    """Header and page disagree: the header wins."""
    body = ("<meta charset=koi8-r>" + TEXTS["windows-1251"]).encode("cp1251")
    assert TEXTS["windows-1251"] in encoding.decode(page_of(body, "text/html; charset=windows-1251"))


@pytest.mark.parametrize("label", ["iso-8859-1", "windows-1251", "gbk", "shift_jis", "utf-16"])
def test_wrongly_declared_utf8(label: str) -> None:
    """Valid UTF-8 is UTF-8, whatever is declared."""
    text = f"<meta charset={label}>" + TEXTS["windows-1252"]
    assert encoding.decode(page_of(text.encode(), f"text/html; charset={label}")) == text


@pytest.mark.parametrize(
    "label",
    [
        "windows-1252",
        "windows-1251",
        "koi8-r",
        "shift_jis",
        "euc-jp",
        "euc-kr",
        "gb2312",
        "big5",
        "windows-1253",
        "windows-1255",
        "windows-1256",
        "windows-874",
    ],
)
def test_undeclared(label: str) -> None:
    """Undeclared bytes, and bytes declared UTF-8 that are not, are read as what they look like."""
    text = (TEXTS[label] + ". ") * 12
    body = (FILLER + text + FILLER).encode(charsets.codec(label))
    assert text.strip() in encoding.decode(page_of(body))
    assert text.strip() in encoding.decode(page_of(body, "text/html; charset=utf-8"))


def test_damaged_utf8() -> None:
    """A broken byte in a page of UTF-8 damages one letter, not all."""
    body = ("Größe – Füße. " * 50).encode() + b"\xe2\x80 cut"
    decoded = encoding.decode(page_of(body, "text/html; charset=utf-8"))
    assert decoded.startswith("Größe – Füße.")
    assert decoded.count("\ufffd") == 1
    assert encoding.to_utf8(page_of(body)).decode() == decoded


@pytest.mark.parametrize("label", ["x-unknown", "utf-7", "rot13", "zip", "unicode_escape", "idna", "none"])
def test_unknown_labels(label: str) -> None:
    """Labels the web does not know are passed over, codecs that only Python has among them."""
    assert charsets.codec(label) is None
    assert encoding.decode(page_of("Füße".encode(), f"text/html; charset={label}")) == "Füße"


def test_labels() -> None:
    """Labels are read as the web means them, and every codec named exists."""
    assert charsets.codec(' "ISO-8859-1" ') == "cp1252"
    assert charsets.codec("gb2312") == "gb18030"
    assert charsets.codec("ascii") == "cp1252"
    assert len(charsets._CODECS) > 200
    for codec in set(charsets._CODECS.values()):
        "x".encode(codec)


@pytest.mark.parametrize("body", [b"\xff\xfe", b"\xef\xbb\xbf", b"\x00" * 100, bytes(range(256)) * 10, b"\x80"])
def test_never_fails(body: bytes) -> None:
    """Any bytes give some text that can be encoded again."""
    assert encoding.to_utf8(page_of(body)).decode() == encoding.decode(page_of(body))
