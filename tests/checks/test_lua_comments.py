"""The comment of each Redis function names its keys and arguments, and one method calls it."""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from importlib.resources import files

import pytest

from shared.engine import functions
from tests.browser.documents import DOCS
from tests.shared.engine.lua_parts import REGISTERED, part

ENGINE = files("shared.engine")
STORE = files("shared.redis_store") / "store.py"
Function = ast.AsyncFunctionDef | ast.FunctionDef
FUNCTION = re.compile(
    r"^(?:rooms\.)?register\('(\w+)', function\(.*\)\n((?:.*\n)*?)end", re.MULTILINE
)
OF_ROOM = re.compile(r"^rooms\.register\('(\w+)'", re.MULTILINE)  # its only key is the room's
BINDING = re.compile(r"  local ([\w,\s]+?) =\s+(.*(?<![.])\b(keys|args)\b(?! =).*)\n")
TAKEN = re.compile(r"(?<![.])\b(?:keys|args)\b(?! =)")  # not a room's `keys`
INDEXED = re.compile(r"\b(?:keys|args)\[\d")
SLOT = re.compile(r"  (\d+)(…?) (\w+)")  # in a comment: which it is, whether more follow, its name


@pytest.mark.parametrize("name", functions.PARTS)
def test_every_function_says_what_it_takes_and_answers(name: str) -> None:
    """In the comment above it, or at the top of a part that has one function."""
    text = part(name)
    assert text.startswith("-- ")
    for function in REGISTERED.findall(text):
        about = about_of(function, text)
        assert f"-- {function}:" in about
        assert ("-- KEYS  1 " in about) is (function not in OF_ROOM.findall(text))
        assert "-- Reply " in about


@pytest.mark.parametrize("name", functions.PARTS)
def test_keys_and_arguments_have_their_names_from_a_functions_first_lines_on(name: str) -> None:
    """They are those of the comment above it; later lines use no indexes."""
    text = part(name)
    for function, body in FUNCTION.findall(text):
        names: dict[str, list[str]] = {"keys": [], "args": []}
        end = 0
        while binding := BINDING.match(body, end):
            bound, value, taken = binding.groups()
            if value != "args" and not value.startswith("{ "):  # one for each
                names[taken] += [each.strip().removesuffix("_key") for each in bound.split(",")]
            end = binding.end()
        assert not TAKEN.search(body, end), f"{function} counts"
        keys, _, args = about_of(function, text).partition("-- Reply ")[0].partition("-- ARGV")
        assert names["keys"] == slots(keys.partition("-- KEYS")[2])
        assert names["args"] == slots(args)
    elsewhere = re.sub(r"--.*", "", FUNCTION.sub("", text)).replace("rooms.load(keys[1])", "")
    assert not INDEXED.search(elsewhere), "what is not registered takes values by name"


def about_of(function: str, text: str) -> str:
    """The comment above it, or at the top of a part that has one function."""
    alone = len(REGISTERED.findall(text)) == 1
    about = text if alone else text.partition(f"register('{function}'")[0]
    return about[about.rfind(f"-- {function}:") :]


def slots(about: str) -> list[str]:
    """The names in a comment of the keys, or arguments, that every call has, numbered from 1."""
    found = SLOT.findall(about)
    assert [int(number) for number, _, _ in found] == list(range(1, len(found) + 1))
    assert not any(more for _, more, _ in found[:-1])
    return [name for _, more, name in found if not more]


@pytest.mark.parametrize("page", ["architecture.md", "architecture.ja.md"])
def test_every_function_is_called_by_one_method_and_both_sides_bear_the_same_name(
    page: str,
) -> None:
    """The table in the page pairs them, a row for each part and class or module."""
    registered = {name: REGISTERED.findall(part(name)) for name in functions.PARTS}
    table = "\n".join(row for name, found in registered.items() for row in _rows(name, found))
    shown = re.findall(r"^\| `\w+\.lua` \| .*", (DOCS / page).read_text("utf-8"), re.MULTILINE)
    assert "\n".join(shown) == table, f"the table is:\n{table}"


def _rows(name: str, registered: list[str]) -> Iterator[str]:
    """A part, each class or module that calls functions of it, these functions, their methods."""
    calls: dict[str, list[str]] = {}
    for function in registered:
        where, method = _caller(function)
        shown = f"`{function}`" if function == method else f"`{function}` (`{method}`)"
        calls.setdefault(where, []).append(shown)
    for where, called in calls.items():
        yield f"| `{name}.lua` | `{where}` | {', '.join(called)} |"


def _caller(function: str) -> tuple[str, str]:
    """The one method that calls the function: its module or class, and its name."""
    (caller,) = _callers()[function]
    return caller


@cache
def _callers() -> defaultdict[str, list[tuple[str, str]]]:
    """The methods that pass each function's name to the store, or to a method that does."""
    callers = defaultdict[str, list[tuple[str, str]]](list)
    for entry in [*ENGINE.iterdir(), STORE]:
        if entry.name.endswith(".py"):
            module, source = entry.name.removesuffix(".py"), entry.read_text("utf-8")
            for where, method in _methods(module, source):
                for function in set(filter(None, map(_called, ast.walk(method)))):
                    callers[function].append((where, method.name))
    return callers


def _methods(
    module: str, source: str
) -> Iterator[tuple[str, ast.AsyncFunctionDef | ast.FunctionDef]]:
    """The functions that may call Redis, and where each is defined."""
    for node in ast.parse(source).body:
        where = f"{module}.{node.name}" if isinstance(node, ast.ClassDef) else module
        for each in node.body if isinstance(node, ast.ClassDef) else [node]:
            if isinstance(each, Function):
                yield where, each


def _called(node: ast.AST) -> str | None:
    """The function that a node calls by its name."""
    match node:
        case ast.Call(
            func=ast.Attribute(attr="call" | "_call" | "_call_when_over"),
            args=[ast.Constant(value=str(name)), *_],
        ):
            return name
    return None
