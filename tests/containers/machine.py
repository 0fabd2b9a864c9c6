"""What a machine must offer before an engine can run on it."""

import os
import re
import resource
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

import msgspec
import yaml

COMPOSE: Final = Path(__file__).parents[2] / "compose.yaml"
# How the engine is kept apart: it ends with its first process, and so do its containers.
APART: Final = ("unshare", "--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc")
PROGRAMS: Final = (
    *("docker", "dockerd", "docker-compose", "runc", "slirp4netns", "mmdebstrap"),
    *("curl", "ip", "nsenter", "setpriv", "unshare"),
)
# What root needs of the user: how pip and apt reach the network, and whether this is CI.
KEPT: Final = re.compile(r"CI|HOME|LANG|PATH|PIP_\w+|\w+_proxy", re.IGNORECASE)
WANTED_FILES: Final = 65536  # open files, as compose.yaml allows its containers
CGROUPS: Final = Path("/sys/fs/cgroup")
TUN: Final = Path("/dev/net/tun")


def become_root() -> None:
    """Start this process again as root if sudo needs no password; otherwise return."""
    if os.getuid() == 0 or not shutil.which("sudo"):
        return
    if subprocess.run(("sudo", "-n", "true"), capture_output=True, check=False).returncode == 0:
        kept = [f"{name}={value}" for name, value in os.environ.items() if KEPT.fullmatch(name)]
        # The checkout belongs to its owner: root leaves no compiled modules in it.
        again = ("env", *kept, "PYTHONDONTWRITEBYTECODE=1", *sys.orig_argv)
        os.execvp("sudo", ("sudo", "-n", "--", *again))


def forbids() -> str:
    """Return why no engine can run on this machine, whatever is installed; empty if one can."""
    if sys.platform != "linux":
        return "it needs Linux"
    if os.getuid() != 0:
        return "it needs root, or sudo without a password"
    if not TUN.exists():
        return f"there is no {TUN}"
    if os.statvfs(CGROUPS).f_flag & os.ST_RDONLY:
        return f"{CGROUPS} is read-only"
    return _forbids_namespaces() if shutil.which(APART[0]) else ""


def _forbids_namespaces() -> str:
    tried = subprocess.run((*APART, "true"), capture_output=True, text=True, check=False)
    return tried.stderr.strip() if tried.returncode else ""


def lacks() -> list[str]:
    """Return the programs that are not installed."""
    return [name for name in PROGRAMS if not shutil.which(name)]


def open_files() -> int:
    """Raise this process's limit of open files as far as compose.yaml wants, and return it."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    if most < WANTED_FILES:
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (WANTED_FILES, WANTED_FILES))
        except (ValueError, PermissionError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    return min(WANTED_FILES, resource.getrlimit(resource.RLIMIT_NOFILE)[1])


def write_override(folder: Path, files: int) -> Path | None:
    """Write the file for a limit of this many open files, if it is needed, and return its path."""
    if files >= WANTED_FILES:
        return None
    services = yaml.safe_load(COMPOSE.read_text())["services"]
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
