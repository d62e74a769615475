"""What each page showed is kept instead of counts, so that the site memory follows from the pages in any order.

The counts can't be turned into it: every page is learned again. Generations go on from where they were.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """One table in place of two, and when each thing was repeated."""
    op.drop_table("site_blocks")
    op.drop_table("learned_articles")
    op.create_table(
        "observations",
        sa.Column("page_id", sa.Integer(), nullable=False),
        sa.Column("site", sa.String(), nullable=False),
        sa.Column("fetched_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("marks", sa.Text(), nullable=False),
        sa.Column("shown", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["page_id"], ["pages.id"], name="fk_observations_page_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("page_id", name="pk_observations"),
    )
    op.create_index("ix_observations_site_fetched_at", "observations", ["site", "fetched_at"], unique=False)
    op.add_column("site_memories", sa.Column("periods", sa.JSON(), nullable=False, server_default="{}"))
    op.execute("UPDATE pages SET learned_at = NULL")
