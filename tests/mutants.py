"""`make mutants`: change one token of the product at a time, and see whether the tests notice.

A mutant has one other token, or lacks a call whose result nobody uses. Comments, texts, logs,
imports, types and decorators are left alone. Mutants are chosen by chance, which `--seed` fixes,
and tested in a copy of the checkout. Prints those that no test notices, and a table; with
`--matrix` all mutants, each with the tests that notice it.
"""

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
from itertools import chain
from pathlib import Path
from subprocess import DEVNULL, Popen, TimeoutExpired, check_output
from tempfile import TemporaryDirectory, TemporaryFile
from typing import Final

from tests.near import around, commands

PAGES: Final = r"(?:api_service/pages|clients)/web/(?!.*texts).*js"
KINDS: Final = {
    "viewers": rf"(?!.*/console/){PAGES}",
    "console": rf"(?=.*/console/){PAGES}",
    "lua": "shared/engine/.*lua",
    "python": "shared/engine/.*py",
    "gateway": "ws_gateway/.*py",
    "routes": "api_service/routes/.*py",
    "studio": "api_service/studio/.*py",
    "clients": "clients/python/.*py",
    "unity": "clients/unity/Runtime/Core/(?!Messages).*cs",
}
COMMENT: Final = r"//[^\n]*|/\*(?s:.)*?\*/"
TEXT: Final = r"\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'"
SKIPPED: Final = {
    ".js": rf"{COMMENT}|{TEXT}|`(?:\\.|[^`\\])*`|^(?:import|export [*{{])\b.*?;$"
    r"|(?<=[(,=:!&|?\[])\s?/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n*])+/[a-z]*",
    ".lua": rf"--[^\n]*|{TEXT}",
    ".cs": rf"{COMMENT}|{TEXT}|^\s*(?:using\b|\[|(?:\w+ )*const\b)[^\n]*",
    ".py": rf"#[^\n]*|\"\"\".*?\"\"\"|{TEXT}|->[^\n]*|^\s*(?:from|import|class|@)[^\n]*"
    # Also limits, which tests import and documents repeat, and what `zip` asserts.
    r"|\blog\w*\.\w+\([^\n]*|^[A-Z_]+(?:: Final)? =[^\n]*|strict=True",
}
TOKEN: Final = re.compile(
    r"[=!]==|[=!~<>]=|[+-]=|(?<= )[<>+-](?= )|&&|\|\||!(?=[\w(#])"
    r"|\b(?:and|or|not|true|false|True|False)\b|(?<![\w.#])\d[\d_]*(?![\w.])"
)
CLOCK: Final = r"(?:\b_?now\b(?:\(\))?(?!\.)|\b(?:time|monotonic)\(\))"
# A comparison with the clock: `<` and `<=` differ only at a moment that it hardly ever shows. But
# a page looks again at just that moment.
MOMENT: Final = re.compile(
    rf"{CLOCK}(?: [+-] [\w.()]+)* (?=[<>]=? )"
    rf"|(?<= )(?=[<>]=? (?:[\w.()]+ [+-] )*[\w.]*{CLOCK})"
)
CALL: Final = re.compile(r"(?<=\n)[ \t]+(?:await )?[\w.:#]+\([^\n]*\);?(?=\n[ \t]*\S)")
PAIRS: Final = "=== !== == != < <= > >= && || and or += -= + - true false True False"
OTHER: Final = {each: PAIRS.split()[i ^ 1] for i, each in enumerate(PAIRS.split())}
LARGE: Final = 100  # from here on a number is doubled: little depends on one ms
FAILED: Final = re.compile(r"^(?:FAILED|ERROR|test at) ((?:(?!:\d)[^\s\[])+)", re.MULTILINE)
WITHIN: Final = 600  # s; tests that hang have noticed


def main() -> None:
    parser = argparse.ArgumentParser(prog="make mutants", description=__doc__)
    seed = check_output(["git", "rev-parse", "HEAD"], text=True)[:8]
    parser.add_argument("--seed", default=f"0x{seed}", help="by default, that of the commit")
    parser.add_argument("--count", type=int, default=60, help="how many of each kind")
    parser.add_argument("--matrix", action="store_true", help="tell of each who notices it")
    parser.add_argument("--only", choices=KINDS, action="append", help="may be repeated")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # ends the tests, too
    table = "\n| kind | seed | mutants | caught | % |\n| --- | --- | --- | --- | --- |"
    ran, alone = set[str](), set[str]()
    with TemporaryDirectory() as folder:
        os.environ["PYTHONPATH"] = folder
        files = sorted(copied(copy := Path(folder)))
        for modules in ("node_modules", "tests/clients/node_modules"):
            (copy / modules).symlink_to(Path(modules).resolve())
        for kind in options.only or KINDS:
            every = [mutant for file in files for mutant in mutants(copy, file, kind)]
            chosen = random.Random(int(options.seed, 0)).sample(every, options.count)
            if failed := failing(copy, chosen[0][0], every=options.matrix):
                sys.exit(f"The tests fail before anything is changed: {', '.join(failed)}")
            found = [noticing(copy, *mutant, every=options.matrix) for mutant in chosen]
            caught = sum(map(bool, found))
            ran |= {str(test) for mutant in chosen for test in chain(*around(copy, mutant[0]))}
            alone |= {tests.pop() for tests in found if len(tests) == 1}
            share = 100 * caught // options.count
            table += f"\n| {kind} | {options.seed} | {options.count} | {caught} | {share} |"
    print(table)
    if options.matrix:
        print("\nNever alone to notice:", *sorted(ran - alone), sep="\n- ")


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
    if file.suffix != ".js":
        skipped |= {each.end() for each in MOMENT.finditer(source)}
    for found in (*TOKEN.finditer(source), *CALL.finditer(source)):
        if found.end() - len(found[0].lstrip()) not in skipped:
            yield file, found.start(), found[0], replacement(found[0], file.suffix)


def replacement(old: str, language: str) -> str:
    """Return what stands in the place of a token or a call; `not` and `!` are left out."""
    if "(" in old:
        return old[: len(old) - len(old.lstrip())] + ("pass" if language == ".py" else "")
    if old[0].isdigit():
        return str(int(old) * 2 if int(old) >= LARGE else int(old) + 1)
    new = OTHER.get(old.replace("~", "!"), "")
    return new.replace("!", "~") if language == ".lua" else new


def noticing(copy: Path, file: Path, at: int, old: str, new: str, *, every: bool) -> set[str]:
    """Print a mutant that no test notices, or with `every` who notices it; return their files."""
    source = (copy / file).read_text("utf-8")
    (copy / file).write_text(source[:at] + new + source[at + len(old) :], "utf-8")
    tests = failing(copy, file, every=every)
    (copy / file).write_text(source, "utf-8")
    # Python might take it for the source: it compares no more than sizes and seconds.
    Path(cache_from_source(str(copy / file))).unlink(missing_ok=True)
    if every or not tests:
        line = source.count("\n", 0, at) + 1
        told = f"{file}:{line} {old.strip()} → {new.strip() or 'nothing'}"
        print(told, *sorted(tests), sep="\n    ", flush=True)
    return {test.partition("::")[0] for test in tests}


def failing(copy: Path, file: Path, *, every: bool) -> set[str]:
    """The tests around a file that fail: without `every`, no more than the first of them.

    All that ran, if none says that it failed. Those of deadlines, which wait for long, do not run.
    """
    pytest = ("-o", "timeout=60", "-k", "not deadline", *("-x",) * (not every))
    failed = set[str]()
    for tests in around(copy, file):
        for command in commands(tests, *pytest):
            succeeded, told = outcome(copy, *command)
            if not succeeded:
                failed |= set(FAILED.findall(told)) or {*map(str, tests)}
            if failed and not every:
                return failed
    return failed


def outcome(copy: Path, *command: str) -> tuple[bool, str]:
    """Whether a command succeeds in time, and what it says. None of its processes outlives it."""
    with (
        TemporaryFile("w+", encoding="utf-8") as told,
        Popen(command, cwd=copy, stdout=told, stderr=DEVNULL, start_new_session=True) as run,
    ):
        try:
            succeeded = run.wait(WITHIN) == 0
        except TimeoutExpired:
            succeeded = False
        finally:
            with suppress(ProcessLookupError):
                os.killpg(run.pid, signal.SIGKILL)
        told.seek(0)
        return succeeded, told.read()


if __name__ == "__main__":
    main()
