"""Look-ups of handles that strangers make up: how many each has, and whom they hold up."""

from dataclasses import replace

import httpx
import pytest

from api_service.books.database import ANSWER_TIMEOUT, open_database
from api_service.books.errors import DatabaseBusy
from api_service.studio import handles
from api_service.studio.handles import HandleRooms
from api_service.studio.history.past_rooms import Listing
from shared.engine.engine import Engine
from shared.identity.tokens import new_ulid
from shared.process.settings import PerAddress, Settings
from shared.wire.room_settings import DEFAULT_SETTINGS
from tests.api_service.running import SECRET, ready_client, with_proxy
from tests.api_service.studio.files import Studio
from tests.api_service.studio.handles import named, new_handle, opened_room
from tests.attacks.attackers import stranger
from tests.room_keys import new_room_id

FEW = PerAddress(per_minute=1, burst=2)


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Behind a proxy, with few look-ups of handles that are nobody's."""
    return with_proxy(replace(settings, viewers_per_address=FEW, secret_keys=(SECRET,)))


async def test_an_address_tries_only_so_many_handles(settings: Settings) -> None:
    """As a page or not, and wrong or right: else the refusal would tell which ones are right."""
    other = {"X-Forwarded-For": stranger()}
    async with ready_client(settings) as api:
        handle = await named(Studio(api))
        tried = [await api.get(f"/api/handles/{new_handle()}", headers=other) for _ in range(2)]
        tried.append(await api.get(f"/api/handles/{handle}", headers=other))
        assert [answer.status_code for answer in tried] == [404, 404, 429]
        assert int(tried[2].headers["Retry-After"]) >= 1
        async with httpx.AsyncClient(base_url=api.base_url, headers=other) as browser:
            page = await browser.get(f"/@{handle}", headers={"Accept": "text/html"})
        assert (page.status_code, 'data-problem="rate_limited"' in page.text) == (429, True)
        assert (await api.get(f"/api/handles/{handle}")).status_code == 200, "loopback never is"


async def test_a_venue_waits_at_a_streamers_handle_as_long_as_it_likes(settings: Settings) -> None:
    """With or without an open room."""
    venue = {"X-Forwarded-For": stranger()}
    async with ready_client(settings) as api:
        studio = Studio(api)
        handle = await named(studio)
        for _ in range(2):
            asked = [await api.get(f"/api/handles/{handle}", headers=venue) for _ in range(50)]
            assert {answer.status_code for answer in asked} == {200}
            await opened_room(api, studio)


@pytest.mark.usefixtures("real_limits")
async def test_strangers_look_ups_take_no_new_room_its_handle(
    engine: Engine, database_url: str
) -> None:
    """Neither where the room was opened nor elsewhere, while no connection is left for theirs."""
    studio_id, handle, room_id = new_ulid(), new_handle(), new_room_id()
    await engine.open(room_id, DEFAULT_SETTINGS, keyed=False)
    async with open_database(database_url) as database:
        here, elsewhere = (HandleRooms(engine, database, FEW) for _ in range(2))
        await handles.claim(database, studio_id, handle)
        async with database.public_reads.transaction(ANSWER_TIMEOUT):
            assert await Listing(engine, database, here).add_new(studio_id, room_id)
            assert [await rooms.handle_to(room_id) for rooms in (here, elsewhere)] == [handle] * 2
            with pytest.raises(DatabaseBusy):
                await here.target(new_handle())


async def test_whoever_opens_a_room_asks_for_no_handle(engine: Engine, database_url: str) -> None:
    """It comes with the room's row, and holds while nothing more can be read."""
    studio_id, handle, room_id = new_ulid(), new_handle(), new_room_id()
    await engine.open(room_id, DEFAULT_SETTINGS, keyed=False)
    async with open_database(database_url) as database:
        rooms = HandleRooms(engine, database, FEW)
        await handles.claim(database, studio_id, handle)
        async with database.handle_reads.transaction(ANSWER_TIMEOUT):
            assert await Listing(engine, database, rooms).add_new(studio_id, room_id)
            assert await rooms.handle_to(room_id) == handle
