"""The image, as far as can be tested without a container engine: its Dockerfile and content."""

import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterable, Iterator
from fnmatch import fnmatch
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from tests.deploy.compose import SERVICES, read

ROOT = Path(__file__).parents[2]
DOCKERFILE = ROOT / "deploy/Dockerfile"
TEXT = DOCKERFILE.read_text().replace("\\\n", "")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
REMOVED = set(re.findall(r"bin/pip uninstall --yes ([\w ]+)$", TEXT, re.MULTILINE)[0].split())
# Imports all that the image can run, where importing what was removed fails.
IMPORT_ALL = """
import importlib, pkgutil, sys
sys.modules.update(dict.fromkeys(sys.argv[1:]))
for name in ("shared", "api_service", "ws_gateway", "clients.python", "clients.terminal", "deploy"):
    package = importlib.import_module(name)
    for module in pkgutil.walk_packages(package.__path__, f"{name}."):
        if not {"migrations", "__main__"} & set(module.name.split(".")):
            importlib.import_module(module.name)
assert "uvicorn" in sys.modules
"""


def instructions(name: str) -> list[str]:
    return re.findall(rf"^{name}\s+(.*)$", TEXT, re.MULTILINE)


def rules() -> list[str]:
    lines = (ROOT / ".dockerignore").read_text().splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def is_sent(path: str) -> bool:
    """Return whether the build gets a file: the last rule that matches it or its folder decides."""
    parts = path.split("/")
    above = ["/".join(parts[: n + 1]) for n in range(len(parts))]
    sent = True
    for rule in rules():
        pattern = rule.removeprefix("!").removeprefix("**/")
        names = parts if "**/" in rule else above
        if any(fnmatch(name, pattern) for name in names):
            sent = rule.startswith("!")
    return sent


def sent() -> list[str]:
    """Return all paths that the build gets: files and symbolic links."""
    roots = [ROOT / rule.removeprefix("!") for rule in rules() if rule.startswith("!")]
    found = [path for root in roots for path in (root.rglob("*") if root.is_dir() else (root,))]
    names = [str(path.relative_to(ROOT)) for path in found if path.is_symlink() or path.is_file()]
    return sorted(filter(is_sent, names))


def test_it_runs_as_a_user_by_number_and_asks_itself_how_it_is() -> None:
    """Kubernetes can check only a numeric user for not being root."""
    assert instructions("USER") == ["10001"]
    assert instructions("HEALTHCHECK")[0].endswith('CMD ["streamario", "health"]')
    assert instructions("ENTRYPOINT") == ['["streamario"]']
    assert instructions("CMD") == ['["serve"]']


def test_both_stages_begin_with_the_same_pinned_base() -> None:
    """The second stage's Python runs the environment that the first stage built."""
    bases = [line.split()[0] for line in instructions("FROM")]
    assert len(bases) == 2
    assert len(set(bases)) == 1
    assert re.fullmatch(r"python:3\.\d+-slim", bases[0])


def test_what_it_removes_is_what_only_building_needs() -> None:
    """Nothing that stays requires any of it, and all of the build's own requirements go."""
    build = set(names(PROJECT["dependency-groups"]["build"]))
    assert build < REMOVED
    lock = (ROOT / "requirements-runtime.lock").read_text()
    locked = set(names(re.findall(r"^[^\s#]+==[^\\\n]+", lock, re.MULTILINE)))
    assert REMOVED - {"pip"} < locked
    needs = {name: set(names(metadata.requires(name) or ())) for name in locked}
    assert {name for name in locked - REMOVED if needs[name] & REMOVED} == set()
    assert set[str]().union(*(needs[name] for name in build)) <= REMOVED


def names(requirements: Iterable[str]) -> Iterator[str]:
    """Yield the names of those requirements that apply here, without extras."""
    for requirement in map(Requirement, requirements):
        if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
            yield requirement.name


def test_everything_can_be_imported_without_what_it_removes() -> None:
    command = [sys.executable, "-c", IMPORT_ALL, *REMOVED, "pkg_resources", "distutils"]
    subprocess.run(command, cwd=ROOT, check=True)


def test_its_labels_say_what_the_project_says() -> None:
    """The workflow that publishes it fills in the rest; no host is written down here."""
    labels = dict(re.findall(r'org\.opencontainers\.image\.(\w+)="([^"]*)"', TEXT))
    assert labels == {
        "title": "Streamario",
        "description": PROJECT["project"]["description"],
        "licenses": PROJECT["project"]["license"],
        "source": "$SOURCE",
        "version": "$VERSION",
        "revision": "$REVISION",
    }
    version = PROJECT["project"]["version"]
    assert instructions("ARG") == [f'VERSION={version} REVISION="" SOURCE=""']


def test_what_it_copies_is_there_and_is_sent() -> None:
    sources = [
        source
        for line in instructions("COPY")
        if "--from" not in line
        for source in line.split()[:-1]
    ]
    assert "requirements-runtime.lock" in sources
    for source in sources:
        assert (ROOT / source).exists()
        assert source == "." or is_sent(source)


def test_an_image_carries_its_release_so_that_there_is_a_way_back() -> None:
    plain = read("compose.yaml")
    told = read("compose.yaml", STREAMARIO_TAG="0.2.0")
    for name in SERVICES:
        assert plain["services"][name]["image"] == "streamario:latest"
        assert told["services"][name]["image"] == "streamario:0.2.0"


@pytest.mark.parametrize(
    ("path", "is_wanted"),
    [
        ("shared/process/settings.py", True),
        ("clients/web/streamario.js", True),
        ("clients/python/game_client.py", True),
        ("clients/unity/package.json", False),
        (".env", False),
        ("secrets/secret_keys", False),
        (".git/config", False),
        ("tests/conftest.py", False),
        ("deploy/haproxy/haproxy.cfg", False),
        ("shared/__pycache__/settings.cpython-313.pyc", False),
    ],
)
def test_the_build_gets_what_the_image_is_made_of_and_no_secret(path: str, is_wanted: bool) -> None:
    assert is_sent(path) is is_wanted


def test_what_is_sent_is_enough_for_the_whole_package(tmp_path: Path) -> None:
    """A wheel built from it contains every module, Lua function, migration and page."""
    context = tmp_path / "context"
    for path in sent():
        (context / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / path, context / path, follow_symlinks=False)
    build = "from setuptools.build_meta import build_wheel; import sys; build_wheel(sys.argv[1])"
    subprocess.run(
        [sys.executable, "-c", build, str(tmp_path)],
        cwd=context,
        capture_output=True,
        check=True,
    )
    (found,) = tmp_path.glob("*.whl")
    wheel = zipfile.ZipFile(found)
    packed = set(wheel.namelist())
    packages = ("shared/", "api_service/", "ws_gateway/", "clients/", "deploy/")
    kinds = (".py", ".lua", ".html", ".js", ".css", ".svg", "py.typed")
    no_package = "clients/web/"
    expected = {
        path
        for path in sent()
        if path.startswith(packages) and path.endswith(kinds) and not path.startswith(no_package)
    }
    assert len(expected) > 100
    assert {"clients/python/game_client.py", "clients/terminal/game_command.py"} < expected
    assert expected - packed == set()
    # Symbolic links into clients/web are followed; the wheel has nothing else of that folder.
    for linked in ("streamario.js", "streamario/board.js"):
        module = wheel.read(f"api_service/pages/web/{linked}")
        assert module == (ROOT / "clients/web" / linked).read_bytes()
    assert not [path for path in packed if path.startswith(no_package)]
    (commands,) = (path for path in packed if path.endswith("/entry_points.txt"))
    assert wheel.read(commands).decode().split("\n")[1] == "streamario = deploy.__main__:main"


@pytest.mark.parametrize("document", ["README.md", "README.ja.md"])
def test_how_to_install_it_without_its_sources_names_what_the_package_has(document: str) -> None:
    """By pipx or uvx, with the embedded servers, from the repository: it is on no package index."""
    (distribution, extra) = re.findall(
        r'pipx install "(\w+)\[(\w+)\] @ git\+', (ROOT / document).read_text()
    )[0]
    assert distribution == PROJECT["project"]["name"]
    assert extra in PROJECT["project"]["optional-dependencies"]
