"""C# of the package, and of its tests, compiled with warnings as errors."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from tests.programs import program

if TYPE_CHECKING:
    from collections.abc import Iterable

PACKAGE = Path(__file__).parents[3] / "clients" / "unity"
CORE = PACKAGE / "Runtime" / "Core"
PARTS = PACKAGE / "Runtime" / "Parts"
COMPONENT = PACKAGE / "Runtime" / "Unity"
EDITOR = PACKAGE / "Editor"
SOURCES = Path(__file__).parent
SERIALISER = "System.Runtime.Serialization.dll"


def compiled(
    target: Path, sources: Iterable[Path], *references: Path | str, define: str = ""
) -> Path:
    """Compile C#, warnings being errors; `target` says whether to a program or a library."""
    kind = "exe" if target.suffix == ".exe" else "library"
    arguments = ["-warnaserror", "-warn:4", f"-target:{kind}", f"-out:{target}"]
    arguments += [f"-r:{reference}" for reference in references]
    arguments += [f"-define:{define}"] * bool(define)
    command = [program("mcs"), *arguments, *map(str, sources)]
    result = subprocess.run(command, check=False, capture_output=True, text=True, timeout=50)
    assert result.returncode == 0, result.stdout + result.stderr
    return target
