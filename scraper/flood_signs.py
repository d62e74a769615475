"""What a look at the first letters of all tags tells: whether a page may hold floods that the parser cannot digest.

Only signs, cheap to see: `taming` looks closer where there are some. Compiled, this is `fast_scan`.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

MAX_OPTIONS = 1000
LONG_TAG = 20_000  # bytes; shorter ones have no room for a flood
SIGN_OF_DEPTH = 380
SIGN_OF_FORMATTING = 200  # tags left open; 500 cost 0.08 s

FORMATTING = frozenset(b"a b big code em font i nobr s small strike strong tt u".split())
VOID = frozenset(
    b"area base br col embed hr img input link meta param source track wbr".split()
    + b"path rect circle use polygon line ellipse image".split()  # SVG closes these in the tag itself
)
# Elements whose end tag may be missing: a page full of them is not deep.
LEFT_OPEN = frozenset(b"p li td th tr dt dd option optgroup thead tbody tfoot rp rt html head body colgroup".split())


class Signs:
    """What a page shows at first sight: nothing, tags or attributes in floods, or a stretch without the next tag."""

    NONE: Final = 0
    FLOOD: Final = 1
    LONG_TAG: Final = 2


def signs(html: bytes) -> int:
    """What a look at the first letters of all tags tells, one of `Signs`."""
    codes = np.frombuffer(html, dtype=np.uint8)
    at = np.flatnonzero(codes == ord("<"))
    at = at[at < len(codes) - 3]
    if len(at) > SIGN_OF_DEPTH // 3:
        is_end = codes[at + 1] == ord("/")
        first, second = codes[at + 1 + is_end] | 32, codes[at + 2 + is_end] | 32
        is_tag = (first >= ord("a")) & (first <= ord("z")) & MAY_FOLLOW[codes[at + 2 + is_end]]
        second = np.where((second >= ord("a")) & (second <= ord("z")), second, 0)
        key = (first.astype(np.uint16) << 8 | second)[is_tag]
        step = np.where(is_end[is_tag], -1, 1)
        is_deep = ~IS_FLAT[key]
        if _most_open(key[is_deep], step[is_deep]) > SIGN_OF_DEPTH:
            return Signs.FLOOD
        if int(step[IS_FORMATTING[key]].sum()) > SIGN_OF_FORMATTING:
            return Signs.FLOOD
        if int((key == _key(b"op")).sum()) > MAX_OPTIONS:
            return Signs.FLOOD
    if len(html) <= LONG_TAG:
        return Signs.NONE
    if html.count(b">") > len(at) + MAX_OPTIONS and html.count(b'=">') > MAX_OPTIONS:
        return Signs.FLOOD
    return Signs.LONG_TAG if len(long_tags(codes)) else Signs.NONE


def long_tags(codes: npt.NDArray[np.uint8]) -> npt.NDArray[np.int64]:
    """Where a `<` has no `>` for long."""
    at = np.flatnonzero(codes[:-3] == ord("<"))
    ends = np.append(np.flatnonzero(codes == ord(">")), len(codes))
    return np.asarray(at[ends[np.searchsorted(ends, at)] - at > LONG_TAG])


def _most_open(key: npt.NDArray[np.uint16], step: npt.NDArray[np.int64]) -> int:
    """At least the depth of the page: how many tags of each name are open where most are, of all names together.

    Counted by name, since an end tag closes nothing of another name.
    """
    if not len(key):
        return 0
    order = np.argsort(key, kind="stable")
    sorted_key, total = key[order], np.cumsum(step[order])
    starts = np.flatnonzero(np.diff(sorted_key, prepend=sorted_key[0] ^ 1))
    before = np.where(starts > 0, total[starts - 1], 0)
    most = np.maximum.reduceat(total, starts) - before
    return int(most.clip(0).sum())


def _key(tag: bytes) -> int:
    """The first two letters of a tag as one number; the second is 0 in tags of one letter."""
    return tag[0] << 8 | (tag[1] if len(tag) > 1 else 0)


def _table(tags: frozenset[bytes]) -> npt.NDArray[np.bool_]:
    table = np.zeros(1 << 16, dtype=np.bool_)
    table[[_key(tag) for tag in tags]] = True
    return table


IS_FLAT = _table(VOID | LEFT_OPEN)
IS_FORMATTING = _table(FORMATTING - {b"code", b"nobr"})  # as likely col(group), noscript


MAY_FOLLOW = np.isin(np.arange(256), list(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ123456 \t\n\r/>"))
