"""Tests mutants of the Redis functions: pytest collects the engine's tests once; each mutant has a
fork of that process, in which the library is another.
"""

from __future__ import annotations

import os
import signal
import sys
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import pytest

from shared.engine import functions
from shared.redis_store.library import Library
from tests.mutants.changes import ROOT, TESTS, distance, is_quick

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.mutants.changes import Mutant

WITHIN: Final = 600  # s; a mutant that makes a test hang is noticed


class Forks:
    """A pytest plugin in place of its loop over the tests; prints and counts what survives."""

    def __init__(self, chosen: list[Mutant]) -> None:
        self._chosen = chosen
        self.survived = 0

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        own = [item for item in session.items if is_quick(item.path)]
        others = [item for item in session.items if item.path.parent.name == "ledger"]
        if not passes(session, own, None):
            pytest.exit("The tests fail before anything is changed.", 1)
        for mutant in self._chosen:
            nearest = sorted(own, key=lambda item: distance(item.path, mutant.path.stem))
            # The others are of the ledger's reader, and wait for PostgreSQL.
            if passes(session, nearest, mutant) and passes(session, others, mutant):
                print(mutant, flush=True)
                self.survived += 1
        return True


def count_caught(chosen: list[Mutant]) -> int:
    """Test mutants of the Lua files."""
    forks = Forks(chosen)
    tests = [str(ROOT / "tests" / folder) for folder in TESTS]
    if pytest.main([*tests, "-q", "-s", "-p", "no:cacheprovider"], plugins=[forks]) != 0:
        sys.exit("The engine's tests do not run.")
    return len(chosen) - forks.survived


def passes(session: pytest.Session, items: list[pytest.Item], mutant: Mutant | None) -> bool:
    """Whether the tests pass with this mutant."""
    if (fork := os.fork()) == 0:
        signal.alarm(WITHIN)
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if mutant:
            use(library_with(mutant))
        session.items = items
        os._exit(run(session))
    return os.waitpid(fork, 0)[1] == 0


def run(session: pytest.Session) -> int:
    """Run the tests until one fails; returns how many did."""
    for item, following in pairwise([*session.items, None]):
        assert item
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
        if session.testsfailed:
            break
    return session.testsfailed


def library_with(mutant: Mutant) -> Library:
    source = (ROOT / mutant.path).read_text("utf-8")
    parts = functions._PARTS_TEXT.replace(source, mutant.apply(source))
    name = functions._name(parts)
    return Library(name, f"#!lua name={name}\n{functions._PREFIX % name}\n{parts}")


def use(library: Library) -> None:
    """Put the library in the place of the product's, wherever that was imported."""
    for module in list(modules()):
        if module.__dict__.get("LIBRARY") is functions.LIBRARY and module is not functions:
            vars(module)["LIBRARY"] = library
    functions.NAME, functions.SOURCE, functions.LIBRARY = library.name, library.source, library


def modules() -> Iterator[object]:
    for name, module in sys.modules.items():
        if name.partition(".")[0] in ("shared", "tests"):
            yield module
