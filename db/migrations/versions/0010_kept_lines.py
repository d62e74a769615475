"""Lines of a site that a person wants kept, whatever its pages repeat."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """A column."""
    op.add_column("site_memories", sa.Column("kept", sa.JSON(), nullable=False, server_default="{}"))
