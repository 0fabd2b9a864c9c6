"""A Valkey that loses everything or its latest writes, and a ledger that restores it."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import msgspec

from shared.engine import replies
from shared.engine.keys import TEAMS, room_keys
from shared.redis_store.store import StoreUnavailable
from shared.wire.game_messages import NumberedMessage
from tests.api_service.ledger.books import open_books
from tests.shared.engine.rooms import own_server, whole_log
from tests.waiting import until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from shared.engine.engine import Engine
    from tests.api_service.ledger.books import Books
    from tests.shared.engine.rooms import OwnServer


@dataclass
class Stage:
    """A server with every write on disk, and one ledger."""

    valkey: OwnServer
    books: Books
    _saved: dict[str, bytes] = field(default_factory=dict)

    @property
    def engine(self) -> Engine:
        return self.books.engine

    async def lose_everything(self) -> None:
        """Kill the server and start it on nothing."""
        await self.valkey.kill()
        self._forget()
        await self.valkey.start()

    async def save(self) -> None:
        """Save the server's data for `lose_what_came_since`."""
        await self.valkey.kill()
        self._saved = {path.name: path.read_bytes() for path in self._files()}
        await self.valkey.start()

    async def lose_what_came_since(self) -> None:
        """Start the server on the saved data, like an outdated replica or a backup."""
        await self.valkey.kill()
        self._forget()
        for name, data in self._saved.items():
            (self.valkey.folder / "appendonlydir" / name).write_bytes(data)
        await self.valkey.start()

    async def restore(self) -> None:
        """Wait until the ledger has restored all shards."""
        await until(self._restored, within=60)

    async def lose_and_restore(self) -> None:
        """Book everything, lose everything, and restore it."""
        await self.books.book_all()
        await self.lose_everything()
        await self.restore()

    async def _restored(self) -> bool:
        await self.books.book_all()
        try:
            tails = await asyncio.gather(*map(self.books.shards.tail, self.books.shards.names))
        except StoreUnavailable:
            return False
        return all(tail.restored for tail in tails)

    def _files(self) -> list[Path]:
        return list((self.valkey.folder / "appendonlydir").iterdir())

    def _forget(self) -> None:
        for path in self._files():
            path.unlink()


@asynccontextmanager
async def open_stage(folder: Path, database_url: str) -> AsyncIterator[Stage]:
    """A stage whose shards have been restored once."""
    async with own_server(folder) as valkey, open_books(valkey.url, database_url) as books:
        stage = Stage(valkey, books)
        await stage.restore()
        yield stage


class Snapshot(msgspec.Struct, frozen=True):
    """A room's stored state: everything that viewers or the game can notice."""

    description: replies.Description
    counts: dict[str, int]
    answers: dict[str, dict[str, str | bool]]
    squares: dict[str, int]
    tops: dict[str, dict[str, int]]
    viewers: dict[str, replies.ViewerCounts]
    blocked: set[str]
    log: tuple[NumberedMessage, ...]


async def snapshot(engine: Engine, room_id: str) -> Snapshot:
    """The room, without what depends on the time: who is active or connected, and since when."""
    described = await engine.describe(room_id)
    keys, command = room_keys(room_id), engine.store.command
    tops = {team: keys.top(described.round, team) for team in TEAMS}
    tops |= {name: keys.button_top(described.round, name) for name in described.event_types}
    counts = await command("HGETALL", keys.counts(described.round))
    return Snapshot(
        description=msgspec.structs.replace(
            described, viewer_count=0, now=0, connected=False, settings_version=0
        ),
        answers=msgspec.json.decode(counts.pop("answers", "{}")),
        counts={name: int(n) for name, n in counts.items() if ":" in name and n != "0"},
        squares={name: int(n) for name, n in counts.items() if ":" not in name},
        tops={name: await _scores(engine, key) for name, key in tops.items()},
        viewers=await _pressers(engine, room_id, described.round),
        blocked=set(await command("SMEMBERS", keys.blocked)),
        log=await whole_log(engine, room_id),
    )


async def _pressers(engine: Engine, room_id: str, round_: int) -> dict[str, replies.ViewerCounts]:
    """What each viewer pressed in the round; short rounds share the viewers of an earlier one."""
    pressers = {}
    for key in await engine.store.command("KEYS", f"{room_keys(room_id).room}:*:viewers"):
        for viewer in await engine.store.command("HKEYS", key):
            pressers[viewer] = await engine.viewer_summary(room_id, round_, viewer)
    return {viewer: counts for viewer, counts in pressers.items() if counts.total}


async def _scores(engine: Engine, key: str) -> dict[str, int]:
    flat = await engine.store.command("ZRANGE", key, 0, -1, "WITHSCORES")
    return {viewer: int(score) for viewer, score in zip(flat[::2], flat[1::2], strict=True)}
