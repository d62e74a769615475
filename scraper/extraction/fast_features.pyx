# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False, cdivision=True
"""`arrays`, `characters` and `features` compiled: the same rows, block by block instead of array by array.

Those modules are the specification, and what runs where this one could not be built; a change there is a change here
(`tests/extraction/test_compiled.py` compares the tables bit by bit). Sums are added up in the same order.
"""

import numpy as np

from scraper.extraction import arrays, characters, class_words, features

cdef unsigned short[::1] MARKS = characters._TABLE
cdef enum:
    PUNCTUATION = 1
    UPPER = 2
    LOWER = 4
    DIGIT = 8
    BAR = 16
    CONTACT = 32
    NEWLINE = 64
    UNSPACED = 128
    END = 256
    COLON = 512
    GLANCE = 30
    H1 = 7

cdef double UNSPACED_SCALE = arrays._UNSPACED_SCALE, UNSPACED_SHARE = arrays._UNSPACED_SHARE
cdef double PROSE = arrays._PROSE, CORE_SHARE = arrays._CORE_SHARE
cdef Py_ssize_t MASKED = features._MASKED
cdef unsigned long long FOREIGN_BITS = class_words.FOREIGN_BITS
cdef dict TAG_NUMBERS = features._TAG_NUMBERS
cdef dict TAG_BITS = class_words.TAG_BITS
cdef int N_WORDS = len(class_words.CLASS_WORDS), N_BITS = len(features._BIT_NAMES)
cdef object without_digits = features._DIGITS.sub
assert features._H1 == H1 and characters.GLANCE == GLANCE

cdef list WORDS = [  # (the word, its bit), by the first three letters, five bits each
    [] for _ in range(1 << 15)
]
cdef unsigned char IS_START[1 << 15]


cdef inline int letter(Py_UCS4 char) noexcept:
    cdef int code = <int>char
    return code - 96 if 97 <= code <= 122 else 27 if code == 32 else 0


def _load():
    for start, words in arrays._WORDS.items():
        at = letter(start[0]) << 10 | letter(start[1]) << 5 | letter(start[2])
        WORDS[at].extend(words)
        IS_START[at] = 1


_load()


cdef unsigned long long bits_of(str signature):
    """Which groups of class words a signature contains."""
    cdef str line = signature.lower()
    cdef list parts = line.split()
    cdef unsigned long long found = 0
    cdef Py_ssize_t at, n
    cdef int key
    cdef str text, word
    if not parts:
        return 0
    text = (" " + " \n ".join(parts) + "  ").replace("-", " ").replace("_", " ")
    n = len(text) - 2
    for at in range(n):
        key = letter(text[at]) << 10 | letter(text[at + 1]) << 5 | letter(text[at + 2])
        if IS_START[key]:
            for word, bit in <list>WORDS[key]:
                if text.startswith(word, at):
                    found |= <unsigned long long>bit
    return found


def table(layout):
    """The rows of `features.table` for a layout with blocks, those of `agreement` left out (0), and what share of each
    block is link.
    """
    blocks = <list>layout.blocks
    boxes = <list>layout.boxes
    cdef Py_ssize_t n = len(blocks), m = len(boxes), at, other, i
    link_array = np.empty(n)
    values_array = np.zeros((n, features.N_ROWS), dtype=np.float32)  # turned at the end
    cdef double[::1] link = link_array
    cdef float[:, ::1] out = values_array
    cdef double[:, ::1] per_block = np.zeros((5, n))
    cdef double[:, ::1] per_box = np.zeros((12, m))
    cdef long long[:, ::1] ints = np.zeros((10, m), dtype=np.int64)
    cdef long long[:, ::1] here = np.zeros((4, n), dtype=np.int64)
    cdef unsigned long long[:, ::1] bits = np.zeros((4, m), dtype=np.uint64)
    cdef double[::1] running = np.zeros(n + 1), running_size = np.zeros(n + 1), running_link = np.zeros(n + 1)

    # boxes
    cdef long long[::1] parent = ints[0], depth = ints[1], first = ints[2], end = ints[3], last = ints[4]
    cdef long long[::1] look = ints[5], tag_number = ints[6], is_chain = ints[7], twins = ints[8], family_size = ints[9]
    cdef unsigned long long[::1] own_bits = bits[0], all_bits = bits[1], apart = bits[2], tag_bits = bits[3]
    cdef dict known = {}, looks = {}, families = {}
    cdef list family = []
    cdef str tag, signature
    cdef long long above
    cdef bint has_foreign = False
    for at in range(m):
        box = boxes[at]
        tag, signature = box.tag, box.signature
        above = box.parent
        parent[at] = max(0, above)
        depth[at], first[at], end[at], last[at] = box.depth, box.first, box.end, box.last
        if signature in known:
            own_bits[at] = known[signature]
        else:
            own_bits[at] = bits_of(signature)
            known[signature] = own_bits[at]
        has_foreign = has_foreign or own_bits[at] & FOREIGN_BITS != 0
        tag_bits[at] = TAG_BITS.get(tag, 0)
        all_bits[at] = (all_bits[above] if above >= 0 else 0) | own_bits[at] | tag_bits[at]
        key = (look[above] if above >= 0 else -1, tag, signature)
        number = looks.setdefault(key, len(looks))
        look[at] = number
        tag_number[at] = TAG_NUMBERS.get(tag, 0)
        key = (parent[at], number)
        families[key] = families.get(key, 0) + 1
        family.append(key)
    for at in range(m):
        family_size[at] = families[family[at]]

    # characters
    cdef double[::1] size = per_block[0], prose = per_block[1], heading = per_block[2], marks = per_block[3]
    cdef long long[::1] box_of = here[0], length = here[1], is_foreign = here[2], has_digit = here[3]
    cdef str text
    cdef Py_ssize_t n_chars, n_unspaced, n_upper, n_digit, n_bar, n_contact, n_newline, n_marks, seen
    cdef long long total_unspaced = 0, total_chars = 0
    cdef unsigned short mark = 0
    cdef Py_UCS4 char
    for at in range(n):
        block = blocks[at]
        text = block.text
        n_chars = len(text)
        box_of[at] = block.box
        length[at] = n_chars
        link[at] = <double>block.n_link_chars / n_chars
        n_unspaced = n_upper = n_digit = n_bar = n_contact = n_newline = n_marks = 0
        seen = min(n_chars, <Py_ssize_t>GLANCE)
        i = 0
        for char in text:
            mark = MARKS[char if char < 0xFFFF else 0xFFFF]
            if i == 0:
                out[at, 11] = (mark & LOWER) > 0
            if mark:
                n_marks += (mark & PUNCTUATION) > 0
                n_bar += (mark & BAR) > 0
                n_contact += (mark & CONTACT) > 0
                n_newline += (mark & NEWLINE) > 0
                n_unspaced += (mark & UNSPACED) > 0
                if mark & DIGIT:
                    has_digit[at] = 1
                if i < GLANCE:
                    n_upper += (mark & UPPER) > 0
                    n_digit += (mark & DIGIT) > 0
            i += 1
        total_unspaced += n_unspaced
        total_chars += n_chars
        marks[at] = n_marks
        out[at, 1] = link[at]
        out[at, 2] = block.n_links
        out[at, 3] = block.n_before_link
        out[at, 4] = block.n_after_link
        out[at, 5] = <double>block.n_bold_chars / n_chars
        out[at, 6] = <double>block.n_italic_chars / n_chars
        out[at, 7] = n_marks
        out[at, 9] = (mark & END) > 0
        out[at, 10] = (mark & COLON) > 0 or text.endswith("...")
        out[at, 12] = <double>n_upper / seen
        out[at, 13] = <double>n_digit / seen
        out[at, 14] = n_newline
        out[at, 15] = block.media_up
        out[at, 17] = n_bar > 0
        out[at, 18] = n_contact > 0 or "http" in text
        size[at] = n_chars
        heading[at] = max(0, tag_number[box_of[at]] - H1 + 1)
    if total_unspaced > UNSPACED_SHARE * total_chars:
        for at in range(n):
            size[at] *= UNSPACED_SCALE

    # prose
    cdef Py_ssize_t first_h1 = -1
    for at in range(n):
        if heading[at] == 1:
            first_h1 = at
            break
    if has_foreign:
        for at in range(m):
            if own_bits[at] & FOREIGN_BITS and not first[at] <= first_h1 < end[at] and end[at] - first[at] < 0.9 * n:
                for other in range(first[at], end[at]):
                    is_foreign[other] = 1
    for at in range(n):
        out[at, 0] = size[at]
        out[at, 8] = marks[at] / max(size[at], 1.0)
        out[at, 16] = is_foreign[at]
        if size[at] >= PROSE and not is_foreign[at]:
            prose[at] = size[at] * ((1 - link[at]) * (1 - link[at]))
        running[at + 1] = running[at] + prose[at]
        running_size[at + 1] = running_size[at] + size[at]
        running_link[at + 1] = running_link[at] + size[at] * link[at]
    cdef double total = max(1.0, running_size[n]), total_prose = max(1.0, running[n])

    # tags
    cdef long long own, outer
    for at in range(n):
        own = tag_number[box_of[at]]
        outer = tag_number[parent[box_of[at]]]
        if 1 <= own <= 5:
            out[at, 18 + own] = 1
        out[at, 24] = outer == 3
        out[at, 25] = outer == 2
        out[at, 26] = outer == 4
        out[at, 27] = outer == 6
        out[at, 28] = heading[at]
        out[at, 29] = bool(boxes[box_of[at]].is_hidden)

    # looks
    cdef Py_ssize_t n_looks = len(looks), kind
    cdef double[:, ::1] by_look = np.zeros((4, n_looks))
    for at in range(n):
        kind = look[box_of[at]]
        by_look[0, kind] += 1
        by_look[1, kind] += size[at]
        by_look[2, kind] += size[at] * link[at]
        by_look[3, kind] += prose[at]
    for at in range(n):
        kind = look[box_of[at]]
        out[at, 30] = by_look[0, kind]
        out[at, 31] = by_look[1, kind] / max(by_look[0, kind], 1.0)
        out[at, 32] = by_look[2, kind] / max(by_look[1, kind], 1.0)
        out[at, 33] = by_look[1, kind] / total
        out[at, 34] = by_look[3, kind] / total_prose

    # containers
    cdef double[::1] direct = per_box[0], direct_count = per_box[1], nested = per_box[2], box_prose = per_box[3]
    cdef double[::1] share = per_box[4], prose_share = per_box[5], density = per_box[6], block_size = per_box[7]
    cdef double[::1] count = per_box[8]
    cdef double box_size
    cdef Py_ssize_t core = 0, best = 0, step, row
    for at in range(n):
        direct[box_of[at]] += prose[at]
        direct_count[box_of[at]] += prose[at] > 0
    for at in range(m):
        nested[parent[at]] += direct[at]
        box_size = running_size[end[at]] - running_size[first[at]]
        box_prose[at] = running[end[at]] - running[first[at]]
        count[at] = end[at] - first[at]
        share[at] = box_size / total
        prose_share[at] = box_prose[at] / total_prose
        density[at] = (running_link[end[at]] - running_link[first[at]]) / max(box_size, 1.0)
        block_size[at] = box_size / max(count[at], 1.0)
    for at in range(m):
        if box_prose[at] >= CORE_SHARE * box_prose[0]:
            core = at
        if direct[at] + nested[at] > direct[best] + nested[best]:
            best = at
    for at in range(n):
        other = box_of[at]
        row = 35
        for step in range(4):
            out[at, row] = share[other]
            out[at, row + 1] = prose_share[other]
            out[at, row + 2] = density[other]
            out[at, row + 3] = block_size[other]
            out[at, row + 4] = count[other]
            row += 5
            if step:
                out[at, row] = nested[other] / total_prose
                row += 1
            other = parent[other]
        out[at, 58] = direct_count[parent[box_of[at]]]

    # the boxes with most prose
    cdef double near_best = direct[best] + nested[best]
    cdef double[::1] meeting = per_box[9]
    cdef Py_ssize_t goal
    row = 59
    for step in range(2):
        goal = core if step else best
        mark_meeting(goal, parent, depth, last, meeting)
        for at in range(n):
            other = box_of[at]
            out[at, row] = depth[other] - meeting[other]
            out[at, row + 1] = depth[goal] - meeting[other]
            out[at, row + 2] = <double>(at - first[goal]) / max(1, end[goal] - first[goal])
            out[at, row + 3] = max(0, first[goal] - at)
            out[at, row + 4] = max(0, at - end[goal] + 1)
            out[at, row + 5] = box_prose[goal] / total_prose
        row += 6
    for at in range(n):
        out[at, 71] = near_best / total_prose
        out[at, 72] = end[best] - first[best]
        out[at, 73] = total
        out[at, 74] = total_prose
        out[at, 75] = total_prose / total
        out[at, 76] = n

    # places
    cdef Py_ssize_t last_prose = -1, next_prose = n
    for at in range(n):
        if prose[at] > 0:
            last_prose = at
        out[at, 77] = <double>at / n
        out[at, 78] = (running_size[at + 1] - size[at]) / total
        out[at, 79] = (running[at + 1] - prose[at]) / total_prose
        out[at, 80] = min(200, max(-50, at - first_h1)) if first_h1 >= 0 else -99
        out[at, 81] = at - last_prose if last_prose >= 0 else 99
        out[at, 83] = depth[box_of[at]]
    for at in range(n - 1, -1, -1):
        if prose[at] > 0:
            next_prose = at
        out[at, 82] = next_prose - at if next_prose < n else 99

    # neighbours
    for at in range(n):
        for step in range(2):
            row = 84 + 5 * step
            other = at + 1 if step else at - 1
            if 0 <= other < n:
                out[at, row] = size[other]
                out[at, row + 1] = link[other]
                out[at, row + 2] = look[box_of[other]] == look[box_of[at]]
                out[at, row + 3] = parent[box_of[other]] == parent[box_of[at]]
                out[at, row + 4] = heading[other]
            else:
                out[at, row] = out[at, row + 1] = out[at, row + 4] = -1
        out[at, 94] = around(running, running_size, at, n, 3)
        out[at, 95] = around(running, running_size, at, n, 8)
    repetition(blocks, has_digit, out, n)

    # names
    cdef unsigned long long near, under, far
    mark_apart(m, core, parent, first, end, own_bits, tag_bits, family_size, is_chain, apart, twins)
    cdef int bit
    for at in range(n):
        other = box_of[at]
        near = own_bits[other] | own_bits[parent[other]]
        far, under = apart[other], all_bits[other]
        row = features.N_ROWS - N_BITS - (N_BITS - N_WORDS) - 1 - N_WORDS
        for bit in range(N_WORDS):
            out[at, row + bit] = near >> bit & 1
        row += N_WORDS
        for bit in range(N_BITS):
            out[at, row + bit] = far >> bit & 1
        row += N_BITS
        for bit in range(N_WORDS, N_BITS):
            out[at, row + bit - N_WORDS] = under >> bit & 1
        out[at, row + N_BITS - N_WORDS] = twins[other]
    return values_array.T, link_array


cdef void mark_meeting(
    Py_ssize_t goal, long long[::1] parent, long long[::1] depth, long long[::1] last, double[::1] meeting
) noexcept:
    """Per box, the depth of the innermost box that also holds `goal`."""
    cdef Py_ssize_t at, box = goal
    for at in range(len(meeting)):
        meeting[at] = -1
    while True:
        for at in range(box, last[box]):
            if meeting[at] < 0:
                meeting[at] = depth[box]
        if box <= 0:
            break
        box = parent[box]
    for at in range(len(meeting)):
        if meeting[at] < 0:
            meeting[at] = 0


cdef void mark_apart(
    Py_ssize_t m,
    Py_ssize_t core,
    long long[::1] parent,
    long long[::1] first,
    long long[::1] end,
    unsigned long long[::1] own_bits,
    unsigned long long[::1] tag_bits,
    long long[::1] family_size,
    long long[::1] is_chain,
    unsigned long long[::1] apart,
    long long[::1] twins,
) noexcept:
    """Per box: bits of the boxes around it that do not hold the main text, and the most twins one of these has."""
    cdef Py_ssize_t at = core
    cdef long long above
    is_chain[at] = 1
    while at > 0:
        at = parent[at]
        is_chain[at] = 1
    for at in range(m):
        if is_chain[at]:
            continue
        apart[at] = apart[parent[at]] | own_bits[at] | tag_bits[at]
        above = twins[parent[at]]
        twins[at] = above if family_size[at] < above or end[at] - first[at] < 2 else family_size[at]


cdef double around(double[::1] running, double[::1] running_size, Py_ssize_t at, Py_ssize_t n, Py_ssize_t reach) noexcept:
    """What share of the text near a block is prose."""
    cdef Py_ssize_t low = max(0, at - reach), high = min(n, at + reach + 1)
    return (running[high] - running[low]) / max(running_size[high] - running_size[low], 1.0)


cdef repetition(list blocks, long long[::1] has_digit, float[:, ::1] out, Py_ssize_t n):
    """How many blocks begin with the same two words, and how many say the same but for digits."""
    cdef dict starts = {}, masks = {}
    cdef list start_keys = [], mask_keys = []
    cdef str text, key
    cdef Py_ssize_t at
    for at in range(n):
        text = blocks[at].text
        start = first_words(text)
        starts[start] = starts.get(start, 0) + 1
        start_keys.append(start)
        key = text[:MASKED] if len(text) > MASKED else text
        if has_digit[at]:
            key = without_digits("0", key)
        masks[key] = masks.get(key, 0) + 1
        mask_keys.append(key)
    for at in range(n):
        out[at, 96] = starts[start_keys[at]]
        out[at, 97] = masks[mask_keys[at]]


cdef str first_words(str text):
    """The first two words, a blank between them."""
    cdef Py_ssize_t n = len(text), at = 0, begin, end, second
    while at < n and text[at].isspace():
        at += 1
    begin = at
    while at < n and not text[at].isspace():
        at += 1
    end = at
    while at < n and text[at].isspace():
        at += 1
    second = at
    while at < n and not text[at].isspace():
        at += 1
    if second == at:
        return text[begin:end]
    if second == end + 1 and text[end] == " ":
        return text[begin:at]
    return text[begin:end] + " " + text[second:at]

