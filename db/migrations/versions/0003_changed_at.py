"""When each article's row last changed, for those who take changes only. So far: when its page was fetched."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """A column and its index."""
    # The default only serves the rows there are: SQLite can't add a column that must hold something without one.
    column = sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False, server_default="1970-01-01 00:00:00")
    op.add_column("articles", column)
    op.execute("UPDATE articles SET changed_at = fetched_at")
    op.create_index("ix_articles_changed_at", "articles", ["changed_at"], unique=False)
