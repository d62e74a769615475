r"""UTF-8 that was read as windows-1252 and written as UTF-8 again, put right: "MÃ¼nchen" is "München".

Looks at runs of text between tags, quotation marks and line ends. A run is repaired only if everything in it beyond
ASCII is such damage, and comes to letters and signs that texts have; right text hardly ever reads so by chance, and
where it may ("HYVÄ…", "AMANHÔ”), it is left as it is; so are pages and runs that speak of the matter. Damage that lost
bytes, was escaped (`&Atilde;&frac14;`, `\u00c3`), stands beside right letters, or went through other charsets stays.

Measured on the 2,309 pages of the development corpora (`python -m tests.benchmarks.mojibake`): 44 pages hold such
damage and nothing else of theirs changes, no right gold text does, 94 % of their 21,995 paragraphs come back when
encoded once more; 0.13 ms for a page of 240 kB with nothing wrong.
"""

from __future__ import annotations

import re

# What windows-1252 makes of 0x80 to 0xBF: the bytes of a UTF-8 character after its first.
_UNUSED = {0x81: "\x81", 0x8D: "\x8d", 0x8F: "\x8f", 0x90: "\x90", 0x9D: "\x9d"}  # as the web reads them
_CHARS = {_UNUSED.get(byte) or bytes([byte]).decode("cp1252"): byte for byte in range(0x80, 0x100)}
_BYTES = str.maketrans({char: chr(byte) for char, byte in _CHARS.items()})
_NEXT = "".join(re.escape(char) for char, byte in _CHARS.items() if byte < 0xC0)
# The commonest sorts, in UTF-8: two-byte characters (Latin, Greek, Cyrillic, Hebrew, Arabic), signs of U+2000 to
# U+213F, and two three-byte characters, or one of four bytes, in a row. It only tells which pages to look into.
_SUSPECT = re.compile(
    rb"\xc3(?:[\x82-\x9b](?:\xc2|\xc5|\xc6\x92|\xcb|\xe2)"
    rb"|\xa2(?:\xe2|\xc2[\x80-\x9f]|\xc5|\xcb)"
    rb"|[\xa0\xa3-\xb0](?:\xc2.|\xc5.|\xc6\x92|\xcb.|\xe2..){2,3}\xc3)",
    re.DOTALL,
)
_RUN = re.compile(r'[^<>"\n]+')
_DAMAGE = re.compile(rf"[Â-ß][{_NEXT}]|[à-ï][{_NEXT}]{{2}}|[ð-ô][{_NEXT}]{{3}}")
_HIGH = re.compile(r"[^\x00-\x7f]+")
# What one character alone may come to, and scripts of which it takes three.
_PLAUSIBLE = re.compile(
    "[\u00a0-\u017f\u0192\u0218-\u021b\u1e9e\u2000-\u206f\u20a0-\u20bf\u2100-\u214f\u2190-\u22ff\u2600-\u27bf]"
)
_SCRIPTS = re.compile(
    "[\u0370-\u03ff\u0400-\u04ff\u05b0-\u05ea\u0600-\u06ff\u0900-\u097f\u0e00-\u0e7f\u1e00-\u1eff\u3000-\u30ff"
    "\u4e00-\u9fff\uac00-\ud7a3\uff01-\uff5e\ufe0f\U0001f1e6-\U0001f1ff\U0001f300-\U0001faff]"
)
_N_OF_SCRIPT = 3
_MAX_TIMES = 2  # "Ã¢â‚¬â„¢": seen in the corpora
# Signs that may follow a capital at a word's end in right text.
_SIGNS = "‚„…‘’“”•–—‹›«»\xa0·"
_ABOUT = ("mojibake", "zeichensalat", "character encoding", "文字化け", "кракозябр")
_ABOUT_RUN = re.compile(r"utf-?8|unicode|iso-?8859|charset|encod", re.IGNORECASE)


def repair(html: bytes) -> tuple[bytes, int]:
    """`html`, which is sound UTF-8, with the damage put right, and the number of characters that were damaged.

    The very same object where there is none.
    """
    if html.isascii() or _SUSPECT.search(html) is None:
        return html, 0
    text = html.decode("utf-8", "replace")
    lowered = text.lower()
    if any(word in lowered for word in _ABOUT):
        return html, 0
    n_repaired = 0

    def fixed(found: re.Match[str]) -> str:
        nonlocal n_repaired
        run = found[0]
        right = run
        for _ in range(_MAX_TIMES):
            right = right if right.isascii() else _right(right) or right
        n_repaired += 0 if right == run else sum(char > "\x7f" for char in right)
        return right

    repaired = _RUN.sub(fixed, text)
    return (repaired.encode("utf-8", "replace"), n_repaired) if n_repaired else (html, 0)


def _right(run: str) -> str | None:
    """What the run says, if it is damaged as a whole and may be said so."""
    damaged = _HIGH.findall(run)
    try:
        right = [part.translate(_BYTES).encode("latin-1").decode("utf-8") for part in damaged]
    except UnicodeError:
        return None
    if _ABOUT_RUN.search(run) or not _is_plausible(run, "".join(right)):
        return None
    parts = iter(right)
    return _HIGH.sub(lambda _: next(parts), run)


def _is_plausible(run: str, right: str) -> bool:
    rest = _PLAUSIBLE.sub("", right)
    if rest:
        return len(rest) >= _N_OF_SCRIPT and not _SCRIPTS.sub("", rest)
    return not any(_is_by_chance(run, found) for found in _DAMAGE.finditer(run))


def _is_by_chance(run: str, found: re.Match[str]) -> bool:
    """Whether it may be a capital and a sign in right text: not inside a word, nor at the end of a lower-case one."""
    if found.end() - found.start() != 2 or found[0][1] not in _SIGNS:
        return False
    before, after = run[: found.start()][-1:], run[found.end() :][:1]
    if found[0][0] == "Â" or found[0] == "Ã\xa0":  # no word but of capitals ends so
        return before.isupper()
    return not before.islower() and not after.isalpha()
