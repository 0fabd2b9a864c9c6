"""The .NET package and its console sample, built from their own project files. Needs DOTNET."""

import os
import shutil
import subprocess
from pathlib import Path
from typing import Final

from tests.clients.dotnet.projects import DOTNET
from tests.clients.unity.compiling import ALONE, CORE, SDK, framework

SAMPLE: Final = "ConsoleGame"
REFERRING: Final = """<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup>
    <OutputType>Exe</OutputType>
    <TargetFramework>{framework}</TargetFramework>
  </PropertyGroup>
  <ItemGroup>
    <PackageReference Include="Streamario.Core" Version="*" />
  </ItemGroup>
</Project>
"""
# No other source of packages, and no copy of this version from an earlier run.
OFFLINE: Final = """<configuration>
  <config><add key="globalPackagesFolder" value="packages" /></config>
  <packageSources><clear /><add key="local" value="{feed}" /></packageSources>
</configuration>
"""


def packed(folder: Path) -> Path:
    """Pack the package as a release does; return the folder that holds it."""
    project = copied(folder) / "Streamario.Core"
    run("pack", project, "-c", "Release", "-o", str(folder / "feed"))
    return folder / "feed"


def sample_from_project(folder: Path) -> Path:
    """The console sample, which refers to the package's project."""
    sample = copied(folder) / "samples" / "Console"
    project = sample / f"{SAMPLE}.csproj"
    project.write_text(project.read_text("utf-8").replace("net8.0", framework()), "utf-8")
    return built(sample)


def sample_from_package(folder: Path) -> Path:
    """The console sample's source in a project that refers to the package in a local feed."""
    sample = folder / SAMPLE
    sample.mkdir()
    (sample / "nuget.config").write_text(OFFLINE.format(feed=packed(folder)))
    (sample / f"{SAMPLE}.csproj").write_text(REFERRING.format(framework=framework()))
    shutil.copy(DOTNET / "samples" / "Console" / "Program.cs", sample)
    return built(sample)


def built(sample: Path) -> Path:
    run("build", sample, "-o", str(sample / "out"))
    return sample / "out" / f"{SAMPLE}.dll"


def copied(folder: Path) -> Path:
    """The .NET client in a folder of its own, with the sources that it shares; no earlier build."""
    clients = folder / "clients"
    shutil.copytree(DOTNET, clients / "dotnet", ignore=shutil.ignore_patterns("bin", "obj"))
    shutil.copytree(CORE, clients / "unity" / "Runtime" / "Core")
    return clients / "dotnet"


def run(command: str, project: Path, *options: str) -> None:
    """Run a command of the SDK, warnings being errors."""
    environment = {name: value for name, value in os.environ.items() if name != "NUGET_PACKAGES"}
    result = subprocess.run(
        [SDK, command, str(project), "-warnaserror", *options, *ALONE],
        env=environment,
        check=False,
        capture_output=True,
        text=True,
    )
    assert result.returncode == 0, result.stdout + result.stderr
