# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False
"""`flood_signs` compiled: one pass over the bytes of a page. A change there is a change here."""

from libc.string cimport memchr
from libc.stdlib cimport calloc, free

from scraper import flood_signs

cdef unsigned char[::1] IS_FLAT = flood_signs.IS_FLAT.view("u1")
cdef unsigned char[::1] IS_FORMATTING = flood_signs.IS_FORMATTING.view("u1")
cdef unsigned char[::1] MAY_FOLLOW = flood_signs.MAY_FOLLOW.view("u1")
cdef int SIGN_OF_DEPTH = flood_signs.SIGN_OF_DEPTH, SIGN_OF_FORMATTING = flood_signs.SIGN_OF_FORMATTING
cdef int MAX_OPTIONS = flood_signs.MAX_OPTIONS
cdef Py_ssize_t LONG_TAG = flood_signs.LONG_TAG
cdef enum:
    NONE = 0
    FLOOD = 1
    LONG = 2
    OPTION = 28528  # "op"
    N_KEYS = 65536


def signs(bytes html):
    """What `flood_signs.signs` gives."""
    cdef const unsigned char *codes = html
    cdef Py_ssize_t n = len(html), at = 0, n_tags = 0, end = -1
    cdef bint has_long = False
    cdef const unsigned char *found
    cdef int *now = <int *>calloc(2 * N_KEYS, sizeof(int))
    cdef int *most = now + N_KEYS
    cdef long long formatting = 0, options = 0, depth = 0
    cdef int is_end, first, second, key, step
    if now == NULL:
        raise MemoryError
    while at < n - 3:
        found = <const unsigned char *>memchr(codes + at, b"<", n - 3 - at)
        if found == NULL:
            break
        at = found - codes
        n_tags += 1
        if end < at:
            found = <const unsigned char *>memchr(codes + at, b">", n - at)
            end = found - codes if found != NULL else n
        has_long = has_long or end - at > LONG_TAG
        is_end = codes[at + 1] == b"/"
        first, second = codes[at + 1 + is_end] | 32, codes[at + 2 + is_end]
        at += 1
        if first < 97 or first > 122 or not MAY_FOLLOW[second]:
            continue
        second |= 32
        key = first << 8 | (second if 97 <= second <= 122 else 0)
        step = -1 if is_end else 1
        options += key == OPTION
        if IS_FORMATTING[key]:
            formatting += step
        if not IS_FLAT[key]:
            now[key] += step
            if now[key] > most[key]:
                most[key] = now[key]
                depth += 1
    free(now)
    if n_tags > SIGN_OF_DEPTH // 3 and (depth > SIGN_OF_DEPTH or formatting > SIGN_OF_FORMATTING or options > MAX_OPTIONS):
        return FLOOD
    if n <= LONG_TAG:
        return NONE
    if html.count(b">") > n_tags + MAX_OPTIONS and html.count(b'=">') > MAX_OPTIONS:
        return FLOOD
    return LONG if has_long else NONE
