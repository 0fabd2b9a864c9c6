"""The scripts of the Unity quick start, and of the package's own page, compile as they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.browser.documents import code
from tests.clients.unity.compiling import COMPONENT, CORE, PARTS, SOURCES, compiled

if TYPE_CHECKING:
    from pathlib import Path

PACKAGE_PAGES = ("../clients/unity/README.md", "../clients/unity/README.ja.md")
PAGES = ("quickstart-unity.md", "quickstart-unity.ja.md", *PACKAGE_PAGES)


@pytest.fixture(scope="module")
def libraries(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """The package, and Unity's signatures."""
    folder = tmp_path_factory.mktemp("unity")
    core = compiled(folder / "Streamario.Core.dll", CORE.glob("*.cs"))
    unity = compiled(folder / "UnityEngine.dll", (SOURCES / "signatures").glob("*.cs"))
    parts = compiled(folder / "Streamario.Parts.dll", PARTS.glob("*.cs"), core)
    package = compiled(folder / "Streamario.Unity.dll", COMPONENT.glob("*.cs"), core, parts, unity)
    return [core, parts, unity, package]


@pytest.mark.parametrize("page_name", PAGES)
def test_the_scripts_compile(page_name: str, libraries: list[Path], tmp_path: Path) -> None:
    """All of them in one project."""
    scripts = [tmp_path / f"{number}.cs" for number, _ in enumerate(code(page_name, "csharp"))]
    for script, text in zip(scripts, code(page_name, "csharp"), strict=True):
        script.write_text(text)
    assert scripts
    assert compiled(tmp_path / "Game.dll", scripts, *libraries).exists()
