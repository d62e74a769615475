"""The parts of sitemap indexes are remembered, so that only what moved is read again; hubs and pictures are noted."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """One table and two columns more."""
    op.create_table(
        "sitemap_parts",
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("modified_at", sa.DateTime(timezone=True)),
        sa.Column("etag", sa.Text()),
        sa.Column("last_modified", sa.Text()),
        sa.Column("read_at", sa.DateTime(timezone=True)),
        sa.ForeignKeyConstraint(["source_id"], ["sources.id"], name="fk_sitemap_parts_source_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("source_id", "url", name="pk_sitemap_parts"),
    )
    op.add_column("sources", sa.Column("hub_url", sa.Text()))
    op.add_column("links", sa.Column("image", sa.Text()))
