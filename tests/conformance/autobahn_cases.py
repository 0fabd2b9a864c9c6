"""Loads Autobahn|Testsuite's own case files, which are written for Python 2, in Python 3.

The cases use little of Python 2 and of an old library. This module provides it: byte strings,
`xrange`, `print` without parentheses, and a UTF-8 validator. Files are read as Latin-1, so that
each byte of a literal becomes one character with the same number. The repository contains no part
of the suite, whose licence is Apache 2.0.
"""

# ruff: noqa: N802, N803, N815  the suite's names

import codecs
import importlib
import re
import sys
from collections.abc import Iterator, Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType
from typing import Any, Protocol

# Python 2 code, and its equivalent in Python 3.
REWRITTEN = (
    (re.compile(r"^(\s*)print\b(.*)$", re.MULTILINE), r"\1print(\2)"),
    (re.compile(r"\(object, Case, ?\)"), "(Case,)"),
    (re.compile(r"len\(self\.payload\) / "), "len(self.payload) // "),
)
NAMED = re.compile(r"Case(\d+(?:_\d+)+)")

COMPRESSION = (
    "PerMessageDeflateOffer",
    "PerMessageDeflateOfferAccept",
    "PerMessageDeflateResponse",
    "PerMessageDeflateResponseAccept",
)


class Case(Protocol):
    """The part of a case that this module uses."""

    expected: dict[str, list[tuple[Any, ...]]]
    behavior: str
    behaviorClose: str
    result: str
    resultClose: str

    def onOpen(self) -> None: ...
    def onMessage(self, msg: str, binary: bool) -> None: ...
    def onPing(self, payload: str) -> None: ...
    def onPong(self, payload: str) -> None: ...
    def onConnectionLost(self, failedByMe: bool) -> None: ...


class CaseClass(Protocol):
    """The class of a case."""

    def __call__(self, protocol: Any) -> Case: ...


class Utf8Validator:
    """Replaces the library's validator, which returns (valid so far, ends with a character)."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")()

    def validate(self, text: str) -> tuple[bool, bool]:
        try:
            self._decoder.decode(text.encode("latin-1"))
        except UnicodeDecodeError:
            return False, False
        return True, not self._decoder.getstate()[0]


class State:
    """Replaces the library's protocol class: its states and close codes."""

    STATE_CLOSED = 0
    STATE_CONNECTING = 1
    STATE_CLOSING = 2
    STATE_OPEN = 3

    CLOSE_STATUS_CODE_NORMAL = 1000
    CLOSE_STATUS_CODE_PROTOCOL_ERROR = 1002
    CLOSE_STATUS_CODE_INVALID_PAYLOAD = 1007


class Compression:
    """Replaces the library's compression offers, which are never made here."""

    requestNoContextTakeover = requestMaxWindowBits = None

    def __init__(self, *_: object, **__: object) -> None: ...


class _Files(MetaPathFinder, Loader):
    """Imports the suite's case files, which import each other as top-level modules."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def find_spec(
        self, name: str, _path: Sequence[str] | None, _target: ModuleType | None = None
    ) -> ModuleSpec | None:
        return ModuleSpec(name, self) if (self._folder / f"{name}.py").exists() else None

    def exec_module(self, module: ModuleType) -> None:
        file = self._folder / f"{module.__name__}.py"
        text = file.read_bytes().decode("latin-1").replace("# coding=utf-8", "")
        for pattern, replacement in REWRITTEN:
            text = pattern.sub(replacement, text)
        vars(module)["xrange"] = range
        exec(compile(text, str(file), "exec"), vars(module))


def load_cases(folder: Path) -> dict[str, CaseClass]:
    """Return every case of the suite by its number; `folder` is the suite's package.

    Call this only in a process of its own: it adds the suite's modules to `sys.modules`.
    """
    sys.modules.update(_stand_ins(folder))
    sys.meta_path.insert(0, _Files(folder / "case"))
    # The suite compares pickles, which can differ for equal values in Python 3.
    importlib.import_module("case").Case.compare = lambda _self, one, other: one == other
    found: dict[str, CaseClass] = {}
    for file in sorted((folder / "case").glob("case*_*.py")):
        if file.stem != "case9_9_1":
            found.update(_cases_in(importlib.import_module(file.stem)))
    return dict(sorted(found.items(), key=lambda item: [int(n) for n in item[0].split(".")]))


def _cases_in(module: ModuleType) -> Iterator[tuple[str, CaseClass]]:
    for value in vars(module).values():
        for candidate in value if isinstance(value, list) else [value]:
            named = NAMED.fullmatch(getattr(candidate, "__name__", ""))
            if named:
                yield named[1].replace("_", "."), candidate


def _stand_ins(folder: Path) -> dict[str, ModuleType]:
    contents: dict[str, dict[str, object]] = {
        "autobahn": {},
        "autobahn.websocket": {},
        "autobahn.websocket.protocol": {"WebSocketProtocol": State},
        "autobahn.websocket.compress": dict.fromkeys(COMPRESSION, Compression),
        "autobahn.websocket.utf8validator": {"Utf8Validator": Utf8Validator},
        "binascii": {"b2a_hex": lambda text: text.encode("latin-1").hex()},
        "pkg_resources": {"resource_filename": lambda _, name: str(folder / name)},
    }
    modules = {name: ModuleType(name) for name in contents}
    for name, module in modules.items():
        vars(module).update(contents[name])
    return modules
