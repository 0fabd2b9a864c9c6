"""The tables of docs/logs.md list every log line of the services: its message, level and fields."""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from tests.browser.documents import DOCS

ROOT: Final = DOCS.parent
PACKAGES: Final = ("shared", "api_service", "ws_gateway", "deploy")
LEVELS: Final = {
    "debug": "DEBUG",
    "info": "INFO",
    "warning": "WARNING",
    "error": "ERROR",
    "exception": "ERROR",
}
# The one place that chooses among its lines: api_service/http/middleware.py.
CHOSEN: Final = {
    "request failed": "WARNING",
    "request refused": "INFO",
    "request answered": "DEBUG",
    "probe answered": "DEBUG",
}
Lines = dict[str, tuple[set[str], set[str]]]  # by message: levels, fields


def test_the_tables_list_every_log_line_with_its_levels_and_fields() -> None:
    """People search for them by these words."""
    assert documented() == written()


def test_the_lines_that_one_place_chooses_from_are_in_it() -> None:
    source = (ROOT / "api_service/http/middleware.py").read_text()
    for message, level in CHOSEN.items():
        assert f'logging.{level}, "{message}"' in source


def documented() -> Lines:
    row = r"^\| `([^`|]+)` \| ([A-Z, ]+) \| ([^|]*)\| [\w, ]+ \| .+ \|$"
    rows = re.findall(row, (DOCS / "logs.md").read_text(), re.MULTILINE)
    assert len({message for message, *_ in rows}) == len(rows)
    return {
        message: (set(levels.split(", ")), set(re.findall(r"`(\w+)`", fields)))
        for message, levels, fields in rows
    }


def written() -> Lines:
    lines: Lines = defaultdict(lambda: (set(), set()))
    for package in PACKAGES:
        for file in (ROOT / package).rglob("*.py"):
            for message, level, fields in lines_of(file):
                lines[message][0].add(level)
                lines[message][1].update(fields)
    return dict(lines)


def lines_of(file: Path) -> Iterator[tuple[str, str, set[str]]]:
    for function in ast.walk(ast.parse(file.read_text())):
        if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        facts: set[str] = set()
        for node in in_order(function):
            match node:
                case ast.Assign(targets=[ast.Name("facts")], value=ast.Call() as call):
                    facts = named(call)
                case ast.Call(func=ast.Attribute(ast.Name("log"), "log")):
                    yield from ((message, level, facts) for message, level in CHOSEN.items())
                case ast.Call(func=ast.Attribute(ast.Name("log"), method)) if method in LEVELS:
                    assert isinstance(node.args[0], ast.Constant), f"{file}:{node.lineno}"
                    yield str(node.args[0].value), LEVELS[method], given(node, facts)


def given(call: ast.Call, facts: set[str]) -> set[str]:
    """The fields that a call hands on: written into it, or assigned to `facts` before it."""
    for keyword in call.keywords:
        if keyword.arg == "extra":
            return named(keyword.value) if isinstance(keyword.value, ast.Call) else facts
    return set()


def named(call: ast.Call) -> set[str]:
    """The names of `fields(…)`, and those of another call that fills in some of them."""
    names = {keyword.arg for keyword in call.keywords if keyword.arg}
    for keyword in call.keywords:
        if keyword.arg is None and isinstance(keyword.value, ast.Call):
            names |= named(keyword.value)
    return names


def in_order(function: ast.FunctionDef | ast.AsyncFunctionDef) -> list[ast.AST]:
    """The nodes of a function itself, as they are read, without those of functions within it."""
    inner = {
        id(node)
        for other in ast.walk(function)
        if other is not function and isinstance(other, ast.FunctionDef | ast.AsyncFunctionDef)
        for node in ast.walk(other)
    }
    nodes = [node for node in ast.walk(function) if id(node) not in inner]
    return sorted(
        nodes, key=lambda node: (getattr(node, "lineno", 0), getattr(node, "col_offset", 0))
    )
