"""The examples of the page about the wire do what it says, in each of its languages."""

import json
import re
import signal
import sys
from functools import partial
from pathlib import Path

import httpx
import pytest
from playwright.async_api import Browser
from websockets.asyncio.client import connect
from websockets.typing import Subprotocol

from clients.asyncapi.handshake import REFUSALS
from tests.browser.conftest import Services, go, opened_page
from tests.browser.documents import DOCS, at_services, code, gateway_of, lines_of, running, served
from tests.programs import program
from tests.waiting import until
from tests.ws_gateway.game_end import new_game
from ws_gateway.sockets import close_codes
from ws_gateway.sockets.close_codes import CloseMessage

PAGES = ("protocol.md", "protocol.ja.md")


@pytest.fixture(params=PAGES)
def page_name(request: pytest.FixtureRequest) -> str:
    """The page, in each language."""
    return str(request.param)


async def has_started(services: Services, room_id: str, in_round: int = 1) -> bool:
    """Whether the room's round runs, or one after it."""
    async with httpx.AsyncClient(base_url=services.api.url, trust_env=False) as http:
        room = (await http.get(f"/api/rooms/{room_id}")).json()
    return bool(room["status"] == "in_game" and room["round"] >= in_round)


async def limit_round(services: Services, file: Path) -> None:
    """The running round ends by itself in a second."""
    room = json.loads(file.read_text())
    async with httpx.AsyncClient(base_url=services.api.url, trust_env=False) as http:
        answer = await http.patch(
            f"/api/rooms/{room['room_id']}/settings",
            json={"round_limit_s": 1},
            headers={"Authorization": f"Bearer {room['room_token']}"},
        )
    assert answer.status_code == 200, answer.text


async def end_room(services: Services, file: Path) -> None:
    """End the round of a room that its game has left, and acknowledge the summary."""
    room = json.loads(file.read_text())
    query = f"?room_id={room['room_id']}&epoch={room['epoch']}&last_seq={room['seq']}"
    secret = [Subprotocol("streamario.v1"), Subprotocol(f"token.{room['room_token']}")]
    async with connect(gateway_of(services) + query, subprotocols=secret) as socket:
        await socket.send('{"type":"game_end"}')
        while (message := json.loads(await socket.recv()))["type"] != "game_end_summary":
            pass
        number = {"epoch": message["epoch"], "seq": message["seq"]}
        await socket.send(json.dumps({"type": "ack", **number}))


async def has_saved(file: Path, seq: int) -> bool:
    """Whether the game has saved that it applied this trigger."""
    return bool(json.loads(file.read_text())["seq"] == seq)


async def press(services: Services, room_id: str, presses: int) -> None:
    """Presses of somebody new, each of which counts."""
    async with httpx.AsyncClient(base_url=services.api.url, trust_env=False) as http:
        viewer = (await http.post("/api/viewers")).json()
        batch = {
            "viewer_id": viewer["viewer_id"],
            "push_events": [{"button_name": "skill1", "push_count": presses}],
        }
        answer = await http.post(f"/api/rooms/{room_id}/events", json=batch)
        assert answer.json()["accepted"] == presses


async def test_a_session_with_curl_counts_a_repeated_batch_once(
    services: Services, page_name: str, tmp_path: Path
) -> None:
    """Four presses are accepted, and the second time they are a duplicate."""
    program("curl")
    script, _ = code(page_name, "sh")
    async with new_game(gateway_of(services)) as (_, room):
        told = at_services(script, services).replace("ROOM=…", f"ROOM={room.room_id}")
        async with running("bash", "-ec", told, folder=tmp_path) as shell:
            output = (await shell.communicate())[0].decode()
    joined, first, again = output.replace("}{", "}\n{").splitlines()
    assert json.loads(joined)["status"] == "joined"
    assert [json.loads(text)["duplicate"] for text in (first, again)] == [False, True]
    assert {json.loads(text)["accepted"] for text in (first, again)} == {4}
    assert json.loads(again)["stats"][0]["current_count"] == 3


async def test_the_game_in_python_gets_exactly_what_it_missed(
    services: Services, page_name: str, tmp_path: Path
) -> None:
    """It is killed between two crowds, and started again."""
    script, _ = code(page_name, "python")
    (tmp_path / "game.py").write_text(at_services(script, services))
    async with running(sys.executable, "game.py", folder=tmp_path) as game:
        (invitation,) = await lines_of(game, 1)
        room_id = invitation.rpartition("/")[2]
        await until(partial(has_started, services, room_id))
        await press(services, room_id, 5)
        assert await lines_of(game, 1) == ["1 skill1"]
        await until(partial(has_saved, tmp_path / "room.json", 1))
    await press(services, room_id, 10)
    async with running(sys.executable, "game.py", folder=tmp_path) as game:
        missed, *triggers = await lines_of(game, 3)
        assert int(missed.split()[0]) == len(triggers)
        assert triggers == ["2 skill1", "3 skill1"]


async def test_the_game_in_python_starts_the_next_round_or_opens_the_next_room(
    services: Services, page_name: str, tmp_path: Path
) -> None:
    """After a round that ended by itself, and where its room is over; Ctrl-C ends it quietly."""
    script, _ = code(page_name, "python")
    (tmp_path / "game.py").write_text(at_services(script, services))
    async with running(sys.executable, "game.py", folder=tmp_path) as game:
        (invitation,) = await lines_of(game, 1)
        room_id = invitation.rpartition("/")[2]
        await until(partial(has_started, services, room_id))
        await limit_round(services, tmp_path / "room.json")
        assert (await lines_of(game, 1))[0].startswith("1 ")
        await until(partial(has_started, services, room_id, in_round=2))
    await end_room(services, tmp_path / "room.json")
    async with running(sys.executable, "game.py", folder=tmp_path) as game:
        _, invitation = await lines_of(game, 2)
        new_room_id = invitation.rpartition("/")[2]
        await until(partial(has_started, services, new_room_id))
        game.send_signal(signal.SIGINT)
        assert (await game.communicate())[0] == b""
    assert new_room_id != room_id


async def test_the_game_on_the_client_for_python_gets_its_triggers(
    services: Services, page_name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From a clone, which is in the path."""
    _, script = code(page_name, "python")
    (tmp_path / "game.py").write_text(at_services(script, services))
    monkeypatch.setenv("PYTHONPATH", str(DOCS.parent))
    async with running(sys.executable, "game.py", folder=tmp_path) as game:
        (invitation,) = await lines_of(game, 1)
        room_id = invitation.rpartition("/")[2]
        await until(partial(has_started, services, room_id))
        await press(services, room_id, 5)
        assert await lines_of(game, 1) == ["1 skill1"]


async def test_the_page_script_shows_every_button_live(
    services: Services, page_name: str, browser: Browser, tmp_path: Path
) -> None:
    """It is told of presses as they are counted."""
    (script,) = code(page_name, "js")
    (tmp_path / "page.js").write_text(at_services(script, services))
    (tmp_path / "index.html").write_text('<script type="module" src="page.js"></script>')
    async with new_game(gateway_of(services)) as (_, room), opened_page(browser) as page:
        with served(tmp_path) as site:
            await go(page, f"{site}/?room={room.room_id}")
            await page.get_by_text("skill1 0/5").wait_for()
            await press(services, room.room_id, 3)
            await page.get_by_text("skill1 3/5").wait_for()
            async with page.expect_console_message() as said:
                await press(services, room.room_id, 2)
            assert (await said.value).text.startswith("skill1! ")


async def test_the_error_shown_is_what_the_service_answers(
    services: Services, page_name: str
) -> None:
    """To the letter, for a press that comes too early."""
    shown = json.loads(code(page_name, "json")[-1])
    async with httpx.AsyncClient(base_url=services.api.url, trust_env=False) as http:
        room = (await http.post("/api/rooms")).json()
        viewer = (await http.post("/api/viewers")).json()
        press = {"viewer_id": viewer["viewer_id"], "event_type": "skill1"}
        answer = await http.post(f"/api/rooms/{room['room_id']}/events", json=press)
    assert answer.json() == shown


async def test_the_table_lists_every_route_for_clients(services: Services, page_name: str) -> None:
    """Under its method, and no others. Operators' routes and the schema are not among them.

    The links for people, with a room's code and with a handle, are in no schema.
    """
    rows = [
        line.split("`")[1].split()
        for line in (DOCS / page_name).read_text().splitlines()
        if re.match(r"\| `(GET|POST|PUT|PATCH|DELETE) /", line)
    ]
    async with httpx.AsyncClient(base_url=services.api.url, trust_env=False) as http:
        paths = (await http.get("/openapi.json")).json()["paths"]
    routes = {(method.upper(), path) for path, methods in paths.items() for method in methods}
    others = {("GET", path) for path in ("/healthz", "/readyz", "/metrics", "/openapi.json")}
    listed = {(m, p.replace("{id}", "{room_id}")) for m, p in rows}
    for_people = {("GET", "/j/{code}"), ("GET", "/@{handle}")}
    assert listed - for_people == routes - others


def test_every_refusal_and_every_close_is_named(page_name: str) -> None:
    """Those that the published schema explains."""
    text = (DOCS / page_name).read_text()
    named = {kind.code for kind in REFUSALS}
    messages = [value for value in vars(close_codes).values() if isinstance(value, CloseMessage)]
    named |= {message.error.code for message in messages if message.error}
    assert {name for name in named if f"`{name}`" not in text} == set()
    assert all(f"| {message.code} |" in text for message in messages)
