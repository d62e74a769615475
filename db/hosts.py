"""Rows of `hosts`: what later runs should know of a server. Does not decide how long any of it holds."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from db.schema import hosts
from scraper.values import Host


def known_hosts(connection: Connection) -> list[Host]:
    """All hosts, by origin."""
    query = sa.select(hosts).order_by(hosts.c.origin)
    return [Host(**row) for row in connection.execute(query).mappings()]


def save_hosts(connection: Connection, found: Iterable[Host]) -> None:
    """Keeps the hosts in place of what was known of them."""
    for host in found:
        connection.execute(hosts.delete().where(hosts.c.origin == host.origin))
        connection.execute(hosts.insert().values(**asdict(host)))


def delete_hosts(connection: Connection, origins: Iterable[str]) -> None:
    """Nothing; these hosts are unknown again."""
    for origin in origins:
        connection.execute(hosts.delete().where(hosts.c.origin == origin))
