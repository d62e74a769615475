"""What hosts reserve of text and data mining."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    """Two columns."""
    op.add_column("hosts", sa.Column("tdmrep", sa.LargeBinary(), nullable=True))
    op.add_column("hosts", sa.Column("tdmrep_read_at", sa.DateTime(timezone=True), nullable=True))
