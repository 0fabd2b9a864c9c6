"""The mutants of a file: each has one other token, or lacks one call whose result nobody uses.

What people read is left alone: comments, strings, texts, logs; and imports, types and decorators.
"""

from __future__ import annotations

import re
from functools import cache
from itertools import permutations
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT: Final = Path(__file__).parents[2]
PAGES: Final = ("api_service/pages/web/**/*.js", "clients/web/**/*.js")
KINDS: Final = {
    "pages": PAGES,
    "logic": PAGES,  # the modules of pages that name nothing of a browser
    "lua": ("shared/engine/**/*.lua",),
    "python": ("shared/engine/**/*.py",),
}
BROWSER: Final = re.compile(
    r"\b(document|window|HTML\w*Element|\w+Storage|navigator|location|AudioContext|element\("
    r"|partsOf|addEventListener|classList|textContent|querySelector\w*|createElement"
    r"|replaceChildren|append\(|hidden =)"
)
COMMENT: Final = re.compile(r"//[^\n]*|/\*.*?\*/", re.DOTALL)
TEXT: Final = r"\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'"
SKIPPED: Final = {
    ".js": rf"{COMMENT.pattern}|{TEXT}|`(?:\\.|[^`\\])*`|^(?:import|export [*{{])\b.*?;$"
    r"|(?<=[(,=:!&|?\[])\s?/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n*])+/[a-z]*",
    ".lua": rf"--[^\n]*|{TEXT}",
    ".py": rf"#[^\n]*|\"\"\".*?\"\"\"|{TEXT}|->[^\n]*|^\s*(?:from|import|class|@)[^\n]*"
    r"|\blog\w*\.\w+\([^\n]*",
}
TOKEN: Final = re.compile(
    r"[=!]==|[=!~<>]=|[+-]=|(?<= )[<>+-](?= )|&&|\|\||!(?=[\w(#])"
    r"|\b(?:and|or|not|true|false|True|False)\b|(?<![\w.#])\d[\d_]*(?![\w.])"
)
PAIRS: Final = "=== !==,== !=,< <=,> >=,&& ||,and or,+= -=,+ -,true false,True False"
SWAPS: Final = {old: new for pair in PAIRS.split(",") for old, new in permutations(pair.split())}
LARGE: Final = 100  # from here on a number is doubled: little depends on one ms
CALL: Final = re.compile(r"(?<=\n)[ \t]+(?:await )?[\w.:#]+\([^\n]*\);?(?=\n[ \t]*\S)")


TESTS: Final = ("shared/engine", "api_service/ledger")  # of Lua and Python


class Mutant(NamedTuple):
    """A change of a file."""

    path: Path  # from the root of the checkout
    line: int
    at: int
    old: str
    new: str

    def __str__(self) -> str:
        new = self.new.strip() or "nothing"
        return f"{self.path}:{self.line} {self.old.strip()} → {new}"

    def apply(self, source: str) -> str:
        return source[: self.at] + self.new + source[self.at + len(self.old) :]


def mutants(path: Path) -> Iterator[Mutant]:
    """Yield all mutants of a file."""
    source = (ROOT / path).read_text("utf-8")
    skipping = re.compile(SKIPPED[path.suffix], re.DOTALL | re.MULTILINE)
    skipped = [found.span() for found in skipping.finditer(source)]
    for found in (*TOKEN.finditer(source), *CALL.finditer(source)):
        at, old = found.start(), found[0]
        if not any(start <= at < end for start, end in skipped):
            line = source.count("\n", 0, at) + 1
            yield Mutant(path, line, at, old, replacement(old, path.suffix))


def replacement(old: str, language: str) -> str:
    """Return what stands in the place of a token or a call."""
    if "(" in old:
        return old[: len(old) - len(old.lstrip())] + ("pass" if language == ".py" else "")
    if old[0].isdigit():
        number = int(old.replace("_", ""))
        return str(number * 2 if number >= LARGE else number + 1)
    if language == ".lua":
        old = {"~=": "!="}.get(old, old)
        return {"!=": "~="}.get(SWAPS.get(old, ""), SWAPS.get(old, ""))
    return SWAPS.get(old, "")  # `not` and `!` are left out


def files(kind: str) -> Iterator[Path]:
    """Yield the files of a kind, from the root of the checkout."""
    for path in sorted(path for pattern in KINDS[kind] for path in ROOT.glob(pattern)):
        if path.is_symlink() or "texts" in str(path):
            continue
        if kind != "logic" or not BROWSER.search(COMMENT.sub("", path.read_text("utf-8"))):
            yield path.relative_to(ROOT)


def distance(test: Path, stem: str) -> tuple[bool, int]:
    """How far a test file is from a module of this name: the nearest are tried first."""
    return stem not in test.stem, -mentions(test, stem)


@cache
def mentions(test: Path, stem: str) -> int:
    """How often a test file mentions a module."""
    return len(re.findall(rf"\b{stem}\b", test.read_text("utf-8")))


def is_quick(test: Path) -> bool:
    """Whether a test of the engine, which may be of any file, waits for little."""
    return test.parent.name == "engine" and "deadline" not in test.stem
