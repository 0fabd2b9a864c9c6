"""`make mutants`: change one token of the product at a time, and see whether the tests notice.

A mutant has one other token, or lacks a call whose result nobody uses. Comments, texts, logs,
imports, types and decorators are left alone. Mutants are chosen by chance, which `--seed` fixes,
and tested in a copy of the checkout. Prints those that no test notices, and a table.
"""

from __future__ import annotations

import argparse
import os
import random
import re
import shutil
import signal
import sys
from collections.abc import Iterator
from contextlib import suppress
from importlib.util import cache_from_source
from pathlib import Path
from subprocess import DEVNULL, Popen, TimeoutExpired, check_output
from tempfile import TemporaryDirectory
from typing import Final

from tests.programs import node_folder

PAGES: Final = r"(?:api_service/pages|clients)/web/(?!.*texts).*js"
KINDS: Final = {
    "viewers": rf"(?!.*/console/){PAGES}",
    "console": rf"(?=.*/console/){PAGES}",
    "lua": "shared/engine/.*lua",
    "python": "shared/engine/.*py",
}
COMMENT: Final = r"//[^\n]*|/\*(?s:.)*?\*/"
TEXT: Final = r"\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'"
SKIPPED: Final = {
    ".js": rf"{COMMENT}|{TEXT}|`(?:\\.|[^`\\])*`|^(?:import|export [*{{])\b.*?;$"
    r"|(?<=[(,=:!&|?\[])\s?/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n*])+/[a-z]*",
    ".lua": rf"--[^\n]*|{TEXT}",
    ".py": rf"#[^\n]*|\"\"\".*?\"\"\"|{TEXT}|->[^\n]*|^\s*(?:from|import|class|@)[^\n]*"
    # Also limits, which tests import and documents repeat, and what `zip` asserts.
    r"|\blog\w*\.\w+\([^\n]*|^[A-Z_]+(?:: Final)? =[^\n]*|strict=True",
}
TOKEN: Final = re.compile(
    r"[=!]==|[=!~<>]=|[+-]=|(?<= )[<>+-](?= )|&&|\|\||!(?=[\w(#])"
    r"|\b(?:and|or|not|true|false|True|False)\b|(?<![\w.#])\d[\d_]*(?![\w.])"
)
CALL: Final = re.compile(r"(?<=\n)[ \t]+(?:await )?[\w.:#]+\([^\n]*\);?(?=\n[ \t]*\S)")
PAIRS: Final = "=== !== == != < <= > >= && || and or += -= + - true false True False"
OTHER: Final = {each: PAIRS.split()[i ^ 1] for i, each in enumerate(PAIRS.split())}
LARGE: Final = 100  # from here on a number is doubled: little depends on one ms
WITHIN: Final = 300  # s; tests that hang have noticed


def main() -> None:
    parser = argparse.ArgumentParser(prog="make mutants", description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=60, help="how many of each kind")
    parser.add_argument("--only", choices=KINDS, action="append", help="may be repeated")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # ends the tests, too
    table = "\n| kind | mutants | caught | % |\n| --- | --- | --- | --- |"
    with TemporaryDirectory() as folder:
        os.environ["PYTHONPATH"] = folder
        files = sorted(copied(copy := Path(folder)))
        (copy / "node_modules").symlink_to(Path("node_modules").resolve())
        for kind in options.only or KINDS:
            every = [mutant for file in files for mutant in mutants(copy, file, kind)]
            chosen = random.Random(options.seed).sample(every, options.count)
            if not passes(copy, chosen[0][0]):
                sys.exit("The tests fail before anything is changed.")
            caught = options.count - sum(survives(copy, *mutant) for mutant in chosen)
            table += f"\n| {kind} | {options.count} | {caught} | {100 * caught // options.count} |"
    print(table)


def copied(copy: Path) -> Iterator[Path]:
    """Copy the checkout as it is, without what git ignores; yield its files."""
    listing = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    for file in map(Path, check_output(listing, text=True).splitlines()):
        if file.is_file() or file.is_symlink():
            (copy / file).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(file, copy / file, follow_symlinks=False)
            yield file


def mutants(copy: Path, file: Path, kind: str) -> Iterator[tuple[Path, int, str, str]]:
    """Yield a file's mutants: the file, the place in it, and what is replaced by what."""
    if not re.fullmatch(KINDS[kind], str(file)) or (copy / file).is_symlink():
        return
    source = (copy / file).read_text("utf-8")
    skipping = re.compile(SKIPPED[file.suffix], re.DOTALL | re.MULTILINE)
    skipped = {at for found in skipping.finditer(source) for at in range(*found.span())}
    for found in (*TOKEN.finditer(source), *CALL.finditer(source)):
        if found.start() not in skipped:
            yield file, found.start(), found[0], replacement(found[0], file.suffix)


def replacement(old: str, language: str) -> str:
    """Return what stands in the place of a token or a call; `not` and `!` are left out."""
    if "(" in old:
        return old[: len(old) - len(old.lstrip())] + ("pass" if language == ".py" else "")
    if old[0].isdigit():
        return str(int(old) * 2 if int(old) >= LARGE else int(old) + 1)
    new = OTHER.get(old.replace("~", "!"), "")
    return new.replace("!", "~") if language == ".lua" else new


def survives(copy: Path, file: Path, at: int, old: str, new: str) -> bool:
    """Whether no test notices a mutant; if so, print it."""
    source = (copy / file).read_text("utf-8")
    (copy / file).write_text(source[:at] + new + source[at + len(old) :], "utf-8")
    survived = passes(copy, file)
    (copy / file).write_text(source, "utf-8")
    # Python might take it for the source: it compares no more than sizes and seconds.
    Path(cache_from_source(str(copy / file))).unlink(missing_ok=True)
    if survived:
        line = source.count("\n", 0, at) + 1
        print(f"{file}:{line} {old.strip()} → {new.strip() or 'nothing'}", flush=True)
    return survived


def passes(copy: Path, file: Path) -> bool:
    """Whether all tests of a file pass; of the engine's those first that mention it most often."""
    if file.suffix == ".js":
        return succeeds(copy, str(Path(node_folder()[0], "node")), "--test", "tests/pages")
    texts = {str(test): test.read_text("utf-8") for test in copy.glob("tests/*/*/test_*.py")}
    # Tests of the model, which shrink what they find, come last; those of deadlines wait for long.
    tests = sorted(texts, key=lambda test: ("model" in test, -texts[test].count(file.stem)))
    pytest = [sys.executable, "-m", "pytest", "-x", "--timeout", "30", "-k", "not deadline"]
    parts = ("/engine/", "/ledger/")  # the ledger's tests start PostgreSQL
    return all(succeeds(copy, *pytest, *(test for test in tests if part in test)) for part in parts)


def succeeds(copy: Path, *command: str) -> bool:
    """Whether a command succeeds in time. None of its processes outlives it."""
    with Popen(command, cwd=copy, stdout=DEVNULL, stderr=DEVNULL, start_new_session=True) as run:
        try:
            return run.wait(WITHIN) == 0
        except TimeoutExpired:
            return False
        finally:
            with suppress(ProcessLookupError):
                os.killpg(run.pid, signal.SIGKILL)


if __name__ == "__main__":
    main()
