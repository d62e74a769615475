"""What later runs should know of a host."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    """A table."""
    op.create_table(
        "hosts",
        sa.Column("origin", sa.String(), nullable=False),
        sa.Column("robots", sa.LargeBinary(), nullable=True),
        sa.Column("robots_read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("rests_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("rest_status", sa.Integer(), nullable=False),
        sa.Column("n_failed_runs", sa.Integer(), nullable=False),
        sa.Column("alone_until", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("origin", name=op.f("pk_hosts")),
    )
