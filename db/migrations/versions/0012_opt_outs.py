"""What robots.txt said to learning machines when a page was fetched."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """A column, empty for pages fetched before."""
    op.add_column("pages", sa.Column("opt_outs", sa.Text(), nullable=True))
