"""Pages that a person wants read again, whatever read them before."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """A column and its index."""
    op.add_column("pages", sa.Column("is_due", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_index("ix_pages_is_due", "pages", ["is_due"], unique=False)
