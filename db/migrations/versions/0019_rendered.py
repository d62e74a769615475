"""Whether a browser showed a page."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    """A column."""
    op.add_column("pages", sa.Column("is_rendered", sa.Boolean(), nullable=False, server_default=sa.false()))
