"""`streamario up` as a real process: what it prints, its folder, its ports, its processes."""

import json
import os
import pwd
import re
import shutil
import signal
import socket
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import httpx
import pytest
from websockets.sync.client import connect

from tests.deploy.up_process import (
    Up,
    client_of_another_process,
    left_running,
    owners_of,
    press,
    presses_of_process,
    until,
)
from tests.flow.fleet import COMMAND


def test_it_says_where_to_go_and_a_later_start_finds_its_data_and_its_secret(
    start: Callable[..., Up], data_dir: Path
) -> None:
    """Counts, and the secret that signs viewers, survive a graceful stop."""
    first = start().is_ready()
    said = first.output.replace("tiny_pair.py", "streamario")
    for part in (f"http://127.0.0.1:{first.port}", "/ws-unity", "streamario game"):
        assert part in said
    # A streamer needs none of these.
    for name in ("  API  ", "  data  ", "  Redis CLI  ", str(data_dir)):
        assert name not in said
    first.process.send_signal(signal.SIGTERM)
    first.status()
    second = start(options=("--verbose",)).is_ready()
    assert f"  API          http://127.0.0.1:{second.port}\n" in second.output
    assert f"  data         {data_dir}\n" in second.output
    assert re.search(r"^  Redis CLI    \S+-cli -s /\S+/valkey.sock$", second.output, re.MULTILINE)
    assert "starts: 2 in redis, 2 in the database" in second.output
    assert first.output.partition("secret:")[2].split()[0] in second.output


def test_a_service_that_cannot_serve_tells_why_in_one_line(
    start: Callable[..., Up], own_database_url: str
) -> None:
    """Once, although several processes use the same Redis."""
    up = start(
        program=("-c", COMMAND),
        DATABASE_URL=own_database_url,
        REDIS_URL="redis://:hush@host:port",
        SECRET_KEYS="a secret of the test suite",
        LOG_LEVEL="ERROR",
    )
    assert up.status() == 2
    assert up.errors() == (
        "streamario: REDIS_URL: redis-py cannot read the address or one of the options\n"
    )


def test_presses_arrive_at_every_api_process(start: Callable[..., Up]) -> None:
    """The processes share PORT; each counts its own presses, and the room has all of them."""
    up = start(program=("-c", COMMAND), options=("--apis", "2")).is_ready()
    with connect(f"ws://127.0.0.1:{up.unity_ws_port}/ws-unity", proxy=None) as game:
        room_id = json.loads(game.recv())["room_id"]
        with httpx.Client(base_url=f"http://127.0.0.1:{up.port}") as first:
            assert press(first, room_id) == 1
            assert presses_of_process(first) == 1
            with closing(client_of_another_process(up)) as second:
                assert press(second, room_id) == 2
                assert presses_of_process(second) == 1
            assert presses_of_process(first) == 1


@pytest.mark.parametrize("variable", ["PORT", "UNITY_WS_PORT"])
def test_a_taken_port_is_one_line(start: Callable[..., Up], data_dir: Path, variable: str) -> None:
    """The line names the port and the variable; no server was started."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        up = start(**{variable: port})
        assert up.status() == 2
        errors = up.errors()
    assert errors.startswith(f"streamario: {variable}: port {port} is in use")
    assert errors.count("\n") == 1
    assert not data_dir.exists()


def test_a_port_that_another_start_shares_among_its_processes_is_taken(
    start: Callable[..., Up], tmp_path: Path
) -> None:
    """From the beginning: already while the other start waits for its servers."""
    first = start(options=("--apis", "2"))
    until(lambda: len(first.services()) > 0)
    second = start(options=("--apis", "2"), PORT=str(first.port), DATA_DIR=str(tmp_path / "other"))
    assert second.status() == 2
    assert second.errors().startswith(f"streamario: PORT: port {first.port} is in use")
    first.is_ready()


def test_a_plain_user_may_run_it(start: Callable[..., Up], tmp_path: Path) -> None:
    """PostgreSQL then runs as that user, and so does everything else."""
    mine = tmp_path / "mine"
    mine.mkdir()
    up = start(*as_plain_user(mine), DATA_DIR=str(mine / "data")).is_ready()
    assert owners_of(left_running(mine)) == {mine.stat().st_uid}
    os.killpg(up.process.pid, signal.SIGINT)
    assert up.status() == 0
    assert not left_running(mine)


def as_plain_user(folder: Path) -> tuple[str, ...]:
    """Return a command prefix that runs a command as a plain user, who then owns the folder."""
    if os.getuid() != 0:
        return ()
    nobody = pwd.getpwnam("nobody")
    os.chown(folder, nobody.pw_uid, nobody.pw_gid)
    identity = (f"--reuid={nobody.pw_uid}", f"--regid={nobody.pw_gid}", "--clear-groups")
    # The interpreter and this folder may be where only root can enter, also by access(2).
    reach = ("--inh-caps=+dac_read_search", "--ambient-caps=+dac_read_search")
    heeded = "--securebits=+no_setuid_fixup"
    return (shutil.which("setpriv") or "setpriv", *identity, *reach, heeded, "--")


def test_it_says_where_to_go_in_japanese(start: Callable[..., Up]) -> None:
    """And that it stops; its log stays in English."""
    pair = start(LANG="ja_JP.UTF-8").is_ready()
    assert "Streamario が起動しました。Ctrl-C で終了します。\n" in pair.output
    assert "  コンソール   http://" in pair.output
    assert "大勢の視聴者：ルームのボタンを押します\n" in pair.output
    pair.process.send_signal(signal.SIGINT)
    pair.reads_until("終了しています… もう一度 Ctrl-C を押すと、すぐに終了します。")
    assert pair.status() == 0
