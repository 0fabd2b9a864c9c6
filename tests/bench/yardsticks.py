"""The baselines for presses: the same HTTP server with no work to do, two designs that do less.

    python -m tests.bench.yardsticks NAME PORT

`ceiling` reads the body and answers with constant bytes: no service on this server can be faster.
`older` counts as the older design did, by separate Redis calls: record the viewer, count active
viewers, increment, compare, publish, reset. There, two concurrent presses can both fire, or erase a
third. It writes no ledger. `node` is node/server.mjs.
"""

import asyncio
import json
import os
import sys
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import redis.asyncio
import uvloop
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from api_service.http.listeners import listening
from api_service.http.server import ApiServer
from shared.wire.room_settings import DEFAULT_SETTINGS
from tests.bench.child import child, module
from tests.bench.node import node_server
from tests.conftest import free_ports
from tests.shared.engine.counting_rule import threshold
from tests.waiting import until

CEILING, OLDER, NODE = "ceiling", "older", "node"
ACTIVE_WITHIN: Final = 30  # s
CONNECTIONS: Final = 50
CHANNEL: Final = "game_events"
BUTTONS: Final = {button.event_type: button for button in DEFAULT_SETTINGS.buttons}


@dataclass(frozen=True)
class Yardstick:
    """A process that answers presses."""

    url: str
    pid: int


@asynccontextmanager
async def yardstick(name: str, environment: Mapping[str, str]) -> AsyncIterator[Yardstick]:
    """Run the process of one baseline, and wait until it listens."""
    (port,) = free_ports(1)
    command = node_server(port) if name == NODE else module("yardsticks", name, str(port))
    async with child(*command, environment=environment) as process:
        await until(lambda: _listens(process, port))
        yield Yardstick(f"http://127.0.0.1:{port}", process.pid)


@asynccontextmanager
async def yardsticks(
    names: Sequence[str], count: int, redis_url: str, answer: bytes, folder: Path
) -> AsyncIterator[dict[str, list[Yardstick]]]:
    """Run `count` processes of each named baseline; `answer` is the ceiling's answer."""
    file = folder / "answer.json"
    file.write_bytes(answer)
    socket = urlsplit(redis_url).path  # the stand's Valkey listens on a unix socket only
    environment = {"REDIS_URL": redis_url, "REDIS_SOCKET": socket, "ANSWER": str(file)}
    async with AsyncExitStack() as stack:
        yield {
            name: [
                await stack.enter_async_context(yardstick(name, environment)) for _ in range(count)
            ]
            for name in names
        }


async def _listens(process: asyncio.subprocess.Process, port: int) -> bool:
    assert process.returncode is None
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.close()
    return True


def ceiling(answer: bytes) -> ASGIApp:
    """Return an app that reads a request and always gives the same answer."""
    headers = [
        (b"content-type", b"application/json"),
        (b"cache-control", b"no-store"),
        (b"content-length", b"%d" % len(answer)),
    ]

    async def app(_: Scope, receive: Receive, send: Send) -> None:
        while (await receive()).get("more_body"):
            pass
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": answer})

    return app


class Older:
    """The press route of the older design."""

    def __init__(self, client: redis.asyncio.Redis) -> None:
        self._redis = client
        self.app = Starlette(
            routes=[Route("/api/rooms/{room_id}/events", self.press, methods=["POST"])]
        )

    async def press(self, request: Request) -> JSONResponse:
        """Count each button's presses."""
        body = await request.json()
        room_id = request.path_params["room_id"]
        results = [
            await self._count(room_id, body["viewer_id"], event["button_name"], event["push_count"])
            for event in body["push_events"]
        ]
        return JSONResponse({"room_id": room_id, "event_results": results})

    async def _count(
        self, room_id: str, viewer_id: str, event_type: str, presses: int
    ) -> dict[str, Any]:
        now = time.time()
        active, counter = f"older:{room_id}:active", f"older:{room_id}:{event_type}"
        await self._redis.zadd(active, {viewer_id: now})
        viewers = await self._redis.zcount(active, now - ACTIVE_WITHIN, "+inf")
        count = await self._redis.incr(counter, presses)
        required = threshold(BUTTONS[event_type], DEFAULT_SETTINGS.multipliers, viewers)
        fired = count >= required
        if fired:
            await self._fire(room_id, event_type, count, viewers)
            await self._redis.set(counter, 0)
        return {
            "event_type": event_type,
            "current_count": 0 if fired else count,
            "required_count": required,
            "effect_triggered": fired,
            "viewer_count": viewers,
            "next_threshold": required,
        }

    async def _fire(self, room_id: str, event_type: str, count: int, viewers: int) -> None:
        event = {
            "type": "game_event",
            "room_id": room_id,
            "event_type": event_type,
            "trigger_count": count,
            "viewer_count": viewers,
        }
        await self._redis.publish(CHANNEL, json.dumps(event))


async def serve(name: str, port: int) -> None:
    """Serve one baseline on the API service's HTTP server."""
    # A press waits for a free connection, as in the older design.
    pool = redis.asyncio.BlockingConnectionPool.from_url(
        os.environ["REDIS_URL"], max_connections=CONNECTIONS, timeout=None
    )
    client = redis.asyncio.Redis(connection_pool=pool)
    app = Older(client).app if name == OLDER else ceiling(Path(os.environ["ANSWER"]).read_bytes())
    with listening("127.0.0.1", port) as sockets:
        await ApiServer(app, asyncio.Event()).serve(sockets)


if __name__ == "__main__":
    uvloop.run(serve(sys.argv[1], int(sys.argv[2])))
