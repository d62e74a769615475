# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False
"""`walk` compiled: the same blocks and boxes, read from lexbor's nodes without a Python object for each.

`walk._Walk` is the specification, and what runs where this module could not be built; a change there is a change
here (`tests/extraction/test_compiled.py` compares both on every fixture page and on mutated ones).

lexbor is the one inside selectolax's own extension: its functions are looked up by name when this module is loaded,
so that no header and no layout of a struct is taken for granted. Where one is missing, loading fails with ImportError.
"""

import ctypes

from libc.stdint cimport uintptr_t
from libc.stdlib cimport free, realloc
from libc.string cimport memcmp
from cpython.unicode cimport PyUnicode_DecodeUTF8

from selectolax import lexbor

from scraper import dom
from scraper.extraction import walk as specification
from scraper.extraction.layout import Block, Box

ctypedef void *Node
ctypedef Node (*step_f)(Node) noexcept
ctypedef uintptr_t (*tag_id_f)(Node) noexcept
ctypedef int (*type_f)(Node) noexcept
ctypedef const char *(*chars_f)(void *, size_t *) noexcept

cdef step_f next_node, prev_node, first_child, first_attribute, next_attribute
cdef tag_id_f tag_id_of
cdef chars_f text_content, attribute_name, attribute_value, element_name

cdef enum:
    INLINE = 0
    LINK = 1
    BOLD = 2
    BOX = 3
    PRE = 4
    CUSTOM = 5
    ITALIC = 6
    SPAN = 7
    CITED = 8
    SKIP = 10
    BREAK = 11
    MEDIA = 12
    N_TAGS = 1024


cdef signed char ROLE[N_TAGS]
cdef unsigned char WHITE[256]  # 2: blanks of HTML, 1: what else is white space to str.isspace
cdef uintptr_t TEXT, COMMENT
cdef list NAMES = [None] * N_TAGS
cdef str BLANK = " "
cdef str LINE_BREAK = specification._BREAK
cdef Py_ssize_t MAX_BLOCKS = specification.MAX_BLOCKS
cdef int UNNUMBERED = specification._UNNUMBERED
cdef int MAX_COLUMNS = specification._MAX_COLUMNS
cdef object as_text = specification._text
cdef object number_of = specification._number
cdef object hides = specification._hides


def _load():
    """Nothing; afterwards lexbor's functions are known. Raises `ImportError` where one is missing."""
    global next_node, prev_node, first_child, first_attribute, next_attribute, tag_id_of
    global text_content, attribute_name, attribute_value, element_name, TEXT, COMMENT
    library = ctypes.CDLL(lexbor.__file__)

    def address(name):
        try:
            return ctypes.cast(getattr(library, name), ctypes.c_void_p).value
        except AttributeError as error:
            raise ImportError(f"selectolax shows no {name}") from error

    next_node = <step_f><uintptr_t>address("lxb_dom_node_next_noi")
    prev_node = <step_f><uintptr_t>address("lxb_dom_node_prev_noi")
    first_child = <step_f><uintptr_t>address("lxb_dom_node_first_child_noi")
    first_attribute = <step_f><uintptr_t>address("lxb_dom_element_first_attribute_noi")
    next_attribute = <step_f><uintptr_t>address("lxb_dom_element_next_attribute_noi")
    tag_id_of = <tag_id_f><uintptr_t>address("lxb_dom_node_tag_id_noi")
    text_content = <chars_f><uintptr_t>address("lxb_dom_node_text_content")
    attribute_name = <chars_f><uintptr_t>address("lxb_dom_attr_qualified_name")
    attribute_value = <chars_f><uintptr_t>address("lxb_dom_attr_value_noi")
    element_name = <chars_f><uintptr_t>address("lxb_dom_element_qualified_name")
    TEXT, COMMENT = dom.TEXT_ID, dom.COMMENT_ID
    cdef int tag
    for tag in range(N_TAGS):
        ROLE[tag] = dom.ROLES.get(tag, CUSTOM)
    for tag in range(256):
        WHITE[tag] = 2 if chr(tag) in " \t\n\r\f" else tag < 128 and chr(tag).isspace()


_load()


def read(list nodes, layout):
    """Nothing; afterwards `layout` has the blocks and boxes under the elements, `nodes`."""
    walk = Walk(layout)
    for node in nodes:
        walk.run(<Node><uintptr_t>node.mem_id)


cdef class Walk:
    cdef list boxes, blocks, pieces
    cdef Py_ssize_t n_link, n_bold, n_italic, n_links, n_chars, first_link, last_link
    cdef int in_link, in_bold, in_italic, in_pre, ended
    cdef Py_ssize_t media_depth, n_open, n_made, room, n_roles, room_roles
    cdef Node *open
    cdef Py_ssize_t *made
    cdef Node *nodes
    cdef signed char *roles

    def __cinit__(self, layout):
        self.boxes, self.blocks, self.pieces = layout.boxes, layout.blocks, []
        self.first_link = self.last_link = self.media_depth = -1

    def __dealloc__(self):
        free(self.open)
        free(self.made)
        free(self.nodes)
        free(self.roles)

    cdef int run(self, Node body) except -1:
        cdef Node node
        cdef int role
        cdef uintptr_t tag
        self.push_open(body)
        self.n_roles = 0
        node = first_child(body)
        while len(self.blocks) < MAX_BLOCKS:
            if node == NULL:
                if self.n_roles == 0:
                    break
                self.n_roles -= 1
                node, role = self.nodes[self.n_roles], self.roles[self.n_roles]
                if role == SPAN:
                    self.ended = self.ended or role
                elif role:
                    self.leave(role)
                node = next_node(node)
                continue
            tag = tag_id_of(node)
            if tag == TEXT:
                self.read_text(node)
                node = next_node(node)
                continue
            role = ROLE[tag] if tag < N_TAGS else CUSTOM
            if role >= SKIP:
                if role > SKIP:
                    self.mark(role)
                node = next_node(node)
                continue
            if role and role != SPAN:
                role = self.enter(node, role)
            self.push(node, role)
            node = first_child(node)
        while self.n_roles:
            self.n_roles -= 1
            self.leave(self.roles[self.n_roles])
        self.leave(BOX)
        return 0

    cdef int push(self, Node node, int role) except -1:
        cdef Py_ssize_t room
        if self.n_roles == self.room_roles:
            room = 2 * self.room_roles + 64
            self.nodes = <Node *>_resized(self.nodes, room * sizeof(Node))
            self.roles = <signed char *>_resized(self.roles, room)
            self.room_roles = room
        self.nodes[self.n_roles], self.roles[self.n_roles] = node, role
        self.n_roles += 1
        return 0

    cdef int push_open(self, Node node) except -1:
        cdef Py_ssize_t room
        if self.n_open == self.room:
            room = 2 * self.room + 64
            self.open = <Node *>_resized(self.open, room * sizeof(Node))
            self.made = <Py_ssize_t *>_resized(self.made, room * sizeof(Py_ssize_t))
            self.room = room
        self.open[self.n_open] = node
        self.n_open += 1
        return 0

    cdef int mark(self, int role) except -1:
        if role == MEDIA:
            self.media_depth = self.n_open
        elif self.is_after_break():
            self.flush()
        else:
            self.pieces.append(LINE_BREAK)
        return 0

    cdef bint is_after_break(self):
        cdef Py_ssize_t at = len(self.pieces)
        cdef str piece
        while at:
            at -= 1
            piece = self.pieces[at]
            if piece is LINE_BREAK or piece == LINE_BREAK:
                return True
            if piece and piece is not BLANK and not piece.isspace():
                return False
        return False

    cdef int enter(self, Node node, int role) except -1:
        if role == LINK:
            self.in_link += 1
            self.n_links += 1
        elif role == BOLD:
            self.in_bold += 1
        elif role == ITALIC:
            self.in_italic += 1
        elif role == CITED:
            self.ended = self.ended or role
        elif role == CUSTOM and self.n_chars:
            return SPAN
        else:
            if self.pieces:
                self.flush()
            self.n_links = self.in_link
            self.push_open(node)
            self.in_pre += role == PRE
        return role

    cdef int leave(self, int role) except -1:
        if role == LINK:
            self.in_link -= 1
            self.ended = LINK
        elif role == BOLD:
            self.in_bold -= 1
            self.ended = self.ended or role
        elif role == ITALIC:
            self.in_italic -= 1
            self.ended = self.ended or role
        elif role == SPAN or role == CITED:
            self.ended = self.ended or role
        elif role:
            if self.pieces:
                self.flush()
            self.n_links = self.in_link
            self.in_pre -= role == PRE
            self.n_open -= 1
            self.media_depth = min(self.media_depth, self.n_open)
            if self.n_made > self.n_open:
                self.n_made -= 1
                box = self.boxes[self.made[self.n_made]]
                box.end, box.last = len(self.blocks), len(self.boxes)
        return 0

    cdef int read_text(self, Node node) except -1:
        cdef size_t n = 0, at
        cdef const char *chars = text_content(node, &n)
        cdef unsigned char white, least = 2
        cdef str text
        if chars == NULL or n == 0:
            return 0
        for at in range(n):
            white = WHITE[<unsigned char>chars[at]]
            if white < least:
                least = white
                if not white:
                    break
        if least == 2 and not self.pieces:
            return 0
        if least == 2 and not self.in_pre:
            return self.append(BLANK)
        text = PyUnicode_DecodeUTF8(chars, n, "replace")
        if least or (<unsigned char>chars[at] >= 128 and text.isspace()):
            return self.append(text) if self.pieces else 0
        n = len(text)
        if self.in_link:
            if self.first_link < 0:
                self.first_link = self.n_chars
            self.last_link = self.n_chars + n
            self.n_link += n
        self.n_chars += n
        if self.in_bold:
            self.n_bold += n
        if self.in_italic:
            self.n_italic += n
        return self.append(text)

    cdef int append(self, str text) except -1:
        cdef str last
        if self.ended:
            if self.pieces:
                last = self.pieces[len(self.pieces) - 1]
                if are_words(last[len(last) - 1], text[0], self.ended == LINK):
                    self.pieces.append(BLANK)
            self.ended = INLINE
        self.pieces.append(text)
        return 0

    cdef int flush(self) except -1:
        if self.n_chars:
            self.keep(self.pieces[0] if len(self.pieces) == 1 else "".join(self.pieces))
        self.pieces.clear()
        self.n_link = self.n_bold = self.n_italic = self.n_chars = 0
        self.first_link = self.last_link = -1
        self.ended = INLINE
        self.n_links = self.in_link
        return 0

    cdef int keep(self, str raw) except -1:
        cdef str text
        cdef Py_ssize_t n
        if self.in_pre:
            text = specification.preformatted(raw)
        elif LINE_BREAK not in raw:
            text = raw if is_squashed(raw) else " ".join(raw.split())
            if not text.isprintable():
                text = as_text(raw)
        else:
            text = as_text(raw)
        if not text:
            return 0
        if self.n_made < self.n_open:
            self.make_boxes()
        n = len(text)
        self.blocks.append(
            Block(
                text,
                self.made[self.n_made - 1],
                min(n, self.n_link),
                min(n, self.n_bold),
                min(n, self.n_italic),
                self.n_links,
                self.first_link,
                self.n_chars - self.last_link if self.last_link >= 0 else -1,
                self.n_open - self.media_depth if self.media_depth >= 0 else -1,
            )
        )
        self.media_depth = -1
        return 0

    cdef int make_boxes(self) except -1:
        cdef Py_ssize_t at, parent, first = len(self.blocks)
        cdef str tag, name
        cdef dict attributes
        for at in range(self.n_made, self.n_open):
            parent = self.made[at - 1] if at else -1
            attributes = telling(self.open[at])
            outer = self.boxes[parent] if parent >= 0 else None
            is_hidden = outer is not None and outer.is_hidden
            name = ""
            if attributes:
                name = name_of(attributes)
                is_hidden = is_hidden or is_marked_hidden(attributes)
            tag = tag_of(self.open[at])
            box = Box(tag, name, parent, at, first, 0, 0, is_hidden)
            if tag == "td" or tag == "th":
                box.number = column(self.open[at])
            elif tag == "ol" or tag == "li":
                box.number = number_of(tag, attributes, outer)
            self.made[at] = len(self.boxes)
            self.n_made = at + 1
            self.boxes.append(box)
        return 0


cdef void *_resized(void *old, size_t size) except NULL:
    new = realloc(old, size)
    if new == NULL:
        raise MemoryError
    return new


cdef dict telling(Node element):
    """The attributes that a box needs; a value is None where there is none."""
    cdef dict found = {}
    cdef Node attribute = first_attribute(element)
    cdef size_t n
    cdef const char *name
    cdef const char *value
    cdef str key
    while attribute != NULL:
        n = 0
        name = attribute_name(attribute, &n)
        key = None
        if n == 5:
            key = "class" if not memcmp(name, b"class", 5) else "style" if not memcmp(name, b"style", 5) else None
            key = "start" if not memcmp(name, b"start", 5) else key
        elif n == 2:
            key = "id" if not memcmp(name, b"id", 2) else None
        elif n == 8:
            key = "itemprop" if not memcmp(name, b"itemprop", 8) else None
            key = "reversed" if not memcmp(name, b"reversed", 8) else key
        elif n == 6:
            key = "hidden" if not memcmp(name, b"hidden", 6) else None
        elif n == 11:
            key = "aria-hidden" if not memcmp(name, b"aria-hidden", 11) else None
        if key is not None:
            n = 0
            value = attribute_value(attribute, &n)
            found[key] = PyUnicode_DecodeUTF8(value, n, "replace") if value != NULL else None
        attribute = next_attribute(attribute)
    return found


cdef bint is_marked_hidden(dict attributes):
    if "hidden" in attributes or attributes.get("aria-hidden") == "true":
        return True
    return "style" in attributes and hides(attributes)


cdef bint is_squashed(str text):
    """Whether all white space in the text is single blanks between words."""
    cdef Py_UCS4 char
    cdef bint was_blank = True
    for char in text:
        if char == 32:
            if was_blank:
                return False
            was_blank = True
        elif char.isspace():
            return False
        else:
            was_blank = False
    return not was_blank


cdef str name_of(dict attributes):
    cdef str first = attributes.get("class"), second = attributes.get("id"), third = attributes.get("itemprop")
    if third:
        return " ".join([part for part in (first, second, third) if part])
    if second:
        return first + " " + second if first else second
    return first or ""


cdef str tag_of(Node element):
    cdef uintptr_t tag = tag_id_of(element)
    cdef size_t n = 0
    cdef const char *name
    if tag < N_TAGS and NAMES[tag] is not None:
        return NAMES[tag]
    name = element_name(element, &n)
    if name == NULL:
        return ""
    text = PyUnicode_DecodeUTF8(name, n, "replace")
    if tag < N_TAGS:
        NAMES[tag] = text
    return text


cdef int column(Node cell):
    cdef int number = 1
    cdef Node before = prev_node(cell)
    cdef uintptr_t tag
    while before != NULL and number < MAX_COLUMNS:
        tag = tag_id_of(before)
        number += tag != TEXT and tag != COMMENT
        before = prev_node(before)
    return number


cdef bint are_words(Py_UCS4 last, Py_UCS4 first, bint is_link):
    if first.isupper():
        return last.isdigit() or last.islower() or (is_link and last.isalpha())
    return first.isdigit() and last.isalpha()
