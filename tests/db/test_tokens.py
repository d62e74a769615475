"""Words as they are indexed."""

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.tokens import MAX_WORD_CHARS, UNSPACED, words

ODD = "aÉé\u0301\u3099がﾊﾞか㍿½¾´ſßΣςµμ™… \u00a0\u2028\x1c\x85_-'.’—İıﬁǅ\ue000ก็ำ한\u1112\u1161\u11ab①²ª\u200b\u0345٣\U0001d400"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The O'Neill e-mail, a_b 5.5%", ["the", "o", "neill", "e", "mail", "a", "b", "5", "5"]),
        ("Übergrößen – „Œuvre“ ½ 5 µm", ["ubergrossen", "œuvre", "1", "2", "5", "μm"]),
        ("Αθήνα Ёлка", ["αθηνα", "елка"]),
        ("東京タワー", ["東", "京", "タ", "ワ", "ー"]),
        ("x" * 300, ["x" * MAX_WORD_CHARS]),
        ("", []),
    ],
)
def test_words(text: str, expected: list[str]):
    """Folded, in order."""
    assert words(text) == expected


def slowly(text: str) -> list[str]:
    bare = unicodedata.normalize("NFKD", text.casefold())
    bare = unicodedata.normalize("NFC", "".join(char for char in bare if not unicodedata.combining(char)))
    return re.findall(r"\w+", re.sub(f"({UNSPACED})", r" \1 ", bare).replace("_", " "))


@given(st.text(st.one_of(st.sampled_from(ODD), st.characters()), max_size=20))
def test_folding_by_table_is_folding(text: str):
    """One pass over a table gives what Unicode's own steps, one after the other, give."""
    assert words(text) == slowly(text)
