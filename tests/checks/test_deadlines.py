"""No test names the time that a wait may take: `tests/deadline.py` alone ends one.

A time that suffices here does not where the machine stalls. What is quick is proven by its arrival,
with the slow way off; figures are `make bench`'s.
"""

import ast
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).parents[2]
TESTS: Final = ROOT / "tests"
EXEMPT: Final = {
    "tests/browser/conftest.py": "Playwright's part of the deadline",
    "tests/clients/behaviour/python_player.py": "its time is virtual",
    "tests/clients/python/test_game_client.py": "a game that stops waiting",
    "tests/clients/unity/test_walk.py": "more minutes than a test may take",
    "tests/deadline.py": "ends every wait",
    "tests/dependency_audit.py": "asks servers elsewhere, and is no test",
    "tests/deploy/test_up_public_faults.py": "a phone that gives up and asks again",
    "tests/faults/crowd.py": "a phone that gives up and asks again",
    "tests/faults/game.py": "a game that gives up and connects again",
    "tests/faults/late_batches.py": "a phone that gives up and asks again",
    "tests/faults/soak.py": "is run by hand",
    "tests/mutants.py": "is run by hand; a mutant may hang",
}
# Figures; what is no wait; and programs that pytest does not run.
FOLDERS: Final = {"bench", "checks", "containers"}

CLOCKS: Final = {"monotonic", "perf_counter", "time"}
LIMITS: Final = {"timeout", "timeout_at", "wait_for"}  # of asyncio
SCOPES: Final = {"fail_after", "move_on_after"}  # of anyio
KEYWORDS: Final = {"timeout", "within"}
METHODS: Final = {"communicate", "join", "wait"}  # of threads and processes

Function = ast.FunctionDef | ast.AsyncFunctionDef


def found(tree: ast.AST) -> list[str]:
    """Line and text of each limit in the tree."""
    limits = {node.lineno: node for node in (*_limits(tree), *_bounds(tree))}
    return [f"{line}: {ast.unparse(limits[line])}" for line in sorted(limits)]


def _limits(tree: ast.AST) -> Iterator[ast.expr]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and (_is_limit(node) or _has_limit(node)):
            yield node


def _is_limit(call: ast.Call) -> bool:
    """Whether the function is a limit by itself."""
    match call.func:
        case ast.Attribute(value=ast.Name(id="asyncio"), attr=name) if name in LIMITS:
            return any(map(_is_time, call.args))
        case ast.Attribute(attr=name) | ast.Name(id=name):
            return name in SCOPES
    return False


def _has_limit(call: ast.Call) -> bool:
    """Whether a limit is among the arguments."""
    if any(keyword.arg in KEYWORDS and _is_time(keyword.value) for keyword in call.keywords):
        return True
    match call.func:
        case ast.Attribute(attr=name) if name in METHODS and len(call.args) == 1:
            return _is_number(call.args[0])
    return False


def _is_time(value: ast.expr) -> bool:
    return not (isinstance(value, ast.Constant) and value.value is None)


def _is_number(value: ast.expr) -> bool:
    is_seconds = isinstance(value, ast.Name) and value.id.endswith(
        ("WITHIN", "TIMEOUT", "PATIENCE")
    )
    return is_seconds or (isinstance(value, ast.Constant) and isinstance(value.value, int | float))


def _bounds(tree: ast.AST) -> Iterator[ast.expr]:
    """What asserts that a time is smaller than something."""
    for function in ast.walk(tree):
        if isinstance(function, Function):
            times = set(_names_of_times(function))
            for node in ast.walk(function):
                if isinstance(node, ast.Assert):
                    yield from _upper_bounds(node, times)


def _names_of_times(function: Function) -> Iterator[str]:
    for node in ast.walk(function):
        if isinstance(node, ast.Assign) and _is_elapsed(node.value):
            yield from (target.id for target in node.targets if isinstance(target, ast.Name))


def _is_elapsed(value: ast.expr) -> bool:
    return any(
        isinstance(node, ast.BinOp) and isinstance(node.op, ast.Sub) and _reads_clock(node)
        for node in ast.walk(value)
    )


def _reads_clock(node: ast.AST) -> bool:
    calls = (each.func for each in ast.walk(node) if isinstance(each, ast.Call))
    return any(
        (isinstance(func, ast.Attribute) and func.attr in CLOCKS)
        or (isinstance(func, ast.Name) and func.id in CLOCKS)
        for func in calls
    )


def _upper_bounds(assertion: ast.Assert, times: set[str]) -> Iterator[ast.Compare]:
    for node in ast.walk(assertion.test):
        if isinstance(node, ast.Compare):
            sides = pairwise((node.left, *node.comparators))
            for op, (left, right) in zip(node.ops, sides, strict=True):
                smaller = left if isinstance(op, ast.Lt | ast.LtE) else right
                if not isinstance(op, ast.Lt | ast.LtE | ast.Gt | ast.GtE):
                    continue
                names = {each.id for each in ast.walk(smaller) if isinstance(each, ast.Name)}
                if names & times or _is_elapsed(smaller):
                    yield node


def sources() -> Iterator[Path]:
    for path in sorted(TESTS.rglob("*.py")):
        folder = path.relative_to(TESTS).parts[0]
        if folder not in FOLDERS and "node_modules" not in path.parts:
            yield path


def test_no_test_names_the_time_of_a_wait() -> None:
    limits = {}
    for path in sources():
        name = str(path.relative_to(ROOT))
        if (lines := found(ast.parse(path.read_text("utf-8")))) and name not in EXEMPT:
            limits[name] = lines
    assert limits == {}


@pytest.mark.parametrize("name", EXEMPT)
def test_what_is_exempt_needs_to_be(name: str) -> None:
    assert found(ast.parse((ROOT / name).read_text("utf-8")))


@pytest.mark.parametrize(
    "line",
    [
        "async with asyncio.timeout(5): pass",
        "await asyncio.wait_for(task, WITHIN)",
        "await asyncio.wait(tasks, timeout=SOON)",
        "with anyio.fail_after(1): pass",
        "await until(holds, within=3)",
        "thread.join(5)",
        "process.wait(WITHIN)",
        "subprocess.run(command, timeout=60)",
        "httpx.AsyncClient(timeout=30)",
        "assert time.monotonic() - began < 2",
        "took = time.perf_counter() - began\n    assert took <= 2",
        "took = time.perf_counter() - began\n    assert 1 <= took < 2",
        "assert 2 > loop.time() - began",
    ],
)
def test_a_limit_is_found(line: str) -> None:
    assert len(found(ast.parse(f"async def test() -> None:\n    {line}"))) == 1


@pytest.mark.parametrize(
    "line",
    [
        "async with asyncio.timeout(None): pass",
        "httpx.AsyncClient(timeout=None)",
        "await locator.wait_for()",
        "await asyncio.wait(tasks)",
        "', '.join(names)",
        "Settings(drain_delay=0.3)",
        "assert time.monotonic() - began >= 2",
        "took = time.monotonic() - began\n    assert counted <= took / PACE + 1",
    ],
)
def test_no_limit_is_found_where_none_is(line: str) -> None:
    assert found(ast.parse(f"async def test() -> None:\n    {line}")) == []
