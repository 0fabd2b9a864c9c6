"""A program: `streamario` with tiny services in place of the real ones.

The API counts its starts in both servers, so that a later start shows whether data was kept.
"""

import asyncio
import os
import socket
import sys

import psycopg
from redis.asyncio import Redis

from deploy.cli import Parts, main
from shared.process.settings import Settings


async def api(
    settings: Settings,
    *,
    stop: asyncio.Event,
    ready: asyncio.Event,
    sockets: list[socket.socket],
) -> None:
    """Count this start and accept connections; drain at once, or never if NEVER_DRAINS is set."""
    async with await asyncio.start_server(_hang_up, sock=sockets[0]):
        await _count_start(settings)
        ready.set()
        await stop.wait()
        if "NEVER_DRAINS" in os.environ:
            print("draining", flush=True)
            await asyncio.Event().wait()


async def gateway(settings: Settings, *, stop: asyncio.Event, ready: asyncio.Event) -> None:
    """Listen on UNITY_WS_PORT."""
    async with await asyncio.start_server(_hang_up, settings.host, settings.unity_ws_port):
        print(f"gateway on {settings.unity_ws_port}", flush=True)
        ready.set()
        await stop.wait()


async def ledger(
    settings: Settings,
    *,
    stop: asyncio.Event,
    ready: asyncio.Event,
    sockets: list[socket.socket],
) -> None:
    """Do nothing until it is stopped."""
    ready.set()
    await stop.wait()


def migrate(database_url: str) -> None:
    """Create the table in which starts are counted."""
    with psycopg.connect(database_url) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS starts (at timestamptz DEFAULT now())")


async def _count_start(settings: Settings) -> None:
    async with Redis.from_url(settings.redis_url) as redis:
        in_redis = await redis.incr("starts")
    async with await psycopg.AsyncConnection.connect(settings.database_url) as connection:
        await connection.execute("INSERT INTO starts DEFAULT VALUES")
        cursor = await connection.execute("SELECT count(*) FROM starts")
        row = await cursor.fetchone()
    in_database = row[0] if row else 0
    print(f"starts: {in_redis} in redis, {in_database} in the database", flush=True)
    print(f"secret: {settings.secret_keys[0]}", flush=True)


async def _hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.close()


PARTS = Parts(
    *(f"tests.deploy.tiny_pair:{part.__name__}" for part in (api, gateway, ledger, migrate))
)

if __name__ == "__main__":
    sys.exit(main(parts=PARTS))
