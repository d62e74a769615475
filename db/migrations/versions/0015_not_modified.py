"""How often in a row an address was not modified."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    """A column of links and of sources."""
    for table in ("links", "sources"):
        op.add_column(table, sa.Column("n_not_modified", sa.Integer(), nullable=False, server_default="0"))
