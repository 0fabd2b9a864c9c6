"""The server that the editor window starts: the real `streamario up`, and programs that fail."""

import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.clients.dotnet.projects import PROJECT
from tests.clients.unity.compiling import CORE, EDITOR, PARTS, SOURCES, compiled, run_command
from tests.conftest import free_ports
from tests.deploy.up_process import left_running, until

ROOT = Path(__file__).parents[3]
RUNTIME = ("DOTNET", "LD_")  # variables that a .NET of one's own may need
UP = f"""#!/bin/sh
exec '{sys.executable}' -m deploy "$@"
"""
WHERE = """#!/bin/sh
echo "$1 in $PWD"
"""
WSL = """#!/bin/sh
echo "$WSLENV" >"$HOME/passed"
[ "$1" = -e ] && shift && exec "$@"
"""


class Editor:
    """The editor as a process; its server is given by the folder that would be its clone's."""

    def __init__(self, process: subprocess.Popen[str], home: Path, log: Path) -> None:
        self.process = process
        self.clone = home / "clone"
        self.log = log

    def start(self, command: str = "") -> None:
        """Click *Start a server*."""
        self.obey(f"start\t{self.clone}\t{command}")

    def obey(self, line: str) -> None:
        """Send a command."""
        assert self.process.stdin is not None
        self.process.stdin.write(f"{line}\n")
        self.process.stdin.flush()

    def shows(self, text: str) -> str:
        """Return the first line from here on that contains the text."""
        assert self.process.stdout is not None
        passed = []
        for line in self.process.stdout:
            if text in line:
                return line
            passed.append(line)
        raise AssertionError(f"it ended without {text!r}: {passed}")

    @property
    def server(self) -> int:
        """The id of the process that it has started last."""
        until(lambda: self.log.exists() and "\n" in self.log.read_text())
        return int(self.log.read_text().split()[1])


@pytest.fixture(scope="module")
def executable(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The editor, as far as it has to do with a server."""
    folders = (CORE, PARTS, PROJECT.parent, SOURCES / "server")
    sources = [source for folder in folders for source in folder.glob("*.cs")]
    target = tmp_path_factory.mktemp("server") / "editor.exe"
    return compiled(target, [*sources, EDITOR / "ServerProcess.cs"])


@pytest.fixture
def port() -> int:
    """The API's port of a real server."""
    return free_ports(1)[0]


@pytest.fixture
def opened(executable: Path, tmp_path: Path, port: int) -> Iterator[Callable[..., Editor]]:
    """A function that starts editors, on "linux" or "windows"; they are killed at the end."""
    editors: list[Editor] = []

    def opened(system: str = "linux", log: Path = tmp_path / "Logs" / "streamario.log") -> Editor:
        runtime = {name: os.environ[name] for name in os.environ if name.startswith(RUNTIME)}
        variables = {
            **runtime,
            "PATH": f"{tmp_path / 'bin'}:/usr/bin:/bin",
            "HOME": str(tmp_path),
            "PYTHONPATH": str(ROOT),
            "HOST": "127.0.0.1",
            "PORT": str(port),
            "UNITY_WS_PORT": str(free_ports(1)[0]),
        }
        process = subprocess.Popen(
            [*run_command(executable), str(log), f"http://127.0.0.1:{port}", system],
            env=variables,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        editors.append(Editor(process, tmp_path, log))
        return editors[-1]

    yield opened
    for editor in editors:
        editor.process.kill()
        editor.process.communicate()
    for pid in left_running(tmp_path / "clone"):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGTERM)
    until(lambda: not left_running(tmp_path / "clone"))


def write(path: Path, script: str) -> None:
    """Write a program."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(script)
    path.chmod(0o755)


def test_a_real_server_is_found_outlives_a_recompile_and_stops_whole(
    opened: Callable[..., Editor],
) -> None:
    """The clone's data is that of `make run` there."""
    editor = opened()
    write(editor.clone / ".venv/bin/streamario", UP)
    editor.start()
    editor.shows("running, found")
    assert (editor.clone / ".streamario" / "secret").exists()
    editor.obey("recompile")
    editor.shows("loaded")
    editor.shows("running, found")
    editor.obey("stop")
    editor.shows("stopping")
    editor.shows("none")
    assert "Stopping ..." in editor.log.read_text()
    until(lambda: not left_running(editor.clone))


@pytest.mark.parametrize("end", ["quit", "crash"])
def test_an_editor_that_ends_leaves_no_server(opened: Callable[..., Editor], end: str) -> None:
    editor = opened()
    write(editor.clone / ".venv/bin/streamario", UP)
    editor.start()
    editor.shows("running, found")
    if end == "quit":
        editor.obey("quit")
    else:
        editor.process.kill()
    editor.process.wait()
    until(lambda: not left_running(editor.clone))
    assert "Stopping ..." in editor.log.read_text()


def test_stopped_while_it_starts_it_leaves_nothing(opened: Callable[..., Editor]) -> None:
    editor = opened()
    write(editor.clone / ".venv/bin/streamario", UP)
    editor.start()
    until((editor.clone / ".streamario").exists)
    editor.obey("stop")
    editor.shows("none")
    until(lambda: not left_running(editor.clone))


def test_a_port_that_is_taken_is_shown(opened: Callable[..., Editor], port: int) -> None:
    editor = opened()
    write(editor.clone / ".venv/bin/streamario", UP)
    with socket.create_server(("127.0.0.1", port)):
        editor.start()
        shown = editor.shows("problem")
    assert f"PORT: port {port} is in use" in shown
    assert str(editor.log) in shown


def test_a_server_that_dies_while_scripts_compile_is_missed(opened: Callable[..., Editor]) -> None:
    editor = opened()
    editor.start("sh -c 'echo its last; exec sleep 600'")
    server = editor.server
    until(lambda: "its last\n" in editor.log.read_text())
    editor.process.send_signal(signal.SIGSTOP)
    os.kill(server, signal.SIGKILL)
    editor.obey("recompile")
    editor.process.send_signal(signal.SIGCONT)
    editor.shows("loaded")
    assert "its last|" in editor.shows("problem: The server has ended:")


def test_a_program_that_is_missing_is_named_and_found_once_it_is_installed(
    opened: Callable[..., Editor], tmp_path: Path
) -> None:
    """On PATH, as pipx and uv install it; then its data is in the home folder."""
    editor = opened()
    editor.start()
    assert "streamario was not found" in editor.shows("problem")
    for folder in (tmp_path / ".local/bin", tmp_path / "streamario/.venv/bin", tmp_path / "bin"):
        write(folder / "streamario", WHERE)
        editor.start()
        place = tmp_path / "streamario" if "streamario" in folder.parts else tmp_path
        assert f"|up in {place}|" in editor.shows("problem")
        shutil.rmtree(folder)


@pytest.mark.parametrize(
    ("command", "printed"),
    [
        ("NAME='a  b' sh -c 'echo \"$NAME\"'", "|a  b|"),
        ("echo ~/x", "/x|"),
        ("false", "|env false|"),
        ("nothing-such up", "nothing-such"),
        ("sh 'unclosed", "nterminated"),
    ],
)
def test_a_command_of_ones_own_is_read_as_by_a_shell(
    opened: Callable[..., Editor], command: str, printed: str
) -> None:
    editor = opened()
    editor.start(command)
    assert printed in editor.shows("problem")


def test_on_windows_it_runs_in_wsl(opened: Callable[..., Editor], tmp_path: Path) -> None:
    """WSL passes on, and translates, what WSLENV names; here a program stands in for it."""
    write(tmp_path / "bin" / "wsl.exe", WSL)
    editor = opened("windows")
    editor.start("sleep 600")
    server = editor.server
    editor.obey("stop")
    editor.shows("none")
    assert not Path(f"/proc/{server}").exists()
    passed = (tmp_path / "passed").read_text().strip()
    assert passed == ":STREAMARIO_LOG/p:STREAMARIO_CLONE/p:STREAMARIO_COMMAND"


def test_without_wsl_or_a_file_for_the_log_it_says_so(
    opened: Callable[..., Editor], tmp_path: Path
) -> None:
    windows = opened("windows")
    windows.start()
    windows.shows("problem: The server could not be started with wsl.exe")
    (tmp_path / "file").write_text("")
    linux = opened(log=tmp_path / "file" / "streamario.log")
    linux.start()
    assert "file" in linux.shows("problem: The server could not be started with")
