"""Rows of `inputs`: the files that have been taken in whole, so that they are not read again."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from db.schema import inputs


def has_input(connection: Connection, name: str) -> bool:
    """Whether it has been taken in."""
    return connection.execute(sa.select(inputs.c.name).where(inputs.c.name == name)).first() is not None


def add_input(connection: Connection, name: str, title: str, now: datetime) -> None:
    """Keeps that it has been taken in; `title` is what a person calls it."""
    connection.execute(inputs.delete().where(inputs.c.name == name))
    connection.execute(inputs.insert().values(name=name, title=title, taken_at=now))
