"""Meta tags, links, `<title>` and `lang` -> candidates.

Covers Dublin Core, parsely, sailthru, citation (Highwire), cXense, Twitter cards and the many plain names in use.
OpenGraph belongs to `opengraph`. Does not decide and does not clean.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from scraper.extraction.landmarks import Landmarks
from scraper.values import Candidate

MAX_PER_NAME = 50

_NAMES = {
    "title": (
        "twitter:title twitter:text:title parsely-title sailthru.title dc.title dcterms.title citation_title title"
        " cxenseparse:title headline mrf:title hdl article.headline rbtitle"
    ),
    "authors": (
        "author authors parsely-author sailthru.author dc.creator dcterms.creator dc.contributor citation_author byl"
        " cxenseparse:author article.author author_name creator byline article_author rbauthors dc.author"
        " cse-authors mrf:authors vf:author shareaholic:article_author_name"
    ),
    "published_at": (
        "date pubdate publishdate publish-date publish_date publication_date publication-date published_date"
        " published_time published-date datepublished article:publish_date article.published article_date_original"
        " dc.date dc.date.issued dc.date.created dc.created dcterms.date dcterms.issued dcterms.created"
        " dcterms.available dcterm.created parsely-pub-date sailthru.date citation_publication_date citation_date"
        " citation_online_date cxenseparse:recs:publishtime cxenseparse:publishtime vr:published_time created"
        " creation_date article:created prism.publicationdate rnews:datepublished bt:pubdate release_date"
        " displaydate originalpublicationdate original-publish-date publishtime publisheddate article_pub_date"
        " shareaholic:article_published_time pub_date datecreated date.created sort_date search.published"
    ),
    "modified_at": (
        "last-modified lastmod modified dc.date.modified dcterms.modified dc.modified datemodified article.updated"
        " revised vr:updated_time shareaholic:article_modified_time moddate updated_time last_updated"
        " eomportal-lastupdate utime lastupdate"
    ),
    "description": (
        "description twitter:description dc.description dcterms.abstract sailthru.description dcterms.description"
    ),
    "section": "parsely-section article:section_name articlesection category section cxenseparse:category"
    " prism.section page-topic rbsection mrf:sections channel",
    "tags": (
        "news_keywords keywords parsely-tags sailthru.tags dc.subject mrf:tags tags dcterms.subject citation_keywords"
    ),
    "site_name": "application-name apple-mobile-web-app-title twitter:app:name:iphone cre al:ios:app_name sitename",
    "publisher": "publisher dc.publisher dcterms.publisher citation_publisher copyright dcterms.rightsholder",
    "language": "content-language language dc.language dcterms.language inlanguage",
    "image": "twitter:image twitter:image:src parsely-image-url sailthru.image.full thumbnail image thumbnailurl",
    "robots": "robots googlebot tdm-reservation tdm-policy",
    "licence": "dc.rights dcterms.rights license rights dcterms.license",
    "content_tier": "access content_access paywall article.access content-paywall",
    "article_kind": "article_type content_type pagetype page_type parsely-type cxenseparse:pageclass dc.type",
    "agency": "original-source source article.origin author.agency agency",
}
_FIELDS = {name: field for field, names in _NAMES.items() for name in names.split()}
_AUTHOR_LABELS = frozenset(
    {"written by", "author", "verfasst von", "geschrieben von", "écrit par", "escrito por", "scritto da", "autor", "by",
     "geschreven door", "skriven av", "skrevet av", "skrevet af", "napisane przez", "written-by", "rédigé par"}
)  # fmt: skip


def read(marks: Landmarks) -> list[Candidate]:
    """What the head says apart from OpenGraph, in page order."""
    found: list[Candidate] = []
    n_of: dict[str, int] = {}
    for name, content in marks.metas:
        field = _FIELDS.get(name)
        if field is None:
            continue
        n_of[name] = n_of.get(name, 0) + 1
        if n_of[name] <= MAX_PER_NAME:
            found.append(Candidate(field=field, value=_value(field, content), origin=f"meta:{name}"))
    found += _labelled(marks)
    found += _parsely(marks)
    if marks.title:
        found.append(Candidate(field="title", value=marks.title, origin="meta:<title>"))
    if marks.language:
        found.append(Candidate(field="language", value=marks.language, origin="meta:<html lang>"))
    for rel, href in marks.links:
        if href and (field := {"canonical": "canonical_url", "license": "licence", "image_src": "image"}.get(rel)):
            found.append(Candidate(field=field, value=_value(field, href.strip()[:2000]), origin=f"meta:link {rel}"))
    return found


def _value(field: str, content: str) -> object:
    if field == "tags":
        return tuple(t for part in content.replace(";", ",").split(",")[:MAX_PER_NAME] if (t := part.strip()))
    return {"url": content} if field == "image" else content


def _labelled(marks: Landmarks) -> Iterator[Candidate]:
    """Twitter's `label1`/`data1` pairs: WordPress puts the author there."""
    values = dict(marks.metas)
    for n in "12":
        is_author = values.get(f"twitter:label{n}", "").casefold().rstrip(":") in _AUTHOR_LABELS
        if is_author and (name := values.get(f"twitter:data{n}")):
            yield Candidate(field="authors", value=name, origin=f"meta:twitter:data{n}")


def _parsely(marks: Landmarks) -> Iterator[Candidate]:
    """`parsely-page`: one JSON object with title, pub_date and authors."""
    text = next((content for name, content in marks.metas if name == "parsely-page"), "")
    try:
        values = json.loads(text) if text else None
    except (ValueError, RecursionError):
        return
    if not isinstance(values, dict):
        return
    for key, field in (("title", "title"), ("pub_date", "published_at"), ("author", "authors"), ("section", "section")):
        value = values.get(key)
        for item in value[:MAX_PER_NAME] if isinstance(value, list) else [value]:
            if isinstance(item, str) and item:
                yield Candidate(field=field, value=item, origin=f"meta:parsely-page.{key}")
