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
CALL: Final = re.compile(r"(?<=\n)[ \t]+(?:await )?[\w.:#]+\([^\n]*\);?(?=\n[ \t]*\S)")
PAIRS: Final = "=== !== == != < <= > >= && || and or += -= + - true false True False"
OTHER: Final = {each: PAIRS.split()[i ^ 1] for i, each in enumerate(PAIRS.split())}
LARGE: Final = 100  # from here on a number is doubled: little depends on one ms
WITHIN: Final = 600  # s; tests that hang have noticed


def main() -> None:
    parser = argparse.ArgumentParser(prog="make mutants", description=__doc__)
    seed = check_output(["git", "rev-parse", "HEAD"], text=True)[:8]
    parser.add_argument("--seed", default=f"0x{seed}", help="by default, that of the commit")
    parser.add_argument("--count", type=int, default=60, help="how many of each kind")
    parser.add_argument("--only", choices=KINDS, action="append", help="may be repeated")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # ends the tests, too
    table = "\n| kind | seed | mutants | caught | % |\n| --- | --- | --- | --- | --- |"
    with TemporaryDirectory() as folder:
        os.environ["PYTHONPATH"] = folder
        files = sorted(copied(copy := Path(folder)))
        for modules in ("node_modules", "tests/clients/node_modules"):
            (copy / modules).symlink_to(Path(modules).resolve())
        for kind in options.only or KINDS:
            every = [mutant for file in files for mutant in mutants(copy, file, kind)]
            chosen = random.Random(int(options.seed, 0)).sample(every, options.count)
            if not passes(copy, chosen[0][0]):
                sys.exit("The tests fail before anything is changed.")
            caught = options.count - sum(survives(copy, *mutant) for mutant in chosen)
            share = 100 * caught // options.count
            table += f"\n| {kind} | {options.seed} | {options.count} | {caught} | {share} |"
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
    """Whether all tests around a file pass; those of deadlines, which wait for long, do not run."""
    pytest = ("-x", "-o", "timeout=60", "-k", "not deadline")
    return all(
        succeeds(copy, *command)
        for tests in around(copy, file)
        for command in commands(tests, *pytest)
    )


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
