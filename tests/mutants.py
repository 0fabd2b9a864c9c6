"""`make mutants`: change one token of the product at a time, and see whether the tests notice.

The mutants are chosen by chance, which `--seed` fixes; each is tested in a copy of the checkout.
What people read is left alone: comments, strings, texts, logs; and imports, types and decorators.
"""

from __future__ import annotations

import argparse
import os
import random
import re
import shutil
import subprocess
import sys
from importlib.util import cache_from_source
from itertools import permutations
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final, NamedTuple

from tests.programs import node_folder

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT: Final = Path(__file__).parents[1]
PAGES: Final = ("api_service/pages/web/**/*.js", "clients/web/**/*.js")
KINDS: Final = {
    "pages": PAGES,
    "logic": PAGES,  # the modules of pages that name nothing of a browser
    "lua": ("shared/engine/**/*.lua",),
    "python": ("shared/engine/**/*.py",),
}
BROWSER: Final = re.compile(
    r"\b(document|window|HTML\w*Element|\w+Storage|navigator|location|AudioContext|element\(|partsOf"
    r"|addEventListener|classList|textContent|querySelector\w*|createElement|replaceChildren|append\(|hidden =)"
)
COMMENT: Final = re.compile(r"//[^\n]*|/\*.*?\*/", re.DOTALL)
TEXT: Final = r"\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'"
SKIPPED: Final = {
    ".js": rf"{COMMENT.pattern}|{TEXT}|`(?:\\.|[^`\\])*`|^(?:import|export [*{{])\b.*?;$"
    r"|(?<=[(,=:!&|?\[])\s?/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n*])+/[a-z]*",
    ".lua": rf"--[^\n]*|{TEXT}",
    ".py": rf"#[^\n]*|\"\"\".*?\"\"\"|{TEXT}|->[^\n]*|^\s*(?:from|import|@)[^\n]*|\blog\w*\.\w+\([^\n]*",
}
PAIRS: Final = "=== !==,== !=,< <=,> >=,&& ||,and or,+= -=,+ -,true false,True False"
SWAPS: Final = {
    old: new for pair in PAIRS.split(",") for old, new in permutations(pair.split())
} | {
    "~=": "==",
    "not": "",
    "!": "",
}
TOKEN: Final = re.compile(
    r"[=!]==|[=!~<>]=|[+-]=|(?<= )[<>+-](?= )|&&|\|\||!(?=[\w(#])"
    r"|\b(?:and|or|not|true|false|True|False)\b|(?<![\w.#])\d[\d_]*(?![\w.])"
)
CALL: Final = re.compile(r"(?<=\n)[ \t]+(?:await )?[\w.:#]+\([^\n]*\);?(?=\n[ \t]*\S)")
LARGE: Final = 100  # from here on a number is doubled: nothing depends on one ms more
WITHIN: Final = 300  # s; a test that hangs has noticed


class Mutant(NamedTuple):
    """One token, or one call whose result nobody uses, and what replaces it."""

    path: Path  # from the root of the checkout
    at: int
    old: str
    new: str

    def __str__(self) -> str:
        line = (ROOT / self.path).read_text("utf-8").count("\n", 0, self.at) + 1
        return f"{self.path}:{line} {self.old.strip()} → {self.new.strip() or 'nothing'}"

    def survives(self, checkout: Path) -> bool:
        """Whether all tests pass in the copy with this change."""
        path = checkout / self.path
        source = path.read_text("utf-8")
        path.write_text(source[: self.at] + self.new + source[self.at + len(self.old) :], "utf-8")
        # Python takes compiled files for new by their time in seconds and their size.
        Path(cache_from_source(str(path))).unlink(missing_ok=True)
        survives = passes(self.path, checkout)
        path.write_text(source, "utf-8")
        return survives


def mutants(path: Path) -> Iterator[Mutant]:
    source = (ROOT / path).read_text("utf-8")
    skipping = re.compile(SKIPPED[path.suffix], re.DOTALL | re.MULTILINE)
    skipped = [found.span() for found in skipping.finditer(source)]
    for found in (*TOKEN.finditer(source), *CALL.finditer(source)):
        if not any(start <= found.start() < end for start, end in skipped):
            yield Mutant(path, found.start(), found[0], replacement(found[0], path.suffix))


def replacement(old: str, language: str) -> str:
    if old.isspace() or "(" in old:
        return old[: len(old) - len(old.lstrip())] + ("pass" if language == ".py" else "")
    if old[0].isdigit():
        number = int(old.replace("_", ""))
        return str(number * 2 if number >= LARGE else number + 1)
    return "~=" if (old, language) == ("==", ".lua") else SWAPS[old]


def files(kind: str) -> Iterator[Path]:
    """Yield the files of a kind, from the root of the checkout."""
    for path in sorted(path for pattern in KINDS[kind] for path in ROOT.glob(pattern)):
        if path.is_symlink() or "texts" in str(path):
            continue
        if kind != "logic" or not BROWSER.search(COMMENT.sub("", path.read_text("utf-8"))):
            yield path.relative_to(ROOT)


def commands(path: Path, checkout: Path) -> list[list[str]]:
    """Return what tests a file, the nearest tests first."""
    if path.suffix == ".js":
        node = [str(Path(node_folder()[0], "node")), "--test"]
        near = (checkout / "tests/pages").rglob(f"{path.stem}.test.js")
        return [[*node, str(test)] for test in near] + [[*node, "tests/pages"]]
    word = re.compile(rf"\b{path.stem}\b")
    found = {
        test: len(word.findall(test.read_text("utf-8")))
        for folder in ("shared/engine", "api_service/ledger")
        for test in (checkout / "tests" / folder).glob("test_*.py")
    }
    nearest = sorted(found, key=lambda test: (path.stem not in test.stem, -found[test]))
    pytest = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider"]
    return [[*pytest, *(str(test) for test in nearest if found[test] or "engine" in str(test))]]


def passes(path: Path, checkout: Path, output: int | None = subprocess.DEVNULL) -> bool:
    """Whether the tests of a file pass in the copy."""
    environment = {**os.environ, "PYTHONPATH": str(checkout)}
    try:
        for command in commands(path, checkout):
            subprocess.run(
                command, cwd=checkout, env=environment, timeout=WITHIN, check=True, stdout=output
            )
    except subprocess.SubprocessError:
        return False
    return True


def copy_to(folder: Path) -> None:
    """Copy the checkout as it is, without what git ignores."""
    listing = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    for name in subprocess.check_output(listing, cwd=ROOT, text=True).splitlines():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        if (ROOT / name).is_file():
            shutil.copy2(ROOT / name, folder / name, follow_symlinks=False)


def survivors(kind: str, options: argparse.Namespace, checkout: Path) -> list[Mutant]:
    """Test mutants of a kind; return and print those that no test noticed."""
    every = [mutant for path in files(kind) for mutant in mutants(path)]
    chosen = random.Random(options.seed).sample(every, options.count)
    if not passes(chosen[0].path, checkout, output=None):
        sys.exit("The tests fail before anything is changed.")
    left = []
    for mutant in chosen:
        if mutant.survives(checkout):
            left.append(mutant)
            print(mutant, file=sys.stderr, flush=True)
    return left


def main() -> None:
    parser = argparse.ArgumentParser(prog="make mutants", description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=60, help="how many of each kind")
    parser.add_argument("--only", choices=KINDS, action="append", help="may be repeated")
    options = parser.parse_args()
    with TemporaryDirectory() as folder:
        copy_to(Path(folder))
        left = {kind: survivors(kind, options, Path(folder)) for kind in options.only or KINDS}
    print("| kind | mutants | caught | % |\n| --- | --- | --- | --- |")
    for kind, mutants_left in left.items():
        caught = options.count - len(mutants_left)
        print(f"| {kind} | {options.count} | {caught} | {100 * caught / options.count:.0f} |")


if __name__ == "__main__":
    main()
