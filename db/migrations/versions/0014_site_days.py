"""What each site brought on each day."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """A table, and the index by which a day is summed up."""
    op.create_table(
        "site_days",
        sa.Column("site", sa.String(), nullable=False),
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("n_asked", sa.Integer(), nullable=False),
        sa.Column("n_failed_asks", sa.Integer(), nullable=False),
        sa.Column("n_announced", sa.Integer(), nullable=False),
        sa.Column("n_new", sa.Integer(), nullable=False),
        sa.Column("measures", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("site", "day", name=op.f("pk_site_days")),
    )
    op.create_index("ix_links_site_checked_at", "links", ["site", "checked_at"], unique=False)
