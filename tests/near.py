"""`make near FILE=path`: run the tests nearest to a file of the product.

`make mutants` runs all tests that are around it, the nearest first.
"""

import argparse
import re
import subprocess
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from tests.programs import node_folder

BEHAVIOUR: Final = "tests/clients/behaviour/test_behaviour.py"
# Where the tests are of files whose folder has no folder of its own in `tests`, or more than one;
# the first that fits. The ledger's tests start PostgreSQL, so they come last.
AROUND: Final = {
    r"(?:api_service/pages|clients)/web/.*\.js": ("tests/pages",),
    r"shared/engine/": ("tests/shared/engine", "tests/api_service/ledger"),
    r"ws_gateway/": ("tests/ws_gateway",),
    r"api_service/routes/": ("tests/api_service/routes", "tests/api_service/http"),
    r".*/(?:NativeSocket|Inquiry)\.cs": (
        "tests/clients/unity/test_refusals.py",
        "tests/clients/unity/test_server.py",
        "tests/clients/unity/test_network.py",
    ),
    r"clients/unity/|clients/dotnet/": ("tests/clients/unity/test_core.py", BEHAVIOUR),
    r"clients/python/": ("tests/clients/python", BEHAVIOUR),
    r"docs/|.*\.md": ("tests/checks",),
    r"api_service/pages/web/": ("tests/browser",),
    r"deploy/haproxy/": ("tests/balancer", "tests/fronts"),
    r"deploy/caddy/": ("tests/small_server", "tests/fronts"),
    r"deploy/tunnel/": ("tests/tunnel", "tests/fronts"),
}
NEAREST: Final = 5  # test files, where none imports the file


def main() -> None:
    parser = argparse.ArgumentParser(prog="make near", description=__doc__)
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
    tests = [test for file in parser.parse_args().files for test in nearest(Path(), file)]
    failed = [subprocess.run(each, check=False).returncode for each in commands(tests)]
    sys.exit(max(failed, default="No test around it names it."))


def nearest(root: Path, file: Path) -> list[Path]:
    """The tests that import a file or are named after it; else those that name it most often."""
    groups = around(root, file)
    if file.name.startswith("test_") or file.name.endswith(".test.js"):
        return [file]
    tests = [test for group in groups for test in group]
    own = [test for test in tests if _is_of(root / test, file)]
    if own:
        return own
    # A test alone in its group is about all files there.
    about = [
        test for each in groups for test in each if len(each) == 1 or _names(root / test, file)
    ]
    return about[:NEAREST]


def around(root: Path, file: Path) -> list[list[Path]]:
    """All tests around a file, in groups to run in turn; those that name it most come first."""
    folders = next((AROUND[each] for each in AROUND if re.match(each, str(file))), ())
    if not folders:
        parents = [Path("tests") / parent for parent in file.parents[:-1]]
        folders = tuple(str(each) for each in parents if (root / each).is_dir())[:1]
    return [_ordered(root, folder, file) for folder in folders]


def commands(tests: Iterable[Path], *options: str) -> list[list[str]]:
    """What runs these tests: Node, or pytest with some options."""
    pages = [str(test) for test in tests if test.suffix == ".js"]
    others = [str(test) for test in tests if test.suffix != ".js"]
    node = [str(Path(*node_folder(), "node")), "--disable-warning=ExperimentalWarning"]
    node += ["--test-reporter=spec", "--test"]
    pytest = [sys.executable, "-m", "pytest", *options]
    return [[*node, *pages]] * bool(pages) + [[*pytest, *others]] * bool(others)


def _ordered(root: Path, folder: str, file: Path) -> list[Path]:
    """The tests of a folder. Those of the model, which shrink what they find, come last."""
    found = [root / folder] if folder.endswith(".py") else _tests_in(root / folder)
    texts = {test.relative_to(root): test.read_text("utf-8") for test in sorted(found)}
    return sorted(texts, key=lambda test: ("model" in str(test), -texts[test].count(file.stem)))


def _names(test: Path, file: Path) -> bool:
    return file.stem in test.read_text("utf-8")


def _tests_in(folder: Path) -> Sequence[Path]:
    return [*folder.rglob("test_*.py"), *folder.rglob("*.test.js")]


def _is_of(test: Path, file: Path) -> bool:
    """Whether a test imports the file, or is named after it."""
    stem, text = re.escape(file.stem), test.read_text("utf-8")
    package = re.escape(".".join(file.parts[:-1]))
    python = rf"from {package}\.{stem} import|from {package} import [^()\n]*\b{stem}\b"
    imported = rf"/{stem}\.js[\"']" if file.suffix == ".js" else python
    own = rf"test_{stem}(?:_\w+)?\.py|{stem}\.test\.js"
    return bool(re.fullmatch(own, test.name) or re.search(imported, text))


if __name__ == "__main__":
    main()
