"""The plan of the house, enforced: who may import whom, and the guard-rails for size."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ("scraper", "db", "pipelines")
FILES = sorted(
    path for package in PACKAGES for path in (ROOT / package).rglob("*.py") if "migrations" not in path.parts
)
COMMAND_LINE = ROOT / "pipelines" / "cli"
MAX_FUNCTION_LINES = 40
MAX_FILE_LINES = 300
MAX_NESTING = 3
MAX_PARAMETERS = 6
EXTRAS = (
    "playwright",
    "procrastinate",
    "fsspec",
)  # what is optional and slow to import may be imported where it is needed
BAD_NAMES = {"utils", "util", "helpers", "helper", "manager", "base", "core", "common", "misc"}


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def imports(tree: ast.AST) -> Iterator[str]:
    """Names of imported modules: of `from a import b` it is a.b if that is a module of ours, else a."""
    ours = {module_name(path) for path in FILES}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = {f"{node.module}.{alias.name}" for alias in node.names}
            yield from (name if name in ours else node.module for name in names)


def graph() -> dict[str, set[str]]:
    names = {module_name(path) for path in FILES}
    return {module_name(path): (set(imports(tree_of(path))) & names) - {module_name(path)} for path in FILES}


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def is_table(tree: ast.Module) -> bool:
    """A table may be any length: a module of nothing but data, or of types whose methods are a few lines."""
    methods = [node for node in functions(tree) if node not in tree.body]
    is_short = all((method.end_lineno or 0) - method.lineno < 10 for method in methods)
    return is_short and not any(isinstance(node, ast.FunctionDef) for node in tree.body)


def nesting(node: ast.AST, depth: int = 0) -> int:
    blocks = ast.If | ast.For | ast.While | ast.With | ast.Try | ast.AsyncFor | ast.AsyncWith | ast.Match
    deepest = depth
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            continue
        # `elif` is an If inside an If's orelse: not deeper for a reader.
        is_elif = isinstance(node, ast.If) and isinstance(child, ast.If) and node.orelse == [child]
        deepest = max(deepest, nesting(child, depth + (isinstance(child, blocks) and not is_elif)))
    return deepest


def test_the_web_knows_neither_database_nor_pipelines():
    """`scraper` imports neither `db` nor `pipelines`."""
    for module, imported in graph().items():
        if module.startswith("scraper"):
            assert not [name for name in imported if name.startswith(("db", "pipelines"))], module


def test_the_database_knows_only_values_and_failures():
    """Of the other packages, `db` imports only `scraper.values`, `scraper.errors`, and the leaf `scraper.codings`."""
    allowed = {"scraper", "scraper.values", "scraper.errors", "scraper.codings"}
    for module, imported in graph().items():
        if module.split(".")[0] == "db":
            foreign = {name for name in imported if not name.startswith("db")}
            assert foreign <= allowed, module


def test_nobody_but_the_dom_imports_lexbor():
    """`scraper.dom` is the one door to selectolax, `second_opinion` the one to trafilatura."""
    doors = {"selectolax": "scraper.dom", "trafilatura": "scraper.extraction.second_opinion"}
    for path in FILES:
        for name in imports(tree_of(path)):
            door = doors.get(name.split(".")[0])
            assert door is None or module_name(path) == door, f"{path} imports {name}"


def test_there_is_no_cycle():
    """Imports form no cycle."""
    edges = graph()
    done: set[str] = set()

    def visit(module: str, trail: tuple[str, ...]) -> None:
        assert module not in trail, " -> ".join([*trail[trail.index(module) :], module])
        if module not in done:
            for imported in sorted(edges[module]):
                visit(imported, (*trail, module))
            done.add(module)

    for module in edges:
        visit(module, ())


@pytest.mark.parametrize("path", FILES, ids=module_name)
def test_guard_rails(path: Path):
    """Functions up to 40 lines, files up to 300, nesting up to 3, parameters up to 6, no import inside a function."""
    tree = tree_of(path)
    if not is_table(tree):
        assert len(path.read_text(encoding="utf-8").splitlines()) <= MAX_FILE_LINES
    is_command_line = path.is_relative_to(COMMAND_LINE)
    for function in functions(tree):
        where = f"{function.name}, line {function.lineno}"
        assert (function.end_lineno or 0) - function.lineno + 1 <= MAX_FUNCTION_LINES, where
        assert nesting(function) <= MAX_NESTING, where
        if not is_command_line:
            arguments = function.args
            n_parameters = len(arguments.posonlyargs) + len(arguments.args) + len(arguments.kwonlyargs)
            n_parameters -= bool(arguments.args) and arguments.args[0].arg in ("self", "cls")
            assert n_parameters <= MAX_PARAMETERS, where
            inside = imports(ast.Module(body=function.body, type_ignores=[]))
            assert not [name for name in inside if name.partition(".")[0] not in EXTRAS], where


@pytest.mark.parametrize("path", FILES, ids=module_name)
def test_names_and_docstrings(path: Path):
    """No module is named like one of the standard library or like a drawer for leftovers; each says what it is for."""
    name = path.stem
    assert name not in BAD_NAMES
    assert name == "__init__" or name not in sys.stdlib_module_names
    tree = tree_of(path)
    if tree.body:
        assert ast.get_docstring(tree), "the module has no docstring"
