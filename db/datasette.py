"""What the tables and their columns mean, in the form of Datasette's metadata.json.

Datasette (docs.datasette.io, "Metadata") shows it beside the data; other readers find the same words there.
"""

from __future__ import annotations

from typing import Any

from db.schema import metadata as schema

_TABLES: dict[str, str] = {
    "articles": "The current text of each article, with all that is known of it; one row an article.",
    "article_authors": "The authors of articles, in order.",
    "article_tags": "The tags of articles, in the page's order.",
    "revisions": "What each article said after each change by its publisher.",
    "links": "Every address ever seen, with what became of it and when it is looked at next.",
    "sources": "The feeds, sitemaps and sections that announce addresses.",
    "pages": "Every answer fetched, pointing into the archive of WARC files.",
    "extractions": "Which version of the extractor said what of which page.",
    "runs": "Each run of the program, with its sums.",
    "outcomes": "What became of each address in each run.",
    "site_memories": "What the pages of a site repeat, as hashes.",
    "cluster_members": "Which articles are one at several addresses, and which of them is the original.",
    "cluster_bands": "By which hashes near-duplicates are found.",
    "site_days": "What each site brought on each day, by which its health is judged.",
    "hosts": "Servers that asked for a rest or did not answer, and their robots.txt and tdmrep.json, kept for a day.",
    "inputs": "Files that were taken in whole by `newsdesk bulk`.",
    "locks": "Which run is at work, and until when that holds.",
    "observations": "What each page showed of that, as hashes.",
    "sitemap_parts": "The parts of sitemap indexes, and when each was read last.",
}
_COLUMNS: dict[str, dict[str, str]] = {
    "articles": {
        "published_at": "When it was published, in UTC; `published` has the page's own zone, precision and text.",
        "modified_at": "When the publisher last changed it, as the page says, in UTC.",
        "first_seen_at": "When its address was first seen.",
        "fetched_at": "When the page that the text comes from was fetched.",
        "changed_at": "When this row last said something new.",
        "state": "`article`, or what the page turned out to be instead.",
        "body": "The text, paragraphs joined by a blank line, without captions.",
        "paragraphs": "The same in parts, each with its kind, and with captions.",
        "origins": "Where the value of each field came from.",
        "confidence": "0 to 1: how sure the extractor is of the text.",
    },
    "links": {
        "outcome": "What became of the address the last time.",
        "reason": "Why.",
        "due_at": "When it is looked at next; empty: never.",
    },
}
_FACETS = {"articles": ["site", "language", "kind"], "links": ["site", "outcome"], "outcomes": ["kind", "stage"]}
_SORTED = {"articles": "published_at", "links": "first_seen_at", "runs": "started_at", "outcomes": "at"}
_HIDDEN = ("site_memories", "observations", "sitemap_parts", "hosts", "inputs", "locks", "cluster_bands")


def metadata(database: str) -> dict[str, Any]:
    """Descriptions of all tables, with what to sort and to group by; `database` is the file's name without its end."""
    head = {"title": "newsdesk", "description": "News articles and their history."}
    return {**head, "databases": {database: _database()}}


def _database() -> dict[str, Any]:
    return {"tables": {table.name: _table(table.name) for table in schema.sorted_tables}}


def _table(name: str) -> dict[str, Any]:
    found: dict[str, Any] = {"description": _TABLES[name]}
    if name in _COLUMNS:
        found["columns"] = _COLUMNS[name]
    if name in _FACETS:
        found["facets"] = _FACETS[name]
    if name in _SORTED:
        found["sort_desc"] = _SORTED[name]
    if name in _HIDDEN:
        found["hidden"] = True
    return found
