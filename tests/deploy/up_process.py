"""A `streamario up` that a test has started, its processes, and their presses."""

import os
import re
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import httpx


@dataclass
class Up:
    """A started `streamario up`, leader of its own process group, and its output so far."""

    process: subprocess.Popen[str]
    data_dir: Path
    port: int
    unity_ws_port: int
    output: str = ""

    def reads_until(self, text: str) -> "Up":
        """Read its output up to the line that contains `text`."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.output += line
            if text in line:
                return self
        raise AssertionError(f"it ended without {text!r}: {self.output}{self.errors()}")

    def logs_until(self, text: str, times: int = 1) -> str:
        """Read its log until that many lines contain `text`; return what was read."""
        assert self.process.stderr is not None
        read = ""
        for line in self.process.stderr:
            read += line
            if read.count(text) == times:
                return read
        raise AssertionError(f"it ended without {text!r}: {read}")

    def is_ready(self) -> "Up":
        """Read until it has printed the next steps."""
        return self.reads_until("simulate")

    def errors(self) -> str:
        """Return what it wrote to standard error; call this after its end."""
        assert self.process.stderr is not None
        return self.process.stderr.read()

    def status(self) -> int:
        """Its exit status, once it has ended."""
        return self.process.wait()

    def services(self, part: str = "") -> list[int]:
        """Return the processes of its services whose function's name contains `part`."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        commands = {int(pid): command_of(int(pid)) for pid in children.read_text().split()}
        return [
            pid
            for pid, command in commands.items()
            if b"deploy.children" in command and part.encode() in command[-1]
        ]


def until(holds: Callable[[], bool]) -> None:
    """Wait for a condition."""
    while not holds():
        time.sleep(0.02)


def left_running(data_dir: Path) -> list[int]:
    """Return the processes with the folder in their command line, or as working or home folder."""
    return [int(entry.name) for entry in Path("/proc").glob("[0-9]*") if belongs(entry, data_dir)]


def owners_of(pids: list[int]) -> set[int]:
    """Return the users that run these processes; PostgreSQL's workers may have ended meanwhile."""
    owners = set()
    for pid in pids:
        with suppress(FileNotFoundError):
            owners.add(Path(f"/proc/{pid}").stat().st_uid)
    return owners


def belongs(process: Path, data_dir: Path) -> bool:
    """Return whether a process, given by its folder in /proc, uses a data folder."""
    try:
        command = (process / "cmdline").read_bytes()
        where = str((process / "cwd").readlink())
        variables = (process / "environ").read_bytes()
    except OSError:
        return False
    folder = os.fsencode(data_dir)
    is_home = b"\0HOME=" + folder in b"\0" + variables
    return folder in command or where.startswith(str(data_dir)) or is_home


def command_of(pid: int) -> list[bytes]:
    """Return a process's command line; an empty one if the process has ended."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().rstrip(b"\0").split(b"\0")
    except (FileNotFoundError, ProcessLookupError):
        return []


def none_runs(services: list[int]) -> bool:
    """Return whether all these processes of services have ended."""
    return not any(b"deploy.children" in command_of(pid) for pid in services)


def processes_named(name: str, data_dir: Path) -> list[int]:
    """Return the data folder's processes whose program's path contains `name`."""
    commands = {pid: command_of(pid) for pid in left_running(data_dir)}
    return [pid for pid, command in commands.items() if name.encode() in b"".join(command[:1])]


def client_of_another_process(up: Up) -> httpx.Client:
    """Return a client whose connection the kernel gave to a process that saw no press yet."""
    while True:
        client = httpx.Client(base_url=f"http://127.0.0.1:{up.port}")
        if presses_of_process(client) == 0:
            return client
        client.close()


def press(client: httpx.Client, room_id: str) -> int:
    """Press a button once as a new viewer; return how many presses the button has then."""
    viewer = client.post("/api/viewers", json={}).json()["viewer_id"]
    body = {"viewer_id": viewer, "event_type": "skill1"}
    answer = client.post(f"/api/rooms/{room_id}/events", json=body)
    assert answer.status_code == 200, answer.text
    counts = {button["event_type"]: button["current_count"] for button in answer.json()["stats"]}
    return int(counts["skill1"])


def presses_of_process(client: httpx.Client) -> int:
    """Return how many presses the process at the other end has accepted."""
    metrics = client.get("/metrics").text
    found = re.search(r"^streamario_presses_accepted_total (\S+)$", metrics, re.MULTILINE)
    assert found is not None
    return int(float(found[1]))
