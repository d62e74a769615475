"""When each source brings something."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """A column."""
    op.add_column("sources", sa.Column("rhythm", sa.JSON()))
