"""When an article's page was found gone. Its text stays."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """A column."""
    op.add_column("articles", sa.Column("gone_at", sa.DateTime(timezone=True)))
