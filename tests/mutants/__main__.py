"""`make mutants`: change one token of the product at a time, and see whether the tests notice.

The mutants are chosen by chance, which `--seed` fixes. Each is tested in a copy of the checkout, by
the nearest tests first. Prints those that no test noticed, and a table.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import signal
import subprocess
import sys
from importlib.util import cache_from_source
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

from tests.mutants import lua
from tests.mutants.changes import KINDS, ROOT, TESTS, distance, files, is_quick, mentions, mutants
from tests.programs import node_folder

if TYPE_CHECKING:
    from tests.mutants.changes import Mutant

WITHIN: Final = {".js": 120, ".py": 600}  # s; tests that hang have noticed
PYTEST: Final = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider"]


def main() -> None:
    parser = argparse.ArgumentParser(prog="make mutants", description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=60, help="how many of each kind")
    parser.add_argument("--only", choices=KINDS, action="append", help="may be repeated")
    options = parser.parse_args()
    kinds = options.only or list(KINDS)
    with TemporaryDirectory() as folder:
        copy_to(Path(folder))
        caught = [count_caught(kind, options, Path(folder)) for kind in kinds]
    print("\n| kind | mutants | caught | % |\n| --- | --- | --- | --- |")
    for kind, count in zip(kinds, caught, strict=True):
        print(f"| {kind} | {options.count} | {count} | {100 * count / options.count:.0f} |")


def copy_to(folder: Path) -> None:
    """Copy the checkout as it is, without what git ignores."""
    listing = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    for name in subprocess.check_output(listing, cwd=ROOT, text=True).splitlines():
        if (ROOT / name).is_file() or (ROOT / name).is_symlink():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name, follow_symlinks=False)


def count_caught(kind: str, options: argparse.Namespace, checkout: Path) -> int:
    """Test mutants of a kind; print those that survive."""
    every = [mutant for path in files(kind) for mutant in mutants(path)]
    chosen = random.Random(options.seed).sample(every, options.count)
    if kind == "lua":
        return lua.count_caught(chosen)
    if not passes(chosen[0].path, checkout):
        sys.exit("The tests fail before anything is changed.")
    caught = 0
    for mutant in chosen:
        if survives(mutant, checkout):
            print(mutant, flush=True)
        else:
            caught += 1
    return caught


def survives(mutant: Mutant, checkout: Path) -> bool:
    path = checkout / mutant.path
    source = path.read_text("utf-8")
    path.write_text(mutant.apply(source), "utf-8")
    # Python tells changed files by their size and by seconds.
    Path(cache_from_source(str(path))).unlink(missing_ok=True)
    survived = passes(mutant.path, checkout)
    path.write_text(source, "utf-8")
    return survived


def passes(path: Path, checkout: Path) -> bool:
    """Whether all tests of a file pass in the copy."""
    environment = {**os.environ, "PYTHONPATH": str(checkout)}
    within = WITHIN[path.suffix]
    return all(succeeds(each, checkout, environment, within) for each in commands(path, checkout))


def succeeds(
    command: list[str], checkout: Path, environment: dict[str, str], within: float
) -> bool:
    with subprocess.Popen(
        command, cwd=checkout, env=environment, stdout=subprocess.DEVNULL, start_new_session=True
    ) as process:
        try:
            return process.wait(within) == 0
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            return False


def commands(path: Path, checkout: Path) -> list[list[str]]:
    """Return what tests a file."""
    if path.suffix == ".js":
        node = [str(Path(node_folder()[0], "node")), "--test", "--test-reporter=dot"]
        near = (checkout / "tests/pages").rglob(f"{path.stem}.test.js")
        return [[*node, str(test)] for test in near] + [[*node, "tests/pages"]]
    found = []
    for folder in TESTS:
        tests = (checkout / "tests" / folder).glob("test_*.py")
        nearest = sorted(tests, key=lambda test: distance(test, path.stem))
        found.append([str(test) for test in nearest if is_quick(test) or mentions(test, path.stem)])
    return [[*PYTEST, *tests] for tests in found if tests]


if __name__ == "__main__":
    main()
