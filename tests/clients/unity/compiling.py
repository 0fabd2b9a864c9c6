"""C# of the package, and of its tests, compiled with warnings as errors, and run.

With Mono; with the .NET SDK of which the environment variable DOTNET names the program `dotnet`,
if it is set.
"""

import os
import subprocess
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Final

from tests.programs import program

PACKAGE = Path(__file__).parents[3] / "clients" / "unity"
CORE = PACKAGE / "Runtime" / "Core"
PARTS = PACKAGE / "Runtime" / "Parts"
COMPONENT = PACKAGE / "Runtime" / "Unity"
EDITOR = PACKAGE / "Editor"
SOURCES = Path(__file__).parent
SERIALISER = "System.Runtime.Serialization.dll"
SDK: Final = os.environ.get("DOTNET", "")
# No process stays behind a build.
ALONE: Final = ("-nodeReuse:false", "-p:UseSharedCompilation=false")
PROJECT = """<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup>
    <TargetFramework>{framework}</TargetFramework>
    <OutputType>{kind}</OutputType>
    <OutputPath>{folder}</OutputPath>
    <DefineConstants>{define}</DefineConstants>
    <AppendTargetFrameworkToOutputPath>false</AppendTargetFrameworkToOutputPath>
    <EnableDefaultItems>false</EnableDefaultItems>
    <UseAppHost>false</UseAppHost>
    <LangVersion>8</LangVersion>
    <WarningLevel>4</WarningLevel>
    <EnableNETAnalyzers>false</EnableNETAnalyzers>
    <!-- Fields that Unity fills, where it is off, too; and what NetRoomApi says it has to use. -->
    <NoWarn>$(NoWarn);CS0649;SYSLIB0014</NoWarn>
  </PropertyGroup>
  <ItemGroup>{items}</ItemGroup>
</Project>
"""


def compiled(
    target: Path, sources: Iterable[Path], *references: Path | str, define: str = ""
) -> Path:
    """Compile C#, warnings being errors; `target` says whether to a program or a library."""
    by = _by_dotnet if SDK else _by_mono
    command = by(target, sources, references, define)
    result = subprocess.run(command, check=False, capture_output=True, text=True)
    assert result.returncode == 0, result.stdout + result.stderr
    return target


def run_command(target: Path) -> list[str]:
    """The command that runs a compiled program."""
    if SDK:
        return [SDK, str(target.with_suffix(".dll"))]
    return [program("mono"), "--debug", str(target)]


def _by_mono(
    target: Path, sources: Iterable[Path], references: Iterable[Path | str], define: str
) -> list[str]:
    kind = "exe" if target.suffix == ".exe" else "library"
    arguments = ["-warnaserror", "-warn:4", f"-target:{kind}", f"-out:{target}"]
    arguments += [f"-r:{reference}" for reference in references]
    arguments += [f"-define:{define}"] * bool(define)
    return [program("mcs"), *arguments, *map(str, sources)]


def _by_dotnet(
    target: Path, sources: Iterable[Path], references: Iterable[Path | str], define: str
) -> list[str]:
    items = [f'<Compile Include="{source}" />' for source in sources]
    # Its own parts an SDK knows.
    items += [
        f'<Reference Include="{reference}" Private="false" />'
        for reference in references
        if isinstance(reference, Path)
    ]
    project = target.parent / f"{target.stem}.project" / f"{target.stem}.csproj"
    project.parent.mkdir(exist_ok=True)
    project.write_text(
        PROJECT.format(
            framework=framework(),
            kind="Exe" if target.suffix == ".exe" else "Library",
            folder=target.parent,
            define=define,
            items="".join(items),
        ),
        encoding="utf-8",
    )
    return [SDK, "build", str(project), "-warnaserror", *ALONE]


@cache
def framework() -> str:
    """The newest framework of the SDK."""
    told = subprocess.run([SDK, "--version"], check=True, capture_output=True, text=True)
    major, minor, *_ = told.stdout.split(".")
    return f"net{'coreapp' * (int(major) < 5)}{major}.{minor}"
