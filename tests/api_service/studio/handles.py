"""Studios with handles, and the rooms that these lead to."""

from secrets import choice
from typing import Final

import httpx

from shared.engine.engine import Engine
from tests.api_service.studio.files import Studio
from tests.api_service.studio.histories import add_room
from tests.waiting import until

LETTERS: Final = "bdhjlmrvwxz"  # of which no word can be made: an offensive one would be refused


def new_handle() -> str:
    """A handle that nobody has."""
    return "".join(choice(LETTERS) for _ in range(20))


async def choose(studio: Studio, handle: str) -> httpx.Response:
    """The answer to choosing a handle."""
    path = f"/api/studios/{studio.studio_id}/handle"
    return await studio.ask("PUT", path, json={"handle": handle})


async def give_up(studio: Studio) -> None:
    """Give the studio's handle up."""
    answer = await studio.ask("DELETE", f"/api/studios/{studio.studio_id}/handle")
    assert answer.json() == {"handle": None}


async def named(studio: Studio) -> str:
    """The handle that the studio has from now on."""
    handle = new_handle()
    assert (await choose(studio, handle)).json() == {"handle": handle}
    return handle


async def opened_room(api: httpx.AsyncClient, studio: Studio, title: str = "") -> str:
    """A new room of the studio."""
    room = (await api.post("/api/rooms", json={"settings": {"title": title}})).json()
    assert (await add_room(studio, room["room_id"], room["room_token"])).is_success
    return str(room["room_id"])


async def end_round(engine: Engine, room_id: str, *, over: bool = False) -> None:
    """Play a round to its end. With `over` the game hears of it, and goes."""
    game = await engine.attach(room_id, "a game", log_epoch=None, last_seq=None, skip=False)
    await engine.start(room_id, game.term)
    seq = await engine.finish(room_id, game.term)
    if over:
        await engine.ack(room_id, game.term, game.log_epoch, seq)
        await engine.detach(room_id, game.term, written=seq, clean=True)


async def leads(api: httpx.AsyncClient, handle: str, room_id: str | None) -> None:
    """Wait until the handle leads to this room, or to none."""

    async def does() -> bool:
        found = await api.get(f"/api/handles/{handle}")
        return found.is_success and found.json()["room_id"] == room_id

    await until(does)


async def is_nobodys(api: httpx.AsyncClient, handle: str) -> None:
    """Wait until the handle leads nowhere."""

    async def leads_nowhere() -> bool:
        answer = await api.get(f"/api/handles/{handle}")
        return (answer.status_code, answer.json().get("code")) == (404, "not_found")

    await until(leads_nowhere)
