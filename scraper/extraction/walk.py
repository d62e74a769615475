"""The walk that cuts a page into blocks: every run of text that a browser would set as one paragraph, in order.

A block remembers where it stood (its box, and through it every box around), how much of it is link or
bold, and whether a picture came right before it. One walk over the tree; nothing is judged here and
no text is dropped but what is never read: scripts, styles, menus, form fields.

A line break keeps its place inside a block, two in a row end the block. Inside `pre` the text stays as it is.
"""

from __future__ import annotations

from collections.abc import Iterable

from scraper import dom
from scraper.dom import Role
from scraper.extraction.layout import Block, Box, Layout
from scraper.text import clean

# Pages of the development corpora have 150 blocks (median) and 3,400 at most; the rest of a longer page is left out.
MAX_BLOCKS = 12_000
_NAMING = ("class", "id", "itemprop")
_MAX_DIGITS = 6
_MAX_COLUMNS = 100
_UNNUMBERED = -1_000_000  # more than a page has items
_NOWHERE = -1
_BREAK = "\x0b"  # stands for <br> until the block ends; white space to str.split, never part of clean text


def read(nodes: Iterable[dom.Node], layout: Layout) -> None:
    """Nothing; afterwards `layout` has the blocks under the elements `nodes`, none of them inside another."""
    walk = _Walk(layout)
    for node in nodes:
        walk.run(node)


class _Walk:
    """The state of one pass: which elements are open, and the text gathered since the last block ended.

    `open` holds the elements, `made` the boxes of the outermost of them: a box is made with its first block, since
    half the elements of a page hold no text.
    """

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.open: list[dom.Node] = []
        self.made: list[int] = []
        self.pieces: list[str] = []
        self.n_link = self.n_bold = self.n_italic = self.n_links = 0
        self.in_link = self.in_bold = self.in_italic = self.in_pre = 0
        self.n_chars = 0
        self.first_link = self.last_link = -1
        self.ended: int = Role.INLINE  # the role of the inline element that ended (or, a citation, began) right before
        self.media_depth = _NOWHERE  # of the innermost open element that holds the last picture

    def run(self, body: dom.Node) -> None:
        """Walk everything under `body` without recursion: nesting is the page's choice, not ours."""
        role_of, text_id, blocks = dom.ROLES.get, dom.TEXT_ID, self.layout.blocks
        self.open.append(body)
        stack: list[tuple[dom.Node, int]] = []
        node = body.first_child
        while len(blocks) < MAX_BLOCKS:
            if node is None:
                if not stack:
                    break
                node, role = stack.pop()
                if role == Role.SPAN:  # half of all elements
                    self.ended = self.ended or role
                elif role:
                    self.leave(role)
                node = node.next
                continue
            tag_id = node.tag_id
            if tag_id == text_id:
                text = node.text_content
                if text and (self.pieces or not text.isspace()):
                    self.add(text)
                node = node.next
                continue
            role = role_of(tag_id, Role.CUSTOM)
            if role >= Role.SKIP:
                if role > Role.SKIP:
                    self.mark(role)
                node = node.next
                continue
            if role and role != Role.SPAN:
                role = self.enter(node, role)
            stack.append((node, role))
            node = node.first_child
        while stack:
            self.leave(stack.pop()[1])
        self.leave(Role.BOX)

    def mark(self, role: int) -> None:
        """Note what an element without text of its own says: a line break, or a picture."""
        if role == Role.MEDIA:
            self.media_depth = len(self.open)
        elif self._is_after_break():
            self.flush()
        else:
            self.pieces.append(_BREAK)

    def _is_after_break(self) -> bool:
        """Whether nothing but white space came since the last line break."""
        for piece in reversed(self.pieces):
            if piece == _BREAK:
                return True
            if piece and not piece.isspace():
                return False
        return False

    def enter(self, node: dom.Node, role: int) -> int:
        """Open an element; the role it turns out to have."""
        if role == Role.LINK:
            self.in_link += 1
            self.n_links += 1
        elif role == Role.BOLD:
            self.in_bold += 1
        elif role == Role.ITALIC:
            self.in_italic += 1
        elif role == Role.CITED:
            self.ended = self.ended or role
        elif role == Role.CUSTOM and self.n_chars:
            return Role.SPAN
        else:
            if self.pieces:
                self.flush()
            self.n_links = self.in_link
            self.open.append(node)
            self.in_pre += role == Role.PRE
        return role

    def leave(self, role: int) -> None:
        if role == Role.LINK:
            self.in_link -= 1
            self.ended = Role.LINK
        elif role == Role.BOLD:
            self.in_bold -= 1
            self.ended = self.ended or role
        elif role == Role.ITALIC:
            self.in_italic -= 1
            self.ended = self.ended or role
        elif role in (Role.SPAN, Role.CITED):
            self.ended = self.ended or role
        elif role:
            if self.pieces:
                self.flush()
            self.n_links = self.in_link
            self.in_pre -= role == Role.PRE
            self.open.pop()
            self.media_depth = min(self.media_depth, len(self.open))
            if len(self.made) > len(self.open):
                box = self.layout.boxes[self.made.pop()]
                box.end, box.last = len(self.layout.blocks), len(self.layout.boxes)

    def add(self, text: str) -> None:
        if not text.isspace():
            n = len(text)
            if self.in_link:
                self.first_link = self.n_chars if self.first_link < 0 else self.first_link
                self.last_link = self.n_chars + n
                self.n_link += n
            self.n_chars += n
            if self.in_bold:
                self.n_bold += n
            if self.in_italic:
                self.n_italic += n
        if self.ended:
            if self.pieces and _are_words(self.pieces[-1][-1], text[0], is_link=self.ended == Role.LINK):
                self.pieces.append(" ")
            self.ended = Role.INLINE
        self.pieces.append(text)

    def flush(self) -> None:
        """End the block: its pieces become one text, or several where two line breaks meet."""
        if self.n_chars:
            self.keep("".join(self.pieces))
        self.pieces.clear()
        self.n_link = self.n_bold = self.n_italic = self.n_chars = 0
        self.first_link = self.last_link = -1
        self.ended = Role.INLINE
        self.n_links = self.in_link  # a link around several blocks counts in each

    def keep(self, raw: str) -> None:
        text = preformatted(raw) if self.in_pre else _text(raw)
        if not text:
            return
        if len(self.made) < len(self.open):
            self.make_boxes()
        n = len(text)
        self.layout.blocks.append(
            Block(
                text,
                self.made[-1],
                min(n, self.n_link),
                min(n, self.n_bold),
                min(n, self.n_italic),
                self.n_links,
                self.first_link,
                self.n_chars - self.last_link if self.last_link >= 0 else -1,
                len(self.open) - self.media_depth if self.media_depth >= 0 else -1,
            )
        )
        self.media_depth = _NOWHERE

    def make_boxes(self) -> None:
        """Boxes for the open elements that have none yet."""
        boxes, first = self.layout.boxes, len(self.layout.blocks)
        for node in self.open[len(self.made) :]:
            parent = self.made[-1] if self.made else -1
            attributes = node.attributes
            name, is_hidden = "", parent >= 0 and boxes[parent].is_hidden
            if attributes:
                name = " ".join(filter(None, map(attributes.get, _NAMING)))
                is_hidden = is_hidden or _hides(attributes)
            self.made.append(len(boxes))
            tag = node.tag or ""
            box = Box(tag, name, parent, len(self.made) - 1, first, is_hidden=is_hidden)
            if tag in ("td", "th"):
                box.number = _column(node)
            elif tag in ("ol", "li"):
                box.number = _number(tag, attributes, boxes[parent])
            boxes.append(box)


def _are_words(last: str, first: str, *, is_link: bool) -> bool:
    """Whether an element that ends so and what follows at once are two words: set apart by style, not by a blank."""
    if first.isupper():
        return last.isdigit() or last.islower() or (is_link and last.isalpha())
    return first.isdigit() and last.isalpha()


def preformatted(raw: str) -> str:
    """`raw` as it is set, without control characters; no empty lines at its ends."""
    return clean(raw.replace(_BREAK, "\n")).strip("\n")


def _text(raw: str) -> str:
    """`raw` with white space squashed, single line breaks kept."""
    if _BREAK not in raw:
        text = " ".join(raw.split())
        return text if text.isprintable() else " ".join(clean(text).split())
    return "\n".join(" ".join(clean(line).split()) for line in raw.split(_BREAK)).strip("\n")


def _number(tag: str, attributes: dict[str, str | None], outer: Box) -> int:
    """What a numbered list begins after, or the number of its next item; 0 in other lists and those that count down."""
    if tag == "ol":
        start = attributes.get("start") or "1"
        if "reversed" in attributes or not start.isdecimal() or len(start) > _MAX_DIGITS:
            return _UNNUMBERED
        return int(start) - 1
    if outer.tag != "ol":
        return 0
    outer.number += 1
    return max(0, outer.number)


def _column(cell: dom.Node) -> int:
    """The place of a cell in its row, from 1; empty cells count, what they span does not."""
    number, before = 1, cell.prev
    while before is not None and number < _MAX_COLUMNS:
        number += before.tag_id not in (dom.TEXT_ID, dom.COMMENT_ID)
        before = before.prev
    return number


def _hides(attributes: dict[str, str | None]) -> bool:
    """Whether an element says of itself that it is not shown."""
    if "hidden" in attributes or attributes.get("aria-hidden") == "true":
        return True
    style = attributes.get("style")
    return style is not None and "display:none" in style.replace(" ", "").lower()
