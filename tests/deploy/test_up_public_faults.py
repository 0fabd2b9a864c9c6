"""Faults of the public link: it comes back, no press counts twice, and the game goes on."""

import asyncio
import json
import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from clients.python import BatchNumbers
from tests.clients.web.node_client import opened_client
from tests.deploy.tunnel_providers import Cloudflared, Sshd, TunnelStandIn
from tests.deploy.up_process import Up, command_of, left_running, press, until
from tests.flow.fleet import COMMAND
from tests.patience import HOUR

REAL = ("-c", COMMAND)
PATIENCE = 2.0  # s for an answer, after which a phone sends its presses again
PATIENT = f"""
from clients.terminal import simulate_command
simulate_command.PATIENCE = {HOUR}  # s for the last answers
{COMMAND}
"""
CROWD = ("simulate", "--viewers", "500", "--rate", "0.5", "--duration", "5")
SIMULATE = (sys.executable, "-c", PATIENT, *CROWD)
ENDED = "The tunnel has ended; it is opened again."


@pytest.fixture
def play(start: Callable[..., Up]) -> Callable[[TunnelStandIn], Up]:
    """A function that starts Streamario with a public link."""

    def play(provider: TunnelStandIn) -> Up:
        options = ("--public", "--public-via", provider.name, "--yes")
        return start(program=REAL, options=options, PATH=provider.path).is_ready()

    return play


def opened(up: Up, provider: TunnelStandIn) -> Up:
    """Wait until the public link is printed and leads here."""
    up.reads_until(f"Public link: {provider.url}\n")
    until(lambda: leads_here(provider.url))
    return up


def leads_here(url: str) -> bool:
    try:
        return httpx.get(f"{url}/console").status_code == 200
    except httpx.HTTPError:
        return False


@contextmanager
def room(up: Up) -> Iterator[str]:
    """Open a room with a game, which is in this network; yield the room's id."""
    with connect(f"ws://127.0.0.1:{up.unity_ws_port}/ws-unity", proxy=None) as game:
        room_id = str(json.loads(game.recv())["room_id"])
        yield room_id


def counted(up: Up, room_id: str) -> int:
    """Return how many presses the room has counted."""
    stats = httpx.get(f"http://127.0.0.1:{up.port}/api/rooms/{room_id}/stats").json()["stats"]
    return sum(button["accepted"] for button in stats)


def invitation(up: Up) -> tuple[str, str]:
    """Return where people join a room, and from where they can."""
    rooms = f"http://127.0.0.1:{up.port}/api/rooms"
    room_id = httpx.post(rooms, json={}).json()["room_id"]
    told = httpx.get(f"{rooms}/{room_id}").json()["invitation"]
    return told["url"].partition("/play/")[0], told["reach"]


class Phone:
    """A viewer who presses through the public link, and repeats each batch until it is answered."""

    def __init__(self, url: str, room_id: str) -> None:
        self._path = f"{url}/api/rooms/{room_id}/events"
        self._viewer = httpx.post(f"{url}/api/viewers", json={}).json()["viewer_id"]
        self._numbers = BatchNumbers()
        self._leaving = threading.Event()
        self._thread = threading.Thread(target=self._press)
        self.batches = self.answered = self.failures = 0

    def __enter__(self) -> "Phone":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._leaving.set()
        self._thread.join()

    def _press(self) -> None:
        while not self._leaving.is_set():
            self.batches += 1
            body = {
                "viewer_id": self._viewer,
                "push_events": [{"button_name": "skill1", "push_count": 1}],
                **self._numbers.next()._asdict(),
            }
            while not self._is_answered(body):
                self.failures += 1
                self._leaving.wait(0.05)
            self.answered += 1

    def _is_answered(self, body: dict[str, object]) -> bool:
        try:
            # On a connection of its own, so that a frozen tunnel is noticed here first.
            answer = httpx.post(self._path, json=body, timeout=PATIENCE)
        except httpx.HTTPError:
            return False
        return answer.status_code == 200


@pytest.mark.parametrize("name", ["sshd", "cloudflared"])
def test_a_killed_tunnel_comes_back_and_no_press_counts_twice(
    play: Callable[[TunnelStandIn], Up], request: pytest.FixtureRequest, name: str
) -> None:
    """Under the same URL, while a phone presses on and repeats what was not answered."""
    provider: TunnelStandIn = request.getfixturevalue(name)
    up = opened(play(provider), provider)
    with room(up) as room_id:
        with Phone(provider.url, room_id) as phone:
            until(lambda: phone.answered > 5)
            provider.refuse()
            for pid in provider.programs():
                os.kill(pid, signal.SIGKILL)
            until(lambda: phone.failures > 0)
            provider.accept()
            opened(up.reads_until(ENDED), provider)
            after = phone.answered
            until(lambda: phone.answered > after + 5)
        assert phone.answered == phone.batches
        assert counted(up, room_id) == phone.batches
    until(lambda: invitation(up) == (provider.url, "anywhere"))


async def test_the_web_client_goes_on_by_itself(
    play: Callable[[TunnelStandIn], Up], cloudflared: Cloudflared
) -> None:
    """It keeps the presses of the outage, and each counts once."""
    up = opened(play(cloudflared), cloudflared)
    with room(up) as room_id:
        async with opened_client(cloudflared.url, room_id) as client:
            await client.press("skill1", 3)
            await client.settled()
            cloudflared.refuse()
            for pid in cloudflared.programs():
                os.kill(pid, signal.SIGKILL)
            await client.press("skill1", 4)
            await client.until(lambda state: state.connection == "offline")
            cloudflared.accept()
            await asyncio.to_thread(opened, up, cloudflared)
            state = await client.settled()
        assert (state.mine, counted(up, room_id)) == (7, 7)


def test_viewers_sockets_come_through_it_and_come_again(
    play: Callable[[TunnelStandIn], Up], sshd: Sshd
) -> None:
    """The URL that a viewer gets is at the public link; after an outage it is the same."""
    up = opened(play(sshd), sshd)
    with room(up) as room_id:
        joined = httpx.post(f"{sshd.url}/api/rooms/{room_id}/join", json={"room": True})
        url = joined.json()["room"]["ws_viewer_url"]
        assert url.startswith(f"{sshd.url.replace('http', 'ws')}/ws-viewer?")
        with connect(url, proxy=None) as socket:
            assert json.loads(socket.recv())["type"] == "stats"
            for pid in sshd.programs():
                os.kill(pid, signal.SIGKILL)
            with pytest.raises(ConnectionClosed):
                list(socket)
        opened(up, sshd)
        with connect(url, proxy=None) as socket:
            assert json.loads(socket.recv())["type"] == "stats"


def test_another_url_is_printed_and_in_every_invitation(
    play: Callable[[TunnelStandIn], Up], cloudflared: Cloudflared
) -> None:
    """Until it comes, rooms keep the old one."""
    up = opened(play(cloudflared), cloudflared)
    before = cloudflared.url
    until(lambda: invitation(up) == (before, "anywhere"))
    cloudflared.refuse()
    after = cloudflared.moves()
    for pid in cloudflared.programs():
        os.kill(pid, signal.SIGKILL)
    up.reads_until(ENDED)
    until(lambda: invitation(up) == (before, "checking"))
    cloudflared.accept()
    opened(up, cloudflared)
    until(lambda: invitation(up) == (after, "anywhere"))


def test_a_frozen_connection_is_given_up(play: Callable[[TunnelStandIn], Up], sshd: Sshd) -> None:
    """What had been on its way counts once; the link is the same."""
    up = opened(play(sshd), sshd)
    with room(up) as room_id:
        with Phone(sshd.url, room_id) as phone:
            until(lambda: phone.answered > 5)
            frozen = sshd.connections()
            for pid in frozen:
                os.kill(pid, signal.SIGSTOP)
            until(lambda: phone.failures > 0)
            up.reads_until(ENDED)
            for pid in frozen:
                os.kill(pid, signal.SIGCONT)
            opened(up, sshd)
            after = phone.answered
            until(lambda: phone.answered > after + 5)
        assert counted(up, room_id) == phone.batches == phone.answered


def test_a_provider_that_refuses_at_first_disturbs_nothing(
    play: Callable[[TunnelStandIn], Up], sshd: Sshd
) -> None:
    """The game can be played in this network; the link comes when the provider agrees."""
    sshd.refuse()
    up = play(sshd)
    with room(up) as room_id, httpx.Client(base_url=f"http://127.0.0.1:{up.port}") as here:
        assert press(here, room_id) == 1
        assert invitation(up)[0] == f"http://127.0.0.1:{up.port}"
        sshd.accept()
        opened(up, sshd)
        assert press(here, room_id) == 2
        until(lambda: invitation(up) == (sshd.url, "anywhere"))


def test_a_front_that_dies_is_started_again(
    play: Callable[[TunnelStandIn], Up], cloudflared: Cloudflared, data_dir: Path
) -> None:
    """The link says so, and leads here again."""
    up = opened(play(cloudflared), cloudflared)
    (caddy,) = [pid for pid in left_running(data_dir) if is_named(pid, b"caddy")]
    os.kill(caddy, signal.SIGKILL)
    opened(up.reads_until("The public link is closed for a moment"), cloudflared)


def is_named(pid: int, name: bytes) -> bool:
    return command_of(pid)[0].endswith(name)


def test_ctrl_c_ends_the_tunnel(
    play: Callable[[TunnelStandIn], Up], sshd: Sshd, data_dir: Path
) -> None:
    """Silently, with status 0, and nothing is left."""
    up = opened(play(sshd), sshd)
    os.killpg(up.process.pid, signal.SIGINT)
    assert up.status() == 0
    assert not left_running(data_dir)
    assert not sshd.programs()


def test_a_killed_start_leaves_no_tunnel(
    play: Callable[[TunnelStandIn], Up], cloudflared: Cloudflared, data_dir: Path
) -> None:
    """Even by kill -9."""
    up = opened(play(cloudflared), cloudflared)
    up.process.kill()
    until(lambda: not left_running(data_dir) and not cloudflared.programs())


def test_what_a_command_of_the_users_starts_ends_with_it(
    start: Callable[..., Up], cloudflared: Cloudflared, data_dir: Path
) -> None:
    """A script that starts the tunnel's program in its turn; it prints another URL before."""
    script = cloudflared.folder / "script"
    script.write_text(
        "echo from http://127.0.0.1:$1 to https://first.example/\n"
        "cloudflared tunnel --no-autoupdate --url http://127.0.0.1:$1 & wait"
    )
    via = f"sh {script} {{port}}"
    options = ("--public-via", via, "--yes")
    up = start(program=REAL, options=options, PATH=cloudflared.path).is_ready()
    up.reads_until("Public link: https://first.example\n")
    until(lambda: leads_here(cloudflared.url))
    up.process.kill()
    until(lambda: not left_running(data_dir) and not cloudflared.programs())


def test_five_hundred_viewers_come_through_it(
    play: Callable[[TunnelStandIn], Up], sshd: Sshd
) -> None:
    """They are one address for the front, and none of them is refused."""
    up = opened(play(sshd), sshd)
    with room(up) as room_id, httpx.Client(base_url=sshd.url) as first:
        press(first, room_id)  # begins the round
        crowd = subprocess.run(
            [*SIMULATE, "--url", sshd.url, "--room", room_id],
            capture_output=True,
            text=True,
            check=True,
        )
        rows = re.findall(
            r"^  (presses sent|accepted|errors) +(\S+)(.*)", crowd.stdout, re.MULTILINE
        )
        (sent, _), (accepted, _), (_, errors) = (told for _, *told in rows)
        assert int(accepted.replace(",", "")) == counted(up, room_id) - 1 > 500
        assert accepted == sent
        # An answer that is late is an error, too, and its presses are sent again.
        assert " 429 " not in errors
