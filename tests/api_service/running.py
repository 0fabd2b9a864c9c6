"""The API service inside the test process, and a link to Redis that can be cut."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

import httpx
import psycopg

from api_service.app import serve
from deploy.services import Serve
from shared.process.settings import Settings
from tests.api_service.schema import PublishedSchema
from tests.conftest import free_ports
from tests.waiting import until

SECRET = "a secret of the test suite"


def api_settings(redis_url: str, database_url: str, **changes: object) -> Settings:
    """An API service on a port of its own, without a balancer to wait for."""
    plain = Settings(
        host="127.0.0.1",
        port=free_ports(1)[0],
        redis_url=redis_url,
        database_url=database_url,
        secret_keys=(SECRET,),
        drain_delay=0,
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


@asynccontextmanager
async def running(settings: Settings, service: Serve = serve) -> AsyncIterator[asyncio.Event]:
    """The service on the settings' port; gives the event that stops it."""
    stop, ready = asyncio.Event(), asyncio.Event()
    serving = asyncio.create_task(service(settings, stop=stop, ready=ready))
    listens = asyncio.create_task(ready.wait())
    await asyncio.wait((serving, listens), return_when=asyncio.FIRST_COMPLETED)
    listens.cancel()
    try:
        if ready.is_set():
            yield stop
    finally:
        stop.set()
        await serving


@asynccontextmanager
async def client_of(settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    """A client that compares every answer with the published schema."""
    url = f"http://{settings.host}:{settings.port}"
    async with httpx.AsyncClient(base_url=url) as http:
        schema = PublishedSchema((await http.get("/openapi.json")).json())

        async def check(answer: httpx.Response) -> None:
            await answer.aread()
            schema.check(answer)

        http.event_hooks["response"] = [check]
        yield http


@asynccontextmanager
async def ready_client(settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    """The service, with a client, once it is ready."""
    async with running(settings), client_of(settings) as http:

        async def is_ready() -> bool:
            return (await http.get("/readyz")).status_code == 200

        await until(is_ready)
        yield http


@dataclass
class Link:
    """A way to Redis. While `swallowing`, the next answer is lost and its connection breaks."""

    url: str
    swallowing: bool = False
    swallowed: int = 0


@asynccontextmanager
async def cuttable_link(folder: Path, redis_url: str) -> AsyncIterator[Link]:
    """A unix socket that forwards to Redis' own socket."""
    target = redis_url.removeprefix("unix://")
    link = Link(url=f"unix://{folder}/link.sock")
    open_ends: set[asyncio.StreamWriter] = set()

    async def forward(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        redis_reader, redis_writer = await asyncio.open_unix_connection(target)
        ends = {writer, redis_writer}
        open_ends.update(ends)
        try:
            async with asyncio.TaskGroup() as group:
                asking = group.create_task(pump(reader, redis_writer))
                await pump(redis_reader, writer, lossy=True)
                asking.cancel()
        finally:
            for end in ends:
                end.close()
            open_ends.difference_update(ends)

    async def pump(
        reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, lossy: bool = False
    ) -> None:
        while data := await reader.read(65536):
            if lossy and link.swallowing:
                link.swallowing = False
                link.swallowed += 1
                break
            writer.write(data)
            with suppress(ConnectionError):  # the other end is gone, which the next read says, too
                await writer.drain()
        writer.close()

    async with await asyncio.start_unix_server(forward, f"{folder}/link.sock"):
        yield link
        for end in open_ends:
            end.close()


def with_proxy(settings: Settings) -> Settings:
    """Settings under which the tests' own address is a proxy."""
    from ipaddress import ip_network

    return replace(settings, trusted_proxies=(ip_network("127.0.0.0/8"),))


def empty_database(url: str, name: str) -> str:
    """A fresh database beside the suite's."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
    conninfo = psycopg.conninfo.conninfo_to_dict(url)
    return (
        f"postgresql://{conninfo['user']}@/{name}?host={conninfo['host']}&port={conninfo['port']}"
    )
