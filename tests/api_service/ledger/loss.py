"""A Valkey that loses everything or its latest writes, and a ledger that restores it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from shared.engine.engine import Engine
from shared.redis_store.store import StoreUnavailable
from tests.api_service.ledger.books import Books, open_books
from tests.shared.engine.rooms import OwnServer, own_server
from tests.waiting import until


@dataclass
class RestoredLedger:
    """A Redis with every write on disk, and the one ledger that restores it."""

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
        await until(self._restored)

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
async def restored_ledger(folder: Path, database_url: str) -> AsyncIterator[RestoredLedger]:
    """A ledger whose shards have been restored once."""
    async with own_server(folder) as valkey, open_books(valkey.url, database_url) as books:
        restored = RestoredLedger(valkey, books)
        await restored.restore()
        yield restored
