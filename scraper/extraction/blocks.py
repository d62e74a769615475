"""The page cut into blocks: every run of text that a browser would set as one paragraph, in order.

A block remembers where it stood (its box, and through it every box around), how much of it is link or
bold, and whether a picture came right before it. One walk over the tree; nothing is judged here and
no text is dropped but what is never read: scripts, styles, menus, form fields.

A line break keeps its place inside a block, two in a row end the block. Inside `pre` the text stays as it is.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from scraper import dom
from scraper.text import clean

# Pages of the development corpora have 150 blocks (median) and 3,400 at most; the rest of a longer page is left out.
MAX_BLOCKS = 12_000
_NAMING = ("class", "id", "itemprop")
_BREAK = "\x0b"  # stands for <br> until the block ends; white space to str.split, never part of clean text


@dataclass(slots=True)
class Box:
    """A block-level element. `first` and `end` bound the blocks inside it, as a slice."""

    tag: str
    signature: str
    parent: int
    depth: int
    first: int
    end: int = 0
    is_hidden: bool = False


@dataclass(slots=True)
class Block:
    """One run of text. `box` is the index of the element it stands in; counts are in characters.

    `n_before_link` and `n_after_link` are what stands before the first and after the last link, -1 without links.
    """

    text: str
    box: int
    n_link_chars: int
    n_bold_chars: int
    n_links: int
    n_before_link: int
    n_after_link: int
    follows_media: bool


@dataclass(slots=True)
class Layout:
    """All blocks of a page in order, and their boxes in document order, each after its parent; box 0 is the page."""

    boxes: list[Box] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)

    def tag(self, block: Block) -> str:
        """The tag of the element the block stands in."""
        return self.boxes[block.box].tag

    def around(self, block: Block) -> list[Box]:
        """The boxes around a block, innermost first."""
        found, at = [], block.box
        while at >= 0:
            found.append(self.boxes[at])
            at = self.boxes[at].parent
        return found


def plain(text: str) -> Block:
    """A block without links or anything else, in box 0."""
    return Block(
        text=text,
        box=0,
        n_link_chars=0,
        n_bold_chars=0,
        n_links=0,
        n_before_link=-1,
        n_after_link=-1,
        follows_media=False,
    )


def read(tree: dom.Tree) -> Layout:
    """The blocks of a page, in document order."""
    walk = _Walk()
    if tree.body is not None:
        walk.run(tree.body)
    return walk.layout


class _Walk:
    """The state of one pass: which boxes are open, and the text gathered since the last block ended."""

    def __init__(self) -> None:
        self.layout = Layout()
        self.pieces: list[str] = []
        self.n_link = self.n_bold = self.n_links = 0
        self.in_link = self.in_bold = self.in_pre = 0
        self.n_chars = 0
        self.first_link = self.last_link = -1
        self.follows_media = False
        self.box = -1

    def run(self, body: dom.Node) -> None:
        """Walk everything under `body` without recursion: nesting is the page's choice, not ours."""
        roles, text_id = dom.ROLES, dom.TEXT_ID
        self.open(body)
        stack: list[tuple[dom.Node, int]] = []
        node = body.first_child
        while len(self.layout.blocks) < MAX_BLOCKS:
            if node is None:
                if not stack:
                    break
                node, role = stack.pop()
                if role:
                    self.leave(role)
                node = node.next
                continue
            tag_id = node.tag_id
            if tag_id == text_id:
                self.add(node.text_content or "")
                node = node.next
                continue
            role = roles.get(tag_id, dom.Role.BOX)
            if role >= dom.Role.SKIP:
                self.mark(role)
                node = node.next
                continue
            if role:
                self.enter(node, role)
            stack.append((node, role))
            node = node.first_child
        while stack:
            self.leave(stack.pop()[1])
        self.leave(dom.Role.BOX)

    def mark(self, role: int) -> None:
        """Note what an element without text of its own says: a line break, or a picture."""
        if role == dom.Role.BREAK:
            if self._is_after_break():
                self.flush()
            else:
                self.pieces.append(_BREAK)
        elif role == dom.Role.MEDIA:
            self.follows_media = True

    def _is_after_break(self) -> bool:
        """Whether nothing but white space came since the last line break."""
        for piece in reversed(self.pieces):
            if piece == _BREAK:
                return True
            if piece and not piece.isspace():
                return False
        return False

    def enter(self, node: dom.Node, role: int) -> None:
        if role == dom.Role.LINK:
            self.in_link += 1
            self.n_links += 1
        elif role == dom.Role.BOLD:
            self.in_bold += 1
        else:
            self.flush()
            self.open(node)
            self.in_pre += role == dom.Role.PRE

    def leave(self, role: int) -> None:
        if role == dom.Role.LINK:
            self.in_link -= 1
            self.pieces.append("")
        elif role == dom.Role.BOLD:
            self.in_bold -= 1
        else:
            self.flush()
            self.in_pre -= role == dom.Role.PRE
            box = self.layout.boxes[self.box]
            box.end = len(self.layout.blocks)
            self.box = box.parent

    def open(self, node: dom.Node) -> None:
        boxes = self.layout.boxes
        attributes = node.attributes
        name, is_hidden = "", False
        if attributes:
            name = " ".join(filter(None, map(attributes.get, _NAMING)))
            is_hidden = _hides(attributes)
        depth = 0
        if self.box >= 0:
            outer = boxes[self.box]
            depth, is_hidden = outer.depth + 1, is_hidden or outer.is_hidden
        n_blocks = len(self.layout.blocks)
        boxes.append(Box(node.tag or "", name, self.box, depth, n_blocks, n_blocks, is_hidden))
        self.box = len(boxes) - 1

    def add(self, text: str) -> None:
        if text.isspace():
            if not self.pieces:
                return
        else:
            n = len(text)
            if self.in_link:
                self.first_link = self.n_chars if self.first_link < 0 else self.first_link
                self.last_link = self.n_chars + n
            self.n_chars += n
            self.n_link += n if self.in_link else 0
            self.n_bold += n if self.in_bold else 0
        self.pieces.append(text)

    def flush(self) -> None:
        """End the block: its pieces become one text, or several where two line breaks meet."""
        if not self.pieces:
            self.n_links = self.in_link
            return
        pieces, self.pieces = self.pieces, []
        raw = _unglued(pieces)
        if raw and not raw.isspace():
            self.keep(raw)
        self.n_link = self.n_bold = self.n_chars = 0
        self.first_link = self.last_link = -1
        self.n_links = self.in_link  # a link around several blocks counts in each

    def keep(self, raw: str) -> None:
        text = clean(raw.replace(_BREAK, "\n")).strip("\n") if self.in_pre else _text(raw)
        if not text:
            return
        self.layout.blocks.append(
            Block(
                text=text,
                box=self.box,
                n_link_chars=min(len(text), self.n_link),
                n_bold_chars=min(len(text), self.n_bold),
                n_links=self.n_links,
                n_before_link=self.first_link,
                n_after_link=self.n_chars - self.last_link if self.last_link >= 0 else -1,
                follows_media=self.follows_media,
            )
        )
        self.follows_media = False


def _unglued(pieces: list[str]) -> str:
    """The pieces as one text. An empty piece ends a link: two links that touch are two words, not one."""
    if len(pieces) == 1:
        return pieces[0]
    out = pieces[:]
    for at in range(1, len(pieces) - 1):
        if pieces[at] == "" and pieces[at - 1][-1:].isalnum() and pieces[at + 1][:1].isupper():
            out[at] = " "
    return "".join(out)


def _text(raw: str) -> str:
    """`raw` with white space squashed, single line breaks kept."""
    if _BREAK not in raw:
        return " ".join(clean(raw).split())
    return "\n".join(" ".join(clean(line).split()) for line in raw.split(_BREAK)).strip("\n")


def _hides(attributes: dict[str, str | None]) -> bool:
    """Whether an element says of itself that it is not shown."""
    if "hidden" in attributes or attributes.get("aria-hidden") == "true":
        return True
    style = attributes.get("style")
    return style is not None and "display:none" in style.replace(" ", "").lower()
