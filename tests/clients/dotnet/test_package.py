"""The .NET package: its project file, its JSON and its store."""

import json
import re
import subprocess
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from tests.clients.dotnet.projects import DOTNET, LIBRARY, PROJECT, SOURCES, STUBS, sample
from tests.clients.unity.compiling import CORE, PACKAGE, SERIALISER, compiled, run_command
from tests.clients.unity.compiling import SOURCES as UNITY

SCENARIOS = SOURCES / "scenarios"
AROUND = """
using System.Collections.Generic;
using Streamario;
static class Settings { static void Change(GameClient game) { CODE } }
"""


def project(path: Path) -> ET.Element:
    return ET.parse(path).getroot()


def property_of(tag: str) -> str | None:
    return project(PROJECT).findtext(f"PropertyGroup/{tag}")


def test_the_project_compiles_the_sources_of_the_unity_package_and_depends_on_nothing() -> None:
    included = [item.get("Include", "") for item in project(PROJECT).iter("Compile")]
    files = {path.resolve() for pattern in included for path in PROJECT.parent.glob(pattern)}
    assert files == set(CORE.glob("*.cs"))
    assert not list(project(PROJECT).iter("PackageReference"))
    assert property_of("TargetFramework") == "netstandard2.1"
    assert property_of("LangVersion") == "7"


def test_the_package_has_the_version_and_the_licence_of_the_unity_package() -> None:
    manifest = json.loads((PACKAGE / "package.json").read_text(encoding="utf-8"))
    assert property_of("PackageId") == "Streamario.Core"
    assert property_of("Version") == manifest["version"]
    assert property_of("PackageLicenseExpression") == manifest["license"]
    assert property_of("Authors") == manifest["author"]["name"]
    packed = [item for item in project(PROJECT).iter("None") if item.get("Pack") == "true"]
    # Its target WriteReadme makes it of the page.
    assert [item.get("Include") for item in packed] == ["$(IntermediateOutputPath)README.md"]
    assert property_of("PackageReadmeFile") == "README.md"
    assert (
        property_of("Copyright")
        == (DOTNET.parents[1] / "LICENSE").read_text("utf-8").splitlines()[2]
    )


@pytest.mark.parametrize("path", sorted(DOTNET.glob("samples/*/*.csproj")), ids=lambda p: p.stem)
def test_a_samples_project_refers_to_the_package(path: Path) -> None:
    referred = [item.get("Include", "") for item in project(path).iter("ProjectReference")]
    assert [(path.parent / target).resolve() for target in referred] == [PROJECT]


@pytest.mark.parametrize("name", ["Godot", "MonoGame"])
def test_an_engines_sample_compiles_against_the_engine(tmp_path: Path, name: str) -> None:
    """Against the signatures of what it uses: the engines are not here."""
    core = compiled(tmp_path / "Streamario.Core.dll", LIBRARY)
    sources = [*sample(name), STUBS / f"{name}.cs"]
    assert compiled(tmp_path / "Sample.dll", sources, core).exists()


def test_the_files_that_godots_project_names_are_there() -> None:
    folder = DOTNET / "samples" / "Godot"
    named = [
        name
        for path in (folder / "project.godot", folder / "Fireworks.tscn")
        for name in re.findall(r"res://([\w.]+)", path.read_text(encoding="utf-8"))
    ]
    assert len(named) == 3
    assert all((folder / name).exists() for name in named)
    (assembly,) = re.findall(
        r'assembly_name="(\w+)"', (folder / "project.godot").read_text("utf-8")
    )
    assert (folder / f"{assembly}.csproj").exists()


def test_every_scenario_holds(tmp_path: Path) -> None:
    """JSON in both directions, and the file that keeps a room: see scenarios/."""
    helpers = [UNITY / "scenarios" / "Scenario.cs", UNITY / "game" / "ContractJson.cs"]
    written = list(SCENARIOS.glob("*.cs"))
    target = compiled(tmp_path / "scenarios.exe", [*LIBRARY, *helpers, *written], SERIALISER)
    result = subprocess.run(run_command(target), check=True, capture_output=True, text=True)
    outcomes = result.stdout.splitlines()
    failed = [line for line in outcomes if not line.startswith("ok ")]
    assert not failed, "\n".join(failed)
    count = sum(path.read_text("utf-8").count("        public static void ") for path in written)
    assert len(outcomes) == count > 10


@pytest.mark.parametrize("name", ["README.md", "README.ja.md"])
def test_the_code_of_the_readme_compiles(tmp_path: Path, name: str) -> None:
    text = (DOTNET / name).read_text(encoding="utf-8")
    program_, settings = re.findall(r"^```csharp\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    (tmp_path / "Program.cs").write_text(program_)
    (tmp_path / "Settings.cs").write_text(AROUND.replace("CODE", settings))
    core = compiled(tmp_path / "Streamario.Core.dll", LIBRARY)
    for source in ("Program.cs", "Settings.cs"):
        assert compiled(tmp_path / f"{source}.dll", [tmp_path / source], core).exists()
