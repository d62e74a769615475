"""The tables as a diagram, in Mermaid's language, which code forges draw. `python -m db.diagram` prints it."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Column, Table

from db.schema import metadata

_LINE = "    "
_SOFT = (("links", "pages", "page_id"), ("links", "articles", "article_id"), ("pages", "pages", "same_as_id"))
"""References that the database does not enforce: they may point to what was deleted."""


def mermaid() -> str:
    """An entity-relationship diagram of every table, its columns in order, with what refers to what."""
    lines = ["erDiagram"]
    for table in metadata.sorted_tables:
        lines += [f"{_LINE}{table.name} {{", *(_column(column) for column in table.columns), f"{_LINE}}}"]
    return "\n".join([*lines, *_references(), ""])


def _column(column: Column[object]) -> str:
    kind = type(column.type).__name__.lower().replace("plaintext", "text").replace("utcdatetime", "datetime")
    marks = [mark for mark, is_so in (("PK", column.primary_key), ("FK", bool(column.foreign_keys))) if is_so]
    return f"{_LINE * 2}{kind} {column.name} {', '.join(marks)}".rstrip()


def _references() -> Iterator[str]:
    for table in metadata.sorted_tables:
        for column in table.columns:
            for key in column.foreign_keys:
                yield _reference(key.column.table, table, column.name)
    for child, parent, name in _SOFT:
        yield _reference(metadata.tables[parent], metadata.tables[child], name, line="..")


def _reference(parent: Table, child: Table, name: str, line: str = "--") -> str:
    return f'{_LINE}{parent.name} ||{line}o{{ {child.name} : "{name}"'


if __name__ == "__main__":
    print(mermaid())  # noqa: T201 - a command
