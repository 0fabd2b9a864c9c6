"""The 3-2-1 of a round, over at once: tests press as soon as a round has begun."""

import re

from redis.asyncio import Redis

from shared.engine.keys import inbox
from tests.room_keys import room_keys

LONG_AGO = 10_000  # ms


async def end_countdown(redis_url: str, room_id: str) -> None:
    """Let the running round have begun ten seconds ago, and gateways that watch it look again."""
    key = room_keys(room_id).room
    async with Redis.from_url(redis_url, decode_responses=True) as client:
        await client.hincrby(key, "started_at", -LONG_AGO)
        watchers = str(await client.hget(key, "watchers") or "")
        for gateway in re.findall(r"(\w+):\d+:\d,", watchers):
            changed = f'{{"type":"room_changed","room_id":"{room_id}"}}'
            await client.publish(inbox(gateway), changed)
