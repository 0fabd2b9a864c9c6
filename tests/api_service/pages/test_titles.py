"""Rooms' titles, for the previews of links."""

import asyncio
from typing import cast

import msgspec
import pytest

from api_service.pages.pages import Titles
from shared.engine.engine import Engine
from shared.engine.replies import Description
from shared.process import cache
from shared.redis_store.store import StoreUnavailable
from shared.wire.room_settings import DEFAULT_SETTINGS
from tests.room_keys import new_room_id


async def opened(engine: Engine, title: str) -> str:
    room_id = new_room_id()
    settings = msgspec.structs.replace(DEFAULT_SETTINGS, title=title)
    await engine.open(room_id, settings, keyed=False)
    return room_id


async def test_a_title_is_asked_for_once_in_a_while(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A crowd that opens the page costs Redis nothing."""
    found, room_id = Titles(engine), await opened(engine, "Quiz")
    assert await found.of(room_id) == "Quiz"
    await engine.change_settings(room_id, lambda old: msgspec.structs.replace(old, title="Race"))
    assert await found.of(room_id) == "Quiz"
    monkeypatch.setattr(cache, "monotonic", lambda: float("inf"))
    assert await found.of(room_id) == "Race"


async def test_where_there_is_no_room_there_is_no_title(engine: Engine) -> None:
    assert await Titles(engine).of(new_room_id()) == ""
    assert await Titles(engine).of("nowhere") == ""


@pytest.mark.parametrize("away", ["refused", "silent"])
async def test_the_page_does_not_wait_for_redis(away: str) -> None:
    class Away:
        asked = 0

        async def describe(self, _: str) -> Description:
            self.asked += 1
            if away == "refused":
                raise StoreUnavailable("away")
            return await asyncio.Future()

    engine, room_id = Away(), new_room_id()
    found = Titles(cast("Engine", engine))
    assert [await found.of(room_id), await found.of(room_id)] == ["", ""]
    assert engine.asked == 1
