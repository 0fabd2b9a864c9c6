"""The C# that documents show compiles as it is."""

import json
import re
import subprocess
from pathlib import Path

import pytest

from tests.browser.documents import DOCS, code
from tests.clients.unity.compiling import (
    COMPONENT,
    CORE,
    EDITOR,
    PACKAGE,
    PARTS,
    SERIALISER,
    SOURCES,
    compiled,
    run_command,
)

ROOT = DOCS.parent
PACKAGE_PAGES = ("../clients/unity/README.md", "../clients/unity/README.ja.md")
PAGES = ("quickstart-unity.md", "quickstart-unity.ja.md", *PACKAGE_PAGES)
ELSEWHERE = {"clients/dotnet/README.md", "clients/dotnet/README.ja.md"}  # tests/clients/dotnet
MOVING = ("unity_from_nativewebsocket.md", "unity_from_nativewebsocket.ja.md")
VERSIONS = ("UNITY_2021_3_OR_NEWER", "UNITY_6000_0_OR_NEWER")  # without Awaitable, and with it
NOT_TRIED = ("not tried: needs a device", "未確認：実機が必要")


@pytest.fixture(scope="module", params=VERSIONS)
def libraries(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> list[Path]:
    """The package, and Unity's signatures."""
    folder = tmp_path_factory.mktemp("unity")
    core = compiled(folder / "Streamario.Core.dll", CORE.glob("*.cs"))
    signatures = (SOURCES / "signatures").glob("*.cs")
    unity = compiled(folder / "UnityEngine.dll", signatures, define=request.param)
    parts = compiled(folder / "Streamario.Parts.dll", PARTS.glob("*.cs"), core)
    known = (core, parts, unity)
    package = folder / "Streamario.Unity.dll"
    return [*known, compiled(package, COMPONENT.glob("*.cs"), *known, define=request.param)]


def written(page_name: str, folder: Path) -> list[Path]:
    """A page's scripts as files of a folder."""
    scripts = {folder / f"{i}.cs": text for i, text in enumerate(code(page_name, "csharp"))}
    for script, text in scripts.items():
        script.write_text(text)
    return list(scripts)


@pytest.mark.parametrize("page_name", PAGES)
def test_the_scripts_compile(page_name: str, libraries: list[Path], tmp_path: Path) -> None:
    """All of them in one project."""
    scripts = written(page_name, tmp_path)
    assert scripts
    assert compiled(tmp_path / "Game.dll", scripts, *libraries).exists()


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("page_name", PAGES[:2])
def test_who_follows_the_quick_start_gets_a_trigger(
    page_name: str, version: str, tmp_path: Path
) -> None:
    """Without a server, with the page's scripts; quickstart/ has the clicks."""
    folders = (CORE, PARTS, COMPONENT, EDITOR, SOURCES / "signatures", SOURCES / "quickstart")
    sources = [source for folder in folders for source in folder.glob("*.cs")]
    sources += [SOURCES / "scenarios" / f"{name}.cs" for name in ("Scenario", "Scenes", "Stage")]
    sources += [SOURCES / "game" / "ContractJson.cs", *written(page_name, tmp_path)]
    define = f"UNITY_EDITOR;{version}"
    target = compiled(tmp_path / "followed.exe", sources, SERIALISER, define=define)
    result = subprocess.run(run_command(target), check=True, capture_output=True, text=True)
    assert [line.split()[0] for line in result.stdout.splitlines()] == ["ok"], result.stdout
    window = "".join(path.read_text(encoding="utf-8") for path in EDITOR.glob("*.cs"))
    buttons = ("Without a server", "Start a round", "Let the crowd come", "Start a server")
    for clicked in buttons:
        assert f'"{clicked}' in window
        assert f"*{clicked}" in (DOCS / page_name).read_text(encoding="utf-8")


def test_no_document_has_scripts_that_are_not_compiled() -> None:
    pages = [*DOCS.glob("*.md"), *ROOT.glob("*.md"), *ROOT.glob("clients/**/*.md")]
    showing = {page for page in pages if "```csharp" in page.read_text(encoding="utf-8")}
    compiled_ones = {(DOCS / page).resolve() for page in PAGES} | {
        ROOT / name for name in ELSEWHERE
    }
    assert showing == compiled_ones


def side(page_name: str, sign: str) -> str:
    """The script before (-) or after (+) the change that a page shows."""
    (change,) = code(page_name, "diff")
    return "".join(line[1:] for line in change.splitlines(keepends=True) if line[0] in f"{sign} \n")


@pytest.mark.parametrize("page_name", MOVING)
def test_the_script_before_and_after_the_move_compile(
    page_name: str, libraries: list[Path], tmp_path: Path
) -> None:
    """One project has both libraries, as while one moves."""
    older = compiled(tmp_path / "NativeWebSocket.dll", (SOURCES / "older").glob("*.cs"))
    for name, sign in (("Old", "-"), ("New", "+")):
        script = tmp_path / f"{name}.cs"
        script.write_text(side(page_name, sign))
        assert compiled(tmp_path / f"{name}.dll", [script], *libraries, older).exists()
    assert "NativeWebSocket" in side(page_name, "-")
    assert "NativeWebSocket" not in side(page_name, "+")


@pytest.mark.parametrize("page_name", MOVING)
def test_each_known_complaint_names_a_test_that_exists_or_says_that_it_was_not_tried(
    page_name: str,
) -> None:
    text = (DOCS / page_name).read_text(encoding="utf-8")
    rows = [
        row.split(" | ")[-1] for row in text.splitlines() if row.startswith("| ") and "](" in row
    ]
    complaints = [
        row for row in rows if "tests/" in row or any(words in row for words in NOT_TRIED)
    ]
    assert len(complaints) == 12
    for name, path in re.findall(r"\[`(\w+)`\]\((\S+?)\)", text):
        assert name in (DOCS / path).read_text(encoding="utf-8"), name
    assert len(re.findall(r"\[`\w+`\]\(", text)) >= 12


@pytest.mark.parametrize("page_name", PACKAGE_PAGES)
def test_the_git_url_of_a_version_has_the_tag_that_openupm_reads(page_name: str) -> None:
    manifest = json.loads((PACKAGE / "package.json").read_text(encoding="utf-8"))
    text = (DOCS / page_name).read_text(encoding="utf-8")
    assert f".git?path=/clients/unity#{manifest['name']}/{manifest['version']}`" in text
    assert f"`gitTagPrefix: {manifest['name']}/`" in text


def test_what_builds_players_in_unity_compiles(libraries: list[Path], tmp_path: Path) -> None:
    """Against the signatures: the project of .github/workflows/unity.yml."""
    scripts = (SOURCES / "project" / "Assets" / "Editor").glob("*.cs")
    assert compiled(tmp_path / "Editor.dll", scripts, *libraries).exists()
