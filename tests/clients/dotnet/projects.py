"""The files of the .NET package and of its samples."""

from pathlib import Path

from tests.clients.unity.compiling import CORE

SOURCES = Path(__file__).parent
STUBS = SOURCES / "stubs"
DOTNET = Path(__file__).parents[3] / "clients" / "dotnet"
PROJECT = DOTNET / "Streamario.Core" / "Streamario.Core.csproj"
LIBRARY = [*sorted(CORE.glob("*.cs")), *sorted(PROJECT.parent.glob("*.cs"))]


def sample(name: str) -> list[Path]:
    """The sources of a sample."""
    return sorted((DOTNET / "samples" / name).glob("*.cs"))
