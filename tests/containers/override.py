"""The Compose file that a machine needs whose limit of open files is low and cannot be raised."""

from pathlib import Path

import msgspec
import yaml

from tests.containers.engine import ROOT
from tests.containers.machine import WANTED_FILES


def write_override(folder: Path, files: int) -> Path | None:
    """Write the file for a limit of this many open files, if it is needed, and return its path."""
    if files >= WANTED_FILES:
        return None
    services = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"]
    limited = [name for name, service in services.items() if "ulimits" in service]
    path = folder / "open-files.yaml"
    path.write_bytes(msgspec.json.encode({"services": override(limited, files)}))
    return path


def override(limited: list[str], files: int) -> dict[str, dict[str, dict[str, int | str]]]:
    """Return what those services are given instead; HAProxy also accepts fewer connections.

    HAProxy needs two files for each connection, and 100 besides.
    """
    changed: dict[str, dict[str, dict[str, int | str]]] = {
        name: {"ulimits": {"nofile": files}} for name in limited
    }
    changed["haproxy"]["environment"] = {"MAX_CONNECTIONS": str((files - 100) // 2)}
    return changed
