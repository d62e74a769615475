"""Views for people who look at the database themselves: with sqlite3, Datasette or a reporting tool."""

from alembic import op

revision = "0008"
down_revision = "0007"

_CURRENT = """
CREATE VIEW articles_current AS
SELECT a.id, a.url, a.site, a.title,
  (SELECT {authors} FROM (SELECT name FROM article_authors n WHERE n.article_id = a.id ORDER BY position) AS names)
    AS authors,
  a.published_at, a.modified_at, a.language, a.section, a.kind, a.access, a.description, a.image, a.body,
  length(a.body) AS n_chars, a.n_revisions, a.first_seen_at, a.fetched_at, a.gone_at
FROM articles a WHERE a.state = 'article'
"""
_BY_DAY = """
CREATE VIEW articles_by_day AS
SELECT {day} AS day, site, count(*) AS n_articles, sum(length(body)) AS n_chars,
  sum(CASE WHEN n_revisions > 1 THEN 1 ELSE 0 END) AS n_revised
FROM articles WHERE state = 'article' GROUP BY {day}, site
"""
_HEALTH = """
CREATE VIEW site_health AS
SELECT s.site,
  (SELECT count(*) FROM sources x WHERE x.site = s.site) AS n_sources,
  (SELECT count(*) FROM sources x WHERE x.site = s.site AND x.n_failures > 0) AS n_sources_failing,
  (SELECT max(checked_at) FROM sources x WHERE x.site = s.site) AS last_asked_at,
  (SELECT count(*) FROM links l WHERE l.site = s.site) AS n_addresses,
  (SELECT count(*) FROM links l WHERE l.site = s.site AND l.outcome IS NULL) AS n_waiting,
  (SELECT count(*) FROM links l WHERE l.site = s.site
    AND l.outcome IN ('teaser', 'paywall', 'consent_wall', 'bot_wall', 'login')) AS n_walls,
  (SELECT count(*) FROM links l WHERE l.site = s.site
    AND l.outcome IN ('http_error', 'timeout', 'unreachable', 'robots', 'crashed', 'parse_error', 'incomplete'))
    AS n_failed,
  (SELECT count(*) FROM articles a WHERE a.site = s.site AND a.state = 'article') AS n_articles,
  (SELECT max(published_at) FROM articles a WHERE a.site = s.site AND a.state = 'article') AS last_published_at,
  (SELECT max(first_seen_at) FROM articles a WHERE a.site = s.site AND a.state = 'article') AS last_new_at
FROM (SELECT site FROM sources UNION SELECT site FROM links) AS s
"""


def upgrade() -> None:
    """Three views, the same on both databases."""
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    moment = "coalesce(published_at, first_seen_at)"
    day = f"date({moment})" if is_sqlite else f"({moment} AT TIME ZONE 'UTC')::date"
    op.execute(_CURRENT.format(authors="group_concat(name, '; ')" if is_sqlite else "string_agg(name, '; ')"))
    op.execute(_BY_DAY.format(day=day))
    op.execute(_HEALTH)
