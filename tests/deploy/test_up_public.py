"""`streamario up --public`: what it says and asks, what it refuses, and what comes through it."""

import os
import pty
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from tests.deploy.command_line import TINY_PAIR, environment, finished, own_ports
from tests.deploy.tunnel_providers import Cloudflared, Sshd
from tests.deploy.up_process import Up, until
from tests.flow.fleet import COMMAND

REFUSED = 2
REAL = ("-c", COMMAND)
PUBLIC = ("--public", "--yes")


def test_rooms_are_at_the_public_link_once_it_is_open(start: Callable[..., Up], sshd: Sshd) -> None:
    """After what the provider states; pages come through it, and every process learns it."""
    up = start(
        program=REAL,
        options=("--apis", "2", *PUBLIC, "--public-via", sshd.name, "--public-addresses", "70"),
        PATH=sshd.path,
    )
    said = up.is_ready().reads_until(f"Public link: {sshd.url}\n").output
    assert said.startswith("Free tunnels of localhost.run are slowed down, and their URL changes")
    assert "all viewers share the limits of 70 IP addresses (--public-addresses)." in said
    assert httpx.get(f"{sshd.url}/console").status_code == 200
    assert httpx.post(f"{sshd.url}/api/rooms", json={}).status_code == 404

    rooms = f"http://127.0.0.1:{up.port}/api/rooms"
    room_id = httpx.post(rooms, json={}).json()["room_id"]
    invitation = {
        "url": f"{sshd.url}/play/{room_id}",
        "reach": "anywhere",
        "lasts": False,
        "handle": None,
    }

    def is_known_everywhere() -> bool:
        # Each on a connection of its own, so that both processes answer.
        asked = [httpx.get(f"{rooms}/{room_id}").json()["invitation"] for _ in range(8)]
        return all(each == invitation for each in asked)

    until(is_known_everywhere)


def test_services_may_listen_on_one_address_of_the_machine(
    start: Callable[..., Up], cloudflared: Cloudflared
) -> None:
    """The front finds them where `HOST` says."""
    up = start(program=REAL, options=PUBLIC, PATH=cloudflared.path, HOST="127.0.0.2").is_ready()
    up.reads_until(f"Public link: {cloudflared.url}\n")
    assert httpx.get(f"{cloudflared.url}/console").status_code == 200


def test_it_speaks_japanese(start: Callable[..., Up], cloudflared: Cloudflared) -> None:
    """And takes cloudflared where that is installed."""
    up = start(options=PUBLIC, PATH=cloudflared.path, LANG="ja_JP.UTF-8")
    up.reads_until(f"公開リンク：{cloudflared.url}\n")
    assert up.output.startswith("Cloudflare のクイックトンネルは試用のためのものです。")
    assert "--public-addresses" not in up.output


@pytest.mark.parametrize("variable", ["PUBLIC_API_URL", "PUBLIC_WS_URL", "WEB_URL"])
def test_a_second_public_url_is_refused(
    tmp_path: Path, cloudflared: Cloudflared, variable: str
) -> None:
    url = {variable: f"{'wss' if 'WS' in variable else 'https'}://example.com/{{room_id}}"}
    result = asked(tmp_path, subprocess.DEVNULL, "--yes", PATH=cloudflared.path, **url)
    assert result.returncode == REFUSED
    assert result.stderr.startswith(f"streamario: --public: {variable} is set")


def test_without_a_terminal_it_wants_a_word(tmp_path: Path, cloudflared: Cloudflared) -> None:
    """Nothing is started, and the line says which word."""
    result = asked(tmp_path, PATH=cloudflared.path)
    assert result.returncode == REFUSED
    assert result.stderr == (
        "streamario: --public: there is no terminal to ask on; add --yes (make run: YES=1) if you"
        " agree\n"
    )
    assert result.stdout.startswith("Cloudflare's quick tunnels are for tests")
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize("answer", ["\n", "maybe\n"])
def test_on_a_terminal_the_answer_is_no_unless_it_is_yes(
    tmp_path: Path, cloudflared: Cloudflared, answer: str
) -> None:
    ours, theirs = pty.openpty()
    os.write(ours, answer.encode())
    result = asked(tmp_path, theirs, PATH=cloudflared.path)
    os.close(ours)
    assert result.returncode == REFUSED
    assert result.stdout.endswith("Open a public link? [y/N] ")
    assert result.stderr.startswith("streamario: nothing was started")


def test_a_yes_on_the_terminal_opens_it(tmp_path: Path, cloudflared: Cloudflared) -> None:
    """`y` suffices."""
    ours, theirs = pty.openpty()
    os.write(ours, b"y\n")
    variables = environment(**own_ports(), PATH=cloudflared.path, DATA_DIR=str(tmp_path / "data"))
    process = subprocess.Popen(
        [sys.executable, TINY_PAIR, "up", "--public"],
        env=variables,
        cwd=tmp_path,
        stdin=theirs,
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        assert process.stdout is not None
        assert any(line == f"Public link: {cloudflared.url}\n" for line in process.stdout)
        process.terminate()
        process.communicate()
    os.close(ours)
    os.close(theirs)
    assert process.returncode == 0


@pytest.mark.parametrize(
    ("via", "line"),
    [
        ("ngrok", "--public-via: 'ngrok' is neither cloudflared, localhost.run, serveo, pinggy, "),
        ("ngrok http '{port}", '--public-via: "ngrok http \'{port}" is neither cloudflared, '),
        ("/nowhere/tunnel {port}", "--public-via: /nowhere/tunnel is not installed"),
    ],
)
def test_what_is_no_tunnel_is_refused(tmp_path: Path, via: str, line: str) -> None:
    result = asked(tmp_path, subprocess.DEVNULL, "--public-via", via)
    assert result.returncode == REFUSED
    assert result.stderr.startswith(f"streamario: {line}")


def asked(
    folder: Path, terminal: int = subprocess.DEVNULL, /, *options: str, **variables: str
) -> subprocess.CompletedProcess[str]:
    """Run `streamario up --public`, which does not start."""
    return finished(
        [sys.executable, TINY_PAIR, "up", "--public", *options],
        env=environment(**own_ports(), **variables, DATA_DIR=str(folder / "data")),
        cwd=folder,
        stdin=terminal,
    )
