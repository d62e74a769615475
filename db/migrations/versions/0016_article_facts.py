"""What searches are narrowed by stands in an index: looking at the hits of a word reads none of their texts."""

from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    """An index over narrow columns, by id."""
    columns = ["id", "state", "site", "published_at", "first_seen_at", "language", "kind"]
    op.create_index("ix_articles_facts", "articles", columns)
