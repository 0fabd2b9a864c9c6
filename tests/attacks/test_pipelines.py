"""Ten thousand presses in one piece: the process keeps few of them, and serves everybody else."""

import json
from pathlib import Path
from typing import Final

import httpx
import pytest

from api_service.http.server import PIPELINE_LIMIT
from shared.identity.tokens import Signer
from tests.attacks.attackers import size_of
from tests.attacks.bystanders import start_round
from tests.flow.books import read_books
from tests.flow.fleet import SECRET, open_fleet
from tests.wire import wired
from tests.ws_gateway.gateways import Crowd

PRESSES: Final = 10_000
BUTTON: Final = "skill1"
OTHERS: Final = 20
GROWN: Final = 20  # MB that the process may grow


def press(room_id: str) -> bytes:
    """A press of a viewer who has not pressed before."""
    body = {"viewer_id": Signer([SECRET]).new_viewer_id(), "event_type": BUTTON}
    data = json.dumps(body).encode()
    head = f"POST /api/rooms/{room_id}/events HTTP/1.1\r\nHost: x\r\n"
    return f"{head}Content-Length: {len(data)}\r\n\r\n".encode() + data


@pytest.mark.parametrize("deaf", [True, False], ids=["reads nothing", "reads"])
async def test_who_presses_on_and_on_without_waiting_is_hung_up_on(
    tmp_path: Path, redis_url: str, database_url: str, crowd: Crowd, *, deaf: bool
) -> None:
    """It gets answers to a hundred at most, all of which are counted; others get theirs."""
    room = await crowd.open_room()
    await start_round(crowd, room.room_id)
    flood = b"".join(press(room.room_id) for _ in range(PRESSES))
    async with open_fleet(tmp_path, redis_url, database_url, patient=True) as fleet:
        api = await fleet.api()
        sizes, answered = [], 0
        for _ in range(2):  # what the first flood loads is no part of it
            async with wired(api.port, deaf=deaf) as wire:
                wire.write(flood)
                await pressed_by_others(api.url, room.room_id)
                if deaf and not wire.is_gone:
                    wire.writer.transport.resume_reading()  # type: ignore[attr-defined]
                heard = (await wire.rest()).count(b"HTTP/1.1 200 ")
                assert heard <= PIPELINE_LIMIT
                answered += heard + OTHERS
            sizes.append(size_of(api.process.pid).memory)
        assert sizes[1] < sizes[0] + GROWN
    accepted = (await read_books(redis_url, room.room_id, [BUTTON]))[BUTTON].accepted
    assert answered <= accepted <= 2 * (PIPELINE_LIMIT + 1 + OTHERS)


async def pressed_by_others(url: str, room_id: str) -> None:
    """Press from one viewer after the other, on a connection of their own."""
    async with httpx.AsyncClient(base_url=url) as http:
        for _ in range(OTHERS):
            viewer = {"viewer_id": Signer([SECRET]).new_viewer_id(), "event_type": BUTTON}
            answer = await http.post(f"/api/rooms/{room_id}/events", json=viewer)
            assert (answer.status_code, answer.json()["accepted"]) == (200, 1)
