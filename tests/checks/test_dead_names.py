"""The product uses every name that it defines; code that only tests call belongs to the tests."""

import ast
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
PACKAGES: Final = ("shared", "api_service", "ws_gateway", "deploy", "clients")
# Called by libraries: argparse, uvicorn, httptools, websockets, `singledispatchmethod`.
HANDED_OVER: Final = {
    "_fill_text",
    "_split_lines",
    "capture_signals",
    "on_header",
    "on_body",
    "on_headers_complete",
    "on_message_begin",
    "on_url",
    "connection_made",
    "pause_writing",
    "resume_writing",
    "eof_received",
    "process_redirect",
    "_finished",
    "down_revision",
    # By its code: a function of the engine names it.
    "BAD_OUTCOME",
}


def test_every_name_is_used_by_the_product_itself() -> None:
    sources = [file.read_text("utf-8") for name in PACKAGES for file in (ROOT / name).rglob("*.py")]
    times = Counter(word for source in sources for word in re.findall(r"\w+", source))
    once = {name for source in sources for name in defined(ast.parse(source)) if times[name] == 1}
    assert {name for name in once - HANDED_OVER if not name.startswith("__")} == set()


def defined(module: ast.Module) -> Iterator[str]:
    """Yield the functions, methods, classes and constants that a module defines, but the methods
    that answer a route: the router finds those by their `Operation`.
    """
    for node in ast.walk(module):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            decorators = map(ast.unparse, node.decorator_list)
            if not any(each.startswith("Operation(") for each in decorators):
                yield node.name
    for node in module.body:
        match node:
            case ast.Assign(targets=[ast.Name(name)]) | ast.AnnAssign(target=ast.Name(name)):
                yield name
