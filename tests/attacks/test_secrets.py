"""Secrets appear in no log, at any level, and in no error answer."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import httpx
import pytest
from sqlalchemy import make_url
from websockets.exceptions import InvalidStatus

from api_service.books.database import open_database
from api_service.books.errors import DatabaseUnfit
from api_service.books.migrate import upgrade as migrate
from shared.engine.functions import LIBRARY
from shared.identity.tokens import ROOM_TOKEN_LIFETIME_S, Signer, new_ulid
from shared.process.settings import SettingsError, load
from shared.redis_store.store import StoreUnfit, open_store
from tests.conftest import own_database
from tests.flow.fleet import Fleet, Member, open_fleet
from tests.room_keys import room_keys
from tests.wire import get, upgrade, wired
from tests.ws_gateway.faults import Valkey, own_valkey
from tests.ws_gateway.game_end import websocket

NEW_KEY, OLD_KEY = "hush-new-signing-key", "hush-old-signing-key"
GAME_KEY, ADMIN = "hush-hush-game-key", "hush-admin-token"
REDIS_PASSWORD, DATABASE_PASSWORD = "hush-redis-password", "hush-database-password"
WRONG: Final = "hush-wrong-secret"
MARKER: Final = "hush-query"  # in every query
QUERY: Final = f"marker={MARKER}&viewer_name={MARKER}"
SIGNER = Signer([NEW_KEY, OLD_KEY])
VERBOSE = {
    "LOG_LEVEL": "DEBUG",
    "SECRET_KEYS": f"{NEW_KEY},{OLD_KEY}",
    "GAME_KEYS": GAME_KEY,
    "ADMIN_TOKEN": ADMIN,
}
TEXT, JSON = {**VERBOSE, "LOG_FORMAT": "text"}, {**VERBOSE, "LOG_FORMAT": "json"}


@dataclass
class Secrets:
    """All secrets sent to or by a service, and the error answers."""

    room_id: str
    tokens: dict[str, str]
    viewer: str
    studio_key: str
    answered: list[str] = field(default_factory=list)

    @property
    def hushed(self) -> Iterator[str]:
        yield "hush-"
        for secret in (*self.tokens.values(), self.viewer, self.studio_key):
            yield secret
            yield secret.partition(".")[2]

    def found_in(self, text: str) -> list[str]:
        """Return the secrets that a text contains, whole or in part."""
        return [secret for secret in self.hushed if secret in text]


async def secrets_of(api: Member) -> Secrets:
    """Create a room and a viewer, with good and bad tokens for them."""
    key = {"Authorization": f"Bearer {GAME_KEY}"}
    async with httpx.AsyncClient(base_url=api.url) as http:
        room = (await http.post("/api/rooms", json={}, headers=key)).raise_for_status().json()
    room_id, now = room["room_id"], time.time()
    tokens = {
        "good": room["room_token"],
        "expired": SIGNER.room_token(room_id, now - ROOM_TOKEN_LIFETIME_S - 60),
        "forged": Signer(["hush-somebody-elses-key"]).room_token(room_id, now),
        "garbage": f"1.{WRONG}",
    }
    return Secrets(room_id, tokens, SIGNER.new_viewer_id(), SIGNER.sign_studio(new_ulid()))


async def ask_api(api: Member, secrets: Secrets) -> None:
    """Call every route with good and bad secrets, in every place where a secret can be."""
    room = f"/api/rooms/{secrets.room_id}"
    body = {"viewer_id": secrets.viewer, "name": "x", "event_type": "skill1"}
    bad = {**body, "viewer_id": secrets.viewer[:-1] + "!"}
    shown = [*secrets.tokens.values(), GAME_KEY, ADMIN, secrets.studio_key, WRONG]
    kept = f"/api/studio/rooms/{secrets.room_id}"
    routes: list[tuple[str, str, Any]] = [
        *(
            ("POST", f"{room}/{name}", body)
            for name in ("events", "join", "block", "unblock", "reset")
        ),
        *(("POST", path, bad) for path in (f"{room}/events", "/api/viewers", f"{room}/join")),
        *(("POST", path, body) for path in ("/api/viewers", "/api/viewers/set_name", "/api/rooms")),
        *(("GET", f"{room}{rest}", None) for rest in ("", "/stats", "/results", "/viewers")),
        *(("GET", path, None) for path in ("/get_viewer_id", "/metrics", "/nowhere", "/console")),
        ("PATCH", f"{room}/settings", {"title": 5}),
        ("POST", "/api/studios", None),
        ("POST", "/api/studio/media", {}),
        *(("PUT", kept, {"room_token": token}) for token in secrets.tokens.values()),
        *(("GET", path, None) for path in (kept, f"{kept}/rounds/1", "/api/studio/rooms")),
        *(("GET", path, None) for path in ("/api/studio/qr.svg", "/api/studio/setups")),
        ("POST", "/api/studio/setups", {"name": secrets.studio_key, "settings": {"title": 5}}),
    ]
    async with httpx.AsyncClient(base_url=api.url) as http:
        http.cookies.set("viewer_id", bad["viewer_id"])
        for n, (method, path, json) in enumerate(routes):
            usual = secrets.studio_key if path.startswith("/api/studio/") else shown[0]
            for secret in (shown[n % len(shown)], usual):
                url = f"{path}?{QUERY}&token={secret}&viewer_id={secrets.viewer}"
                headers = {"Authorization": f"Bearer {secret}", "Referer": f"http://x/?t={secret}"}
                # After a crash the connection is closed and must not be reused.
                headers["Connection"] = "close"
                answer = await http.request(method, url, json=json, headers=headers)
                if answer.status_code >= 400:
                    secrets.answered.append(f"{answer.headers} {answer.text}")
    await say_nonsense(api.port, secrets)


async def ask_gateway(gateway: Member, secrets: Secrets) -> None:
    """Try handshakes with every secret in every place where it can be."""
    url = gateway.url.replace("http", "ws", 1)
    for secret in [*secrets.tokens.values(), GAME_KEY, WRONG]:
        resume = f"{url}/ws-unity?room_id={secrets.room_id}&{QUERY}"
        await _handshake(f"{resume}&token={secret}&epoch=x&last_seq=0", secrets)
        await _handshake(f"{resume}&token={secret}", secrets)
        await _handshake(f"{url}/ws-unity?{QUERY}&key={secret}", secrets)
        offered = ["streamario.v1", f"token.{secret}", f"key.{secret}"]
        await _handshake(f"{url}/ws-unity?{QUERY}", secrets, subprotocols=offered)
        bearer = {"Authorization": f"Bearer {secret}"}
        await _handshake(resume, secrets, additional_headers=bearer)
        await _handshake(f"{url}/metrics?{QUERY}", secrets, additional_headers=bearer)
        await _handshake(f"{url}/ws-viewer?room_id={secrets.room_id}&token={secret}", secrets)
    await say_nonsense(gateway.port, secrets)


async def _handshake(url: str, secrets: Secrets, **options: Any) -> None:
    try:
        async with websocket(url, **options) as socket:
            for token in secrets.tokens.values():
                await socket.send(f'{{"type":"nonsense","token":"{token}"}}')
                await socket.send(token)
    except InvalidStatus as refused:
        secrets.answered.append(f"{refused.response.headers} {refused.response.body!r}")
    except OSError:
        pass  # the service closed the connection or is down


async def say_nonsense(port: int, secrets: Secrets) -> None:
    """Send malformed requests that contain secrets."""
    path = f"/ws-unity?{QUERY}&token={secrets.tokens['good']}"
    for data in (
        get(path, "no header at all"),
        upgrade(path).replace(b"Sec-WebSocket-Key", b"X"),
        upgrade(path).replace(b"GET", b"POST"),
        f"GET {path}{'x' * 40_000} HTTP/1.1\r\n\r\n".encode(),
        f"\x00{path}\r\n\r\n".encode(),
    ):
        async with wired(port) as wire:
            wire.write(data)
            if wire.writer.can_write_eof():
                wire.writer.write_eof()
            secrets.answered.append((await wire.rest()).decode("latin-1"))


@asynccontextmanager
async def guarded_fleet(
    folder: Path, database_url: str
) -> AsyncIterator[tuple[Fleet, Valkey, Mapping[str, str]]]:
    """Run a fleet whose servers require passwords; yield it with the URLs of the servers."""
    with own_database(database_url) as own:
        told = make_url(own).set(password=DATABASE_PASSWORD)
        async with (
            own_valkey(folder) as valkey,
            open_store(valkey.url, client_name="x", library=LIBRARY) as store,
        ):
            await store.command("CONFIG", "SET", "requirepass", REDIS_PASSWORD)
            redis = valkey.url.replace("//", f"//:{REDIS_PASSWORD}@")
            url = told.render_as_string(hide_password=False)
            async with open_fleet(folder, redis, url) as fleet:
                yield fleet, valkey, {"REDIS_URL": redis, "DATABASE_URL": url}


async def test_no_secret_and_no_query_is_logged_or_answered_whatever_fails(
    tmp_path: Path, database_url: str
) -> None:
    """In both log formats, at DEBUG: normally, when a request crashes, and when Redis is down."""
    async with guarded_fleet(tmp_path, database_url) as (fleet, valkey, where):
        dead = make_url(where["DATABASE_URL"]).set(host="127.0.0.1", port=1, query={})
        no_books = {"DATABASE_URL": dead.render_as_string(hide_password=False)}
        api, bookless, gateway, other, _ = await asyncio.gather(
            fleet.api(**TEXT, LEDGER="off"),
            fleet.api(**JSON, **no_books),
            fleet.gateway(**TEXT),
            fleet.gateway(**JSON),
            fleet.ledger(**TEXT),
        )
        secrets = await secrets_of(api)
        await _ask_all((api, bookless), (gateway, other), secrets)
        async with open_store(where["REDIS_URL"], client_name="vandal", library=LIBRARY) as store:
            await store.command("SET", room_keys(secrets.room_id).room, "not what it should be")
        await _ask_all((api, bookless), (gateway, other), secrets)
        await valkey.kill()
        await _ask_all((api,), (other,), secrets)
        logs = {member.log: member.log.read_text() for member in fleet.members}
    said = "".join(logs.values())
    for happened in ("Traceback", "Redis is away", "database away", "process_request failed"):
        assert happened in said
    assert {log: secrets.found_in(text) for log, text in logs.items()} == {log: [] for log in logs}
    assert len(secrets.answered) > 100
    assert [text for text in secrets.answered if secrets.found_in(text)] == []


async def _ask_all(
    apis: tuple[Member, ...], gateways: tuple[Member, ...], secrets: Secrets
) -> None:
    await asyncio.gather(
        *(ask_api(api, secrets) for api in apis), *(ask_gateway(g, secrets) for g in gateways)
    )


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("REDIS_URL", f"redis+sentinel://:{WRONG}@host"),
        ("REDIS_URL", f"http://:{WRONG}@host"),
        ("DATABASE_URL", f"mysql://user:{WRONG}@host/name"),
        ("DATABASE_URL", f"user:{WRONG}@host"),
        ("DATABASE_URL", f"postgresql://user:{WRONG}%@host/name"),
        ("DATABASE_URL", f"postgresql://user:{WRONG}/{WRONG}@host/name"),
        ("DATABASE_URL", f"postgresql://user:{WRONG}?{WRONG}@host/name"),
        ("SECRET_KEYS", "hush-short"),
        ("PUBLIC_API_URL", f"ftp://user:{WRONG}@host"),
    ],
)
def test_a_malformed_value_is_refused_without_repeating_it(variable: str, value: str) -> None:
    with pytest.raises(SettingsError) as refused:
        load({variable: value})
    assert str(refused.value).startswith(variable)
    assert "hush-" not in str(refused.value)


async def test_a_parameter_that_libpq_does_not_know_is_refused_without_repeating_it() -> None:
    """By the services and by the migration, which cannot connect."""
    url = f"postgresql://user:{WRONG}@host/name?{WRONG}=1"
    with pytest.raises(DatabaseUnfit, match="DATABASE_URL: what stands after the") as refused:
        migrate(url)
    assert "hush-" not in str(refused.value)
    async with open_database(url) as database:
        with pytest.raises(DatabaseUnfit, match="DATABASE_URL: what stands after the"):
            await database.require_schema()


@pytest.mark.parametrize(
    "url",
    [f"redis://:{WRONG}@host:port", f"redis://host:6379/0?password={WRONG}&unknown_option=1"],
)
async def test_a_url_that_redis_py_cannot_read_is_refused_without_repeating_it(url: str) -> None:
    """When a service opens the store."""
    with pytest.raises(StoreUnfit) as refused:
        async with open_store(url, client_name="streamario-test", library=LIBRARY):
            pass
    assert str(refused.value).startswith("REDIS_URL")
    assert "hush-" not in str(refused.value)
