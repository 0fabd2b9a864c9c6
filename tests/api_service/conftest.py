"""One service for most tests, and rooms with a running game to press in."""

import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, replace

import httpx
import pytest

from shared.engine.engine import Engine
from shared.engine.functions import LIBRARY
from shared.identity.tokens import Signer
from shared.process.settings import Settings
from shared.redis_store.store import Store, open_store
from shared.wire.room_settings import DEFAULT_SETTINGS
from tests.api_service.running import SECRET, api_settings, ready_client
from tests.patience import patient
from tests.room_keys import new_room_id

SIGNER = Signer([SECRET])


@dataclass(frozen=True)
class GameRoom:
    """A room whose game has started."""

    room_id: str
    token: str
    term: int
    log_epoch: int

    @property
    def path(self) -> str:
        return f"/api/rooms/{self.room_id}"

    @property
    def owner(self) -> dict[str, str]:
        """The headers that authenticate the room's owner."""
        return {"Authorization": f"Bearer {self.token}"}


@pytest.fixture(scope="module", autouse=True)
def patience() -> Iterator[None]:
    """A stall of the machine is no outage."""
    with patient():
        yield


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Settings without a balancer to wait for."""
    return replace(settings, drain_delay=0)


@pytest.fixture(scope="session")
async def store(redis_url: str) -> AsyncIterator[Store]:
    async with open_store(redis_url, client_name="tests", library=LIBRARY) as opened:
        await opened.inspect()
        yield opened


@pytest.fixture(scope="session")
async def engine(store: Store) -> Engine:
    return Engine(store)


@pytest.fixture(scope="module")
async def api(redis_url: str, database_url: str) -> AsyncIterator[httpx.AsyncClient]:
    """A client of a service for one module's tests.

    It ends with them: its ledger would book while later tests count statements and round trips.
    """
    settings = api_settings(
        redis_url,
        database_url,
        public_ws_url="wss://games.example",
        web_url="https://pages.example/{room_id}",
    )
    async with ready_client(settings) as http:
        yield http


@pytest.fixture
async def waiting(engine: Engine) -> GameRoom:
    """A room whose game has not started."""
    room_id = new_room_id()
    await engine.open(room_id, DEFAULT_SETTINGS, keyed=False)
    held = await engine.attach(room_id, "gateway", log_epoch=None, last_seq=None, skip=False)
    token = SIGNER.room_token(room_id, time.time())
    return GameRoom(room_id, token, held.term, held.log_epoch)


@pytest.fixture
async def game(engine: Engine, waiting: GameRoom) -> GameRoom:
    """A room whose game has started."""
    await engine.start(waiting.room_id, waiting.term)
    return waiting


@pytest.fixture
def viewer_id() -> str:
    """A viewer's full id."""
    return SIGNER.new_viewer_id()
