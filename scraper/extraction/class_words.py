"""Words that designers put into class names and ids, by what they usually mark. Data only.

Looked up in lower case, with `-` and `_` turned into blanks; a leading or trailing blank in a word stands for
the border of a word. Collected from the class names of the development corpora, reviewed by hand.
"""

from __future__ import annotations

CLASS_WORDS: dict[str, tuple[str, ...]] = {
    "article": ("article", "story", " post ", "postcontent", "entry"),
    "body": ("body", "content", "richtext", "rich text", "copy", "wysiwyg", "paragraph", "prose"),
    "lead": (
        "lead",
        "standfirst",
        "intro",
        "summary",
        " dek ",
        "subtitle",
        "abstract",
        "excerpt",
        "sapo",
        "deck",
        "subhead",
    ),
    "title": ("title", "headline", "kicker", "heading"),
    "caption": ("caption", "credit", "copyright", "legend", "bildunterschrift"),
    "media": ("image", "photo", "gallery", "video", "media", "player", "figure", "slide", "carousel", "picture"),
    "related": ("related", "recommend", "also", "readmore", "read more", "further", "similar", "see more", "recirc"),
    "teaser": ("teaser", "card", " list", "popular", "latest", "trending", "most read", "mostread", "archive", "grid"),
    "promo": (
        "promo",
        "advert",
        " ad ",
        " ads ",
        "sponsor",
        "banner",
        "newsletter",
        "subscri",
        "signup",
        "sign up",
        "campaign",
        "cta",
        "donat",
        "outbrain",
        "taboola",
        "commercial",
        "affiliate",
    ),
    "wall": ("paywall", "premium", "registration", "login", "regwall", "piano"),
    "share": ("share", "social", "follow", "whatsapp", "facebook", "twitter"),
    "author": ("author", "byline", " bio", "contributor", "profile"),
    "meta": ("meta", "date", " time", "info", "publish", "label"),
    "tags": (" tag", "categor", "topic", "breadcrumb", "keyword"),
    "comment": ("comment", "disqus", "discussion", "respond", "reply"),
    "page": ("header", "footer", "sidebar", "menu", "nav", "masthead", "toolbar", "rail"),
    "aside": ("aside", "widget", "module", "inset", "factbox", "infobox", "fact", "box", "note", "disclaimer"),
    "embed": ("embed", "tweet", "instagram", "iframe", "oembed"),
    "quote": ("quote", "pullquote"),
    "consent": (
        "consent",
        "cookie",
        "gdpr",
        "onetrust",
        " ot sdk",
        "didomi",
        "usercentrics",
        "privacy",
        "cmplz",
        "truste",
    ),
    "popup": ("modal", "popup", "overlay", "tooltip", "dialog", "hidden", "sr only"),
    "table": ("table", "toc ", "score", "ticker", "chart"),
    "pager": ("pagin", "next", "prev", "pager", "jump"),
}

# Elements whose inside is told apart wherever it stands; bits follow those of the class words.
_TAGS = (
    "article",
    "main",
    "aside",
    "footer",
    "header",
    "form",
    "figure",
    "table",
    "ul",
    "ol",
    "li",
    "blockquote",
    "section",
    "button",
    "dl",
    "details",
    "a",
)
TAG_BITS: dict[str, int] = {tag: 1 << (len(CLASS_WORDS) + at) for at, tag in enumerate(_TAGS)}

# What other people wrote, not the page's author.
FOREIGN_BITS: int = sum(1 << at for at, name in enumerate(CLASS_WORDS) if name in ("consent", "comment"))
