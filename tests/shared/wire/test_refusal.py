"""Both services refuse by one table."""

from __future__ import annotations

import ast
from collections import Counter
from pathlib import Path

import api_service
import shared
import ws_gateway


def test_a_status_and_its_code_stand_once_in_the_code_of_both_services() -> None:
    """What one service calls a refusal, the other calls too: nobody writes it down again."""
    rows = Counter(row for package in (shared, api_service, ws_gateway) for row in rows_of(package))
    assert rows[404, "room_not_found"] == 1
    assert [row for row, times in rows.items() if times > 1] == []


def rows_of(package: object) -> list[tuple[int, str]]:
    """Every status with a code behind it, as the package's source has them."""
    (folder,) = package.__path__  # type: ignore[attr-defined]
    return [
        (first.value, second.value)
        for file in Path(folder).rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text()))
        for first, second in pairs(node)
        if isinstance(first.value, int) and isinstance(second.value, str) and first.value >= 400
    ]


def pairs(node: ast.AST) -> list[tuple[ast.Constant, ast.Constant]]:
    """The first two constants of a call or a tuple."""
    match node:
        case ast.Call(args=[ast.Constant() as first, ast.Constant() as second, *_]):
            return [(first, second)]
        case ast.Tuple(elts=[ast.Constant() as first, ast.Constant() as second, *_]):
            return [(first, second)]
    return []
