"""Names are masked before a room has them; what a room masks is asked for once in a while."""

import asyncio
import gc
from functools import partial
from typing import Any
from weakref import WeakSet

import httpx
import msgspec
import pytest

from api_service.routes import name_masks
from api_service.routes.name_masks import NameMasks
from shared.engine import replies
from shared.engine.engine import Engine
from shared.identity.masks import NameMask
from shared.process.cache import Cache
from shared.wire.room_settings import DEFAULT_SETTINGS
from tests.api_service.conftest import SIGNER, GameRoom
from tests.api_service.room_requests import batch, press
from tests.shared.engine.rooms import open_room, whole_log

MASKING = msgspec.structs.replace(DEFAULT_SETTINGS, mask_names=True, masked_words=("panda",))
RUDE = "Fuck 山田太郎"


class CountingEngine(Engine):
    """The engine, and how often a room was described."""

    asked = 0

    async def describe(self, room_id: str) -> replies.Description:
        self.asked += 1
        return await super().describe(room_id)


@pytest.fixture
def uncached_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Settings are read for each press."""
    monkeypatch.setattr(Cache, "put", lambda *_: None)


async def change(api: httpx.AsyncClient, game: GameRoom, **settings: object) -> Any:
    answer = await api.patch(f"{game.path}/settings", json=settings, headers=game.owner)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_a_masked_name_is_all_that_the_room_ever_has(
    api: httpx.AsyncClient, game: GameRoom, viewer_id: str, engine: Engine, uncached_settings: None
) -> None:
    """Its game and its lists; the viewer's own name stays."""
    asked = {"viewer_id": viewer_id, "name": RUDE}
    assert (await api.post("/api/viewers/set_name", json=asked)).json()["name"] == RUDE
    await press(api, game, batch(viewer_id, skill1=20))
    await change(api, game, mask_names=True, masked_words=["山田"])
    await press(api, game, batch(viewer_id, skill1=20))
    await press(api, game, batch(viewer_id, skill1=20) | {"viewer_name": "ＦＵＣＫ it"})
    named = [event.viewer_name for event in await whole_log(engine, game.room_id)]  # type: ignore[union-attr]
    assert list(dict.fromkeys(named)) == [RUDE, "*** ***太郎", "*** it"]
    listed = (await api.get(f"{game.path}/viewers", headers=game.owner)).json()["viewers"]
    assert [viewer["viewer_name"] for viewer in listed] == ["*** it"]
    assert (await api.post("/api/viewers", json=asked)).json()["name"] == RUDE


async def test_only_the_owner_reads_which_words_are_masked(
    api: httpx.AsyncClient, game: GameRoom
) -> None:
    """They may be the streamer's own name."""
    changed = await change(api, game, mask_names=True, masked_words=["Jane Roe"])
    assert changed["masked_words"] == ["Jane Roe"]
    other = SIGNER.room_token("01ARZ3NDEKTSV4RRFFQ69G5FAV", 4_000_000_000)
    for headers in ({}, {"Authorization": f"Bearer {other}"}):
        settings = (await api.get(game.path, headers=headers)).json()["settings"]
        assert (settings["mask_names"], settings["masked_words"]) == (True, [])
    owned = (await api.get(game.path, headers=game.owner)).json()["settings"]
    assert owned["masked_words"] == ["Jane Roe"]


async def test_a_crowd_asks_once_what_a_room_masks(engine: Engine) -> None:
    counting = CountingEngine(engine.store)
    masks = NameMasks(counting)
    room_id = await open_room(counting, MASKING)
    shown = await asyncio.gather(*(masks.masked(room_id, f"panda {n}") for n in range(100)))
    assert shown == [f"*** {n}" for n in range(100)]
    assert await masks.masked(room_id, "fuck") == "***"
    assert counting.asked == 1


async def test_a_room_that_masks_nothing_or_is_gone_leaves_names_alone(engine: Engine) -> None:
    masks = NameMasks(engine)
    assert await masks.masked(await open_room(engine), "fuck panda") == "fuck panda"
    assert await masks.masked("01ARZ3NDEKTSV4RRFFQ69G5FAV", "fuck") == "fuck"


async def test_words_that_change_all_the_time_take_a_bounded_memory(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A mask of many words takes 2 MB; those of the words before go."""
    made = WeakSet[NameMask]()

    def mask_of(words: tuple[str, ...]) -> NameMask:
        mask = NameMask(words)
        made.add(mask)
        return mask

    monkeypatch.setattr(name_masks, "NameMask", mask_of)
    monkeypatch.setattr(name_masks, "MASKS_BYTES", 6 * 2**20)
    monkeypatch.setattr(name_masks, "REMEMBERED_FOR", 0.0)
    masks, room_id = NameMasks(engine), await open_room(engine, MASKING)
    for n in range(10):
        words = tuple(f"{n}{word:03}{'panda' * 6}"[:32] for word in range(200))
        await engine.change_settings(room_id, partial(msgspec.structs.replace, masked_words=words))
        assert await masks.masked(room_id, words[0]) == "***"
    gc.collect()
    assert 1 <= len(made) <= 3
