"""The tables. Columns stand in two groups: what the web said, and our own bookkeeping.

Does not create anything: `db.engine.upgrade` runs the migrations, and a test proves that they lead
here. The full-text index (`article_search`) differs between the databases and lives in `db.search`.
Times are UTC; the offset a page stated stands beside them.
"""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Float,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
)

from db.columns import PlainText, UtcDateTime, key, ref

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


runs = Table(
    "runs",
    metadata,
    key(),
    Column("command", String, nullable=False),
    Column("version", String, nullable=False),
    Column("started_at", UtcDateTime, nullable=False),
    Column("ended_at", UtcDateTime),
    Column("summary", JSON),
)

sources = Table(
    "sources",
    metadata,
    key(),
    # what the web said
    Column("url", PlainText, nullable=False, unique=True),
    Column("kind", String, nullable=False),
    Column("site", String, nullable=False, index=True),
    Column("language", PlainText),
    Column("etag", PlainText),
    Column("last_modified", PlainText),
    Column("hub_url", PlainText),  # WebSub
    # our own bookkeeping
    Column("interval_s", Integer, nullable=False),
    Column("since", UtcDateTime),
    Column("is_paused", Boolean, nullable=False, default=False),
    Column("added_at", UtcDateTime, nullable=False),
    Column("due_at", UtcDateTime, index=True),
    Column("checked_at", UtcDateTime),
    Column("outcome", String),
    Column("reason", PlainText),
    Column("n_failures", Integer, nullable=False, default=0),
    Column("n_not_modified", Integer, nullable=False, server_default="0"),  # answers of 304 in a row
    Column("rhythm", JSON),  # when it brings something: {recent, hours, days, counted_at, since}
)

hosts = Table(
    "hosts",
    metadata,
    Column("origin", String, primary_key=True),  # scheme, host and port
    # what the web said
    Column("robots", LargeBinary),
    Column("robots_read_at", UtcDateTime),
    Column("tdmrep", LargeBinary),
    Column("tdmrep_read_at", UtcDateTime),
    Column("rests_until", UtcDateTime),  # Retry-After
    Column("rest_status", Integer, nullable=False),
    # our own bookkeeping
    Column("n_failed_runs", Integer, nullable=False),
    Column("alone_until", UtcDateTime),
)

inputs = Table(
    "inputs",
    metadata,
    Column("name", String, primary_key=True),  # a hash of names, sizes and times of its files
    Column("title", PlainText, nullable=False),
    Column("taken_at", UtcDateTime, nullable=False),
)

sitemap_parts = Table(
    "sitemap_parts",
    metadata,
    ref("source_id", "sources.id", primary_key=True, ondelete="CASCADE"),
    # what the web said
    Column("url", PlainText, primary_key=True),
    Column("modified_at", UtcDateTime),
    Column("etag", PlainText),
    Column("last_modified", PlainText),
    # our own bookkeeping
    Column("read_at", UtcDateTime),  # null: waits to be read
)

links = Table(
    "links",
    metadata,
    key(),
    # what the web said
    Column("url", PlainText, nullable=False, unique=True),
    Column("site", String, nullable=False),
    Column("title", PlainText),
    Column("published_at", UtcDateTime),
    Column("modified_at", UtcDateTime),
    Column("language", PlainText),
    Column("image", PlainText),
    Column("etag", PlainText),
    Column("last_modified", PlainText),
    # our own bookkeeping
    Column("source_url", PlainText),
    Column("first_seen_at", UtcDateTime, nullable=False),
    Column("checked_at", UtcDateTime),
    Column("due_at", UtcDateTime),
    Column("n_tries", Integer, nullable=False, default=0),
    Column("n_not_modified", Integer, nullable=False, server_default="0"),  # answers of 304 in a row
    Column("outcome", String, index=True),
    Column("reason", PlainText),
    ref("run_id", "runs.id"),
    Column("page_id", Integer),  # the latest answer whose bytes were new
    Column("article_id", Integer, index=True),
    Column("deleted_at", UtcDateTime),
    Index("ix_links_site_due_at", "site", "due_at"),
    Index("ix_links_site_checked_at", "site", "checked_at"),
)

pages = Table(
    "pages",
    metadata,
    key(),
    # what the web said
    ref("link_id", "links.id", nullable=False),
    Column("url", PlainText, nullable=False),
    Column("final_url", PlainText, nullable=False),
    Column("status", Integer, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("n_bytes", Integer, nullable=False),
    Column("fetched_at", UtcDateTime, nullable=False),
    Column("opt_outs", PlainText),  # what robots.txt and tdmrep.json kept out of it, separated by blanks
    Column("is_rendered", Boolean, nullable=False, server_default=false()),  # whether a browser showed it
    # our own bookkeeping
    Column("archive_file", String, nullable=False),
    Column("archive_offset", BigInteger, nullable=False),
    Column("archive_length", Integer, nullable=False),
    Column("same_as_id", Integer),  # an earlier page of the same bytes; this one's record is a revisit
    Column("learned_at", UtcDateTime),
    Column("is_due", Boolean, nullable=False, server_default=false(), index=True),  # to be read again on request
    ref("run_id", "runs.id"),
    Index("ix_pages_link_id_sha256", "link_id", "sha256"),
)

articles = Table(
    "articles",
    metadata,
    key(),
    # what the web said
    Column("url", PlainText, nullable=False, index=True),
    Column("canonical_url", PlainText),
    Column("site", String, nullable=False),
    Column("site_name", PlainText),
    Column("title", PlainText),
    Column("published_at", UtcDateTime, index=True),
    Column("published", JSON),  # {at, precision, has_zone, raw}: the page's own zone and text
    Column("modified_at", UtcDateTime),
    Column("modified", JSON),
    Column("language", PlainText),
    Column("description", PlainText),
    Column("section", PlainText),
    Column("image", PlainText),
    Column("kind", String),
    Column("access", String),
    Column("state", String, nullable=False),
    Column("body", PlainText, nullable=False),
    Column("paragraphs", JSON, nullable=False),
    Column("details", JSON, nullable=False),
    # our own bookkeeping
    ref("link_id", "links.id", nullable=False, unique=True),
    ref("page_id", "pages.id", nullable=False),
    Column("page_sha256", String(64), nullable=False),
    Column("fetched_at", UtcDateTime, nullable=False),
    Column("first_seen_at", UtcDateTime, nullable=False),
    Column(
        "changed_at", UtcDateTime, nullable=False, server_default="1970-01-01 00:00:00", index=True
    ),  # when this row last said something new
    Column("gone_at", UtcDateTime),  # when its page was found gone; the text stays
    Column("n_revisions", Integer, nullable=False),
    Column("fingerprint", String(16), nullable=False),
    Column("origins", JSON, nullable=False),
    Column("confidence", Float, nullable=False),
    Column("extractor", String, nullable=False),
    Column("generation", Integer, nullable=False),
    Index("ix_articles_site_canonical_url", "site", "canonical_url"),
    Index("ix_articles_site_fingerprint", "site", "fingerprint"),
    # what a search narrows by (`db.search`): its hits are looked at without their texts
    Index("ix_articles_facts", "id", "state", "site", "published_at", "first_seen_at", "language", "kind"),
)

article_authors = Table(
    "article_authors",
    metadata,
    ref("article_id", "articles.id", primary_key=True, ondelete="CASCADE"),
    Column("position", Integer, primary_key=True),
    Column("name", PlainText, nullable=False, index=True),
)

article_tags = Table(
    "article_tags",
    metadata,
    ref("article_id", "articles.id", primary_key=True, ondelete="CASCADE"),
    Column("position", Integer, primary_key=True),
    Column("tag", PlainText, nullable=False, index=True),
)

revisions = Table(
    "revisions",
    metadata,
    key(),
    # what the web said
    ref("article_id", "articles.id", nullable=False, ondelete="CASCADE"),
    Column("title", PlainText),
    Column("paragraphs", JSON, nullable=False),
    # our own bookkeeping
    Column("number", Integer, nullable=False),
    ref("page_id", "pages.id", nullable=False),
    Column("fingerprint", String(16), nullable=False),
    Column("fetched_at", UtcDateTime, nullable=False),
    UniqueConstraint("article_id", "number"),
)

extractions = Table(
    "extractions",
    metadata,
    key(),
    ref("page_id", "pages.id", nullable=False, ondelete="CASCADE"),
    Column("extractor", String, nullable=False),
    Column("generation", Integer, nullable=False),
    Column("outcome", String, nullable=False),
    Column("evidence", PlainText, nullable=False),
    ref("run_id", "runs.id"),
    UniqueConstraint("page_id", "extractor", "generation"),
)

site_memories = Table(
    "site_memories",
    metadata,
    Column("site", String, primary_key=True),
    Column("generation", Integer, nullable=False),
    Column("n_pages", Integer, nullable=False),
    Column("repeated", JSON, nullable=False),
    Column("periods", JSON, nullable=False, server_default="{}"),
    Column("kept", JSON, nullable=False, server_default="{}"),  # fingerprint -> line that a person wants kept
)

observations = Table(
    "observations",
    metadata,
    ref("page_id", "pages.id", primary_key=True, ondelete="CASCADE"),
    Column("site", String, nullable=False),
    Column("fetched_at", UtcDateTime, nullable=False),
    Column("marks", Text, nullable=False),  # hashes of what tells the article: its addresses, its text
    Column("shown", Text, nullable=False),  # hashes of what the site may repeat: lines, pictures, names
    Index("ix_observations_site_fetched_at", "site", "fetched_at"),
)

outcomes = Table(
    "outcomes",
    metadata,
    key(),
    ref("run_id", "runs.id", nullable=False),
    Column("stage", String, nullable=False),
    Column("url", PlainText, nullable=False),
    Column("kind", String, nullable=False),
    Column("reason", PlainText, nullable=False),
    Column("elapsed_s", Float, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    UniqueConstraint("run_id", "url"),  # one address, one outcome a run
)

cluster_members = Table(
    "cluster_members",
    metadata,
    ref("article_id", "articles.id", primary_key=True, ondelete="CASCADE"),
    Column("cluster_id", Integer, nullable=False, index=True),  # the smallest id among its articles
    Column("is_original", Boolean, nullable=False),
    Column("text_key", BigInteger, index=True),  # null: stored before there were clusters
    Column("n_shingles", Integer, nullable=False),
    Column("signature", LargeBinary, nullable=False),  # MinHash; empty: a short text
    Column("figures", LargeBinary, nullable=False),
)

cluster_bands = Table(
    "cluster_bands",
    metadata,
    Column("band", BigInteger, primary_key=True, autoincrement=False),
    Column("text_key", BigInteger, primary_key=True, autoincrement=False),
    sqlite_with_rowid=False,
)

site_days = Table(
    "site_days",
    metadata,
    Column("site", String, primary_key=True),
    Column("day", String(10), primary_key=True),  # UTC
    Column("n_asked", Integer, nullable=False),
    Column("n_failed_asks", Integer, nullable=False),
    Column("n_announced", Integer, nullable=False),
    Column("n_new", Integer, nullable=False),
    Column("measures", JSON, nullable=False),  # what came of its pages: see `scraper.values.SiteDay`
)

locks = Table(
    "locks",
    metadata,
    Column("name", String, primary_key=True),
    Column("owner", String, nullable=False),  # host:pid:nonce
    Column("taken_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
)
