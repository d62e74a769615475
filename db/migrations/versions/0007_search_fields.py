"""The index knows title, authors, tags and body apart. It is made empty here and filled by `db.upgrading`."""

from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """The index in its new form; PostgreSQL's keeps its form but not its contents."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TABLE article_search")
        tokenize = "tokenize = 'unicode61 remove_diacritics 0'"
        op.execute(f"CREATE VIRTUAL TABLE article_search USING fts5 (title, author, tag, body, {tokenize})")
    else:
        op.execute("DELETE FROM article_search")
