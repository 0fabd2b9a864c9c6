"""Stand-ins for the services that lead from the internet to a machine, which tests cannot reach.

In place of localhost.run: Debian's sshd, whose remote forwarding is the same. In place of
Cloudflare's: a program named `cloudflared`. What they print is as theirs. The public URL leads to
`public_port` on this machine, which a file names, so that a test can change it.
"""

import getpass
import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.conftest import free_ports
from tests.deploy.up_process import left_running, until
from tests.programs import program

CLOUDFLARED: Final = Path(__file__).with_name("cloudflared_stand_in.py")
SSHD_CONFIG: Final = """
Port {port}
ListenAddress 127.0.0.1
HostKey {folder}/host_key
AuthorizedKeysFile {folder}/user_key.pub
PidFile none
StrictModes no
UsePAM no
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin yes
AllowTcpForwarding remote
ForceCommand exec {folder}/announce
"""
# Prints what localhost.run prints, and ends with the connection.
ANNOUNCE: Final = """#!/bin/sh
port=$(cat {folder}/public_port)
echo "** your connection id is 1, please mention it if you send me a message about an issue. **"
echo "$port.lhr.life tunneled with tls termination, http://127.0.0.1:$port"
echo "see https://localhost.run/docs/forever-free/ for more information."
exec tail --pid=$PPID -f /dev/null
"""
# The real ssh, which connects to our sshd, with a real port in place of 80, and notices a frozen
# connection sooner: of each option, the first one holds.
SSH: Final = """#!/bin/sh
for part; do
    shift
    case $part in 80:*) part="$(cat {folder}/public_port):${{part#80:}}" ;; esac
    set -- "$@" "$part"
done
exec {ssh} -p {port} -o HostName=127.0.0.1 -o User={user} -o ServerAliveInterval=1 \\
    -i {folder}/user_key "$@"
"""


@dataclass
class TunnelStandIn:
    """A folder for PATH with the stand-in's program, and what is beside it."""

    name: str  # for --public-via
    folder: Path

    @property
    def path(self) -> str:
        """PATH, with the stand-in first."""
        return f"{self.folder / 'bin'}:{os.environ['PATH']}"

    @property
    def url(self) -> str:
        """The public URL."""
        return f"http://127.0.0.1:{(self.folder / 'public_port').read_text()}"

    def moves(self) -> str:
        """Give the next tunnel another URL; return it."""
        (port,) = free_ports(1)
        (self.folder / "public_port").write_text(str(port))
        return self.url

    def programs(self) -> list[int]:
        """Return the processes of the tunnel's program."""
        return [pid for pid in left_running(self.folder) if not _is_sshd(pid)]

    def install(self, name: str, text: str) -> None:
        """Write an executable script."""
        script = self.folder / name
        script.parent.mkdir(exist_ok=True)
        script.write_text(text)
        script.chmod(0o755)

    def refuse(self) -> None:
        """Let no tunnel be opened."""
        raise NotImplementedError

    def accept(self) -> None:
        """Let tunnels be opened again."""
        raise NotImplementedError


class Cloudflared(TunnelStandIn):
    """A program that speaks cloudflared's output, and forwards bytes."""

    def __init__(self, folder: Path) -> None:
        super().__init__("cloudflared", folder)
        self.install(
            "bin/cloudflared", f'#!/bin/sh\nexec {sys.executable} -I {CLOUDFLARED} {folder} "$@"\n'
        )
        self.moves()

    def refuse(self) -> None:
        (self.folder / "refuses").touch()

    def accept(self) -> None:
        (self.folder / "refuses").unlink()


class Sshd(TunnelStandIn):
    """Debian's sshd in place of localhost.run."""

    def __init__(self, folder: Path) -> None:
        super().__init__("localhost.run", folder)
        self._sshd = program("sshd")
        (port,) = free_ports(1)
        names = {"folder": folder, "port": port, "user": getpass.getuser()}
        for key in ("host_key", "user_key"):
            made = (program("ssh-keygen"), "-q", "-t", "ed25519", "-N", "", "-f", str(folder / key))
            subprocess.run(made, check=True)
        (folder / "config").write_text(SSHD_CONFIG.format(**names))
        self.install("announce", ANNOUNCE.format(**names))
        self.install("bin/ssh", SSH.format(ssh=program("ssh"), **names))
        if os.getuid() == 0:
            Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)  # sshd insists on it
        self.moves()
        self.start()

    def start(self) -> None:
        """Let it listen."""
        command = (self._sshd, "-D", "-e", "-f", str(self.folder / "config"))
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(command, stderr=log)

    def stop(self) -> None:
        """End it with its connections, as if the network were gone."""
        for pid in (*self.connections(), self._process.pid):
            os.kill(pid, signal.SIGKILL)
        self._process.wait()

    def connections(self) -> list[int]:
        """Return the processes of its connections, which have their own."""
        found: list[int] = []
        parents = [self._process.pid]
        while parents:
            parent = parents.pop()
            children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
            found += map(int, children)
            parents += map(int, children)
        return found

    def refuse(self) -> None:
        (self.folder / "user_key.pub").rename(self.folder / "unknown.pub")

    def accept(self) -> None:
        (self.folder / "unknown.pub").rename(self.folder / "user_key.pub")

    def close(self) -> None:
        """End it, and what its connections run."""
        self.stop()
        until(lambda: not left_running(self.folder))


def _is_sshd(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/comm").read_text().startswith("sshd")
    except OSError:
        return True
