"""Where on the page a node stands: in the article, or in comments, navigation and lists of other articles.

Judges by element names and by the words in `class` and `id`; does not look at text.
"""

from __future__ import annotations

import re

from scraper.dom import TEXT_ID, Node, tag_ids

MAX_CLIMB = 60
MAX_NAME_CHARS = 300

_ELSEWHERE_TAGS = tag_ids("footer nav aside select noscript template button")
_TOP_TAGS = tag_ids("body html main")
_FOOT_TAGS = tag_ids("footer aside")
_OWN_FOOT = re.compile(r"(?:^|[\s_-])(?:entry|post|article|author|byline|meta)", re.IGNORECASE)
_ELSEWHERE = re.compile(
    r"(?:^|[\s_-]|(?<=[a-z]))"
    r"(?:comments?(?![a-z])|Comment|disqus|respond(?![a-z])|[rR]elated|[rR]ecommend|[tT]easer|[sS]idebar|(?<!elementor-)[wW]idget|[fF]ooter"
    r"|nav(?![a-z])|navi|menu|[pP]opular|[tT]rending|[lL]atest|[nN]ewsletter|[mM]ore-?(?:[sS]tories|[nN]ews|[aA]rticles|[pP]osts)"
    r"|also-?like|[cC]arousel|[sS]lider|breaking|ticker|archive(?=[_-])|[rR]ecirc|upnext|next-?post|prev(?![a-z])|advert|dropdown|summary-item)",
)


class Surroundings:
    """Answers for many nodes of one page; remembers containers so that no path is climbed twice.

    Whatever holds the headline is the article's, however it is named: some pages wrap everything in a "menu".
    """

    def __init__(self, heading: Node | None = None) -> None:
        self._known: dict[int, bool] = {}
        at = heading.parent if heading is not None else None
        while at is not None and len(self._known) < MAX_CLIMB:
            self._known[at.mem_id] = False
            at = at.parent

    def is_elsewhere(self, node: Node) -> bool:
        """Whether the node stands outside the article."""
        path: list[int] = []
        at: Node | None = node
        verdict = False
        while at is not None and (tag := at.tag_id) not in _TOP_TAGS and len(path) < MAX_CLIMB:
            name = at.mem_id
            known = self._known.get(name)
            if known is not None:
                verdict = known
                break
            path.append(name)
            is_own = tag in _FOOT_TAGS and _is_own_foot(at)
            if not is_own and (tag in _ELSEWHERE_TAGS or (tag != TEXT_ID and _is_named_so(at))):
                verdict = True
                break
            at = at.parent
        self._known.update(dict.fromkeys(path, verdict))
        return verdict


def _is_own_foot(node: Node) -> bool:
    """Whether a footer or aside is the article's, such as the line that says who wrote it and when."""
    return bool(_OWN_FOOT.search((node.attributes.get("class") or "")[:MAX_NAME_CHARS]))


def _is_named_so(node: Node) -> bool:
    attributes = node.attributes
    if "class" not in attributes and "id" not in attributes:
        return False
    name = f"{attributes.get('class') or ''} {attributes.get('id') or ''}"[:MAX_NAME_CHARS]
    return bool(_ELSEWHERE.search(name))
