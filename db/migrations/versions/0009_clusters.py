"""Clusters: the same article at several addresses. Articles there are get theirs at the next run."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Two tables, and a place for every article."""
    op.create_table(
        "cluster_members",
        sa.Column("article_id", sa.Integer(), nullable=False),
        sa.Column("cluster_id", sa.Integer(), nullable=False),
        sa.Column("is_original", sa.Boolean(), nullable=False),
        sa.Column("text_key", sa.BigInteger(), nullable=True),
        sa.Column("n_shingles", sa.Integer(), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.Column("figures", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"], ["articles.id"], name="fk_cluster_members_article_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("article_id", name="pk_cluster_members"),
    )
    empty = sa.bindparam("empty", b"", sa.LargeBinary())
    op.execute(
        sa.text(
            "INSERT INTO cluster_members (article_id, cluster_id, is_original, n_shingles, signature, figures) "
            "SELECT id, id, TRUE, 0, :empty, :empty FROM articles WHERE state = 'article'"
        ).bindparams(empty)
    )
    op.create_index("ix_cluster_members_cluster_id", "cluster_members", ["cluster_id"], unique=False)
    op.create_index("ix_cluster_members_text_key", "cluster_members", ["text_key"], unique=False)
    op.create_table(
        "cluster_bands",
        sa.Column("band", sa.BigInteger(), nullable=False),
        sa.Column("text_key", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("band", "text_key", name="pk_cluster_bands"),
        sqlite_with_rowid=False,
    )
