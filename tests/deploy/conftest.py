"""A function that starts `streamario up` as a real process."""

import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from tests.deploy.command_line import TINY_PAIR, environment, own_ports
from tests.deploy.tunnel_providers import Cloudflared, Sshd
from tests.deploy.up_process import Up, left_running, until


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def start(data_dir: Path, tmp_path: Path) -> Iterator[Callable[..., Up]]:
    """A function that starts `streamario up` on the data folder; at the end all are killed."""
    started: list[Up] = []

    def start(
        *prefix: str,
        program: Sequence[str] = (str(TINY_PAIR),),
        options: Sequence[str] = (),
        **variables: str,
    ) -> Up:
        told = environment(**{**own_ports(), "DATA_DIR": str(data_dir), **variables})
        process = subprocess.Popen(
            [*prefix, sys.executable, *program, "up", *options],
            cwd=tmp_path,
            env=told,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        ports = int(told["PORT"]), int(told["UNITY_WS_PORT"])
        started.append(Up(process, Path(told["DATA_DIR"]), *ports))
        return started[-1]

    yield start
    for up in started:
        up.process.kill()
        up.process.communicate()
    until(lambda: not any(left_running(up.data_dir) for up in started))


@pytest.fixture
def sshd(tmp_path: Path) -> Iterator[Sshd]:
    """Debian's sshd, which a `streamario up` with its PATH takes for localhost.run."""
    folder = tmp_path / "sshd"
    folder.mkdir()
    provider = Sshd(folder)
    yield provider
    provider.close()


@pytest.fixture
def cloudflared(tmp_path: Path) -> Cloudflared:
    """A folder for PATH with a program that speaks as cloudflared."""
    folder = tmp_path / "cloudflare"
    folder.mkdir()
    return Cloudflared(folder)
