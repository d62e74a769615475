"""A page made to hang the parser costs that page, and nothing else."""

import json
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from db import schema
from db.engine import reading
from pipelines.run import Job, import_list
from pipelines.settings import Settings
from tests.builders import NOW

# Ends tags it never began, so that the tree gets deeper than any sign of depth tells: minutes inside the parser.
HANGING = b"<x-a></x-b>" * 150_000
ARTICLE = b"<title>Ferry %d</title><h1>Ferry %d</h1>" + b"".join(
    b"<p>The night ferry number %%d sails again on day %d of the month, said the harbour master on Saturday.</p>" % n
    for n in range(6)
)


def test_a_hanging_page_among_others(engine: Engine, tmp_path: Path):
    """Pages before and after it are stored; it ends as unreadable, with the time it was given."""
    bodies = [ARTICLE % ((1,) * 8), HANGING, ARTICLE % ((2,) * 8), ARTICLE % ((3,) * 8)]
    rows = []
    for n, body in enumerate(bodies):
        (tmp_path / f"{n}.html").write_bytes(body)
        row = {"url": f"https://site{n}.example/a", "html_path": f"{n}.html", "fetched_at": NOW.isoformat()}
        rows.append(json.dumps(row))
    (tmp_path / "list.jsonl").write_text("\n".join(rows))
    settings = Settings(db="", archive=str(tmp_path / "archive"))
    import_list(Job(engine=engine, settings=settings, page_deadline_s=1.0), tmp_path / "list.jsonl")
    with reading(engine) as connection:
        told = sa.select(schema.outcomes.c.kind, schema.outcomes.c.reason).order_by(schema.outcomes.c.url)
        found = [tuple(row) for row in connection.execute(told)]
    assert found == [("stored", ""), ("parse_error", "no answer after 1 s"), ("stored", ""), ("stored", "")]
