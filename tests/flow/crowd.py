"""A process of viewers who all press at once; it prints how many presses were accepted."""

import asyncio

import httpx

from clients.python import BatchNumbers

VIEWERS = 30
BATCHES = 10


async def main(urls: str, room_id: str, name: str) -> None:
    apis = urls.split(",")
    async with httpx.AsyncClient(timeout=None) as http:
        totals = await asyncio.gather(
            *(press(http, apis[i % len(apis)], room_id, f"{name}{i}") for i in range(VIEWERS))
        )
    print(sum(totals))


async def press(http: httpx.AsyncClient, api: str, room_id: str, name: str) -> int:
    """Send each batch twice with the same number, as a phone on a bad connection would."""
    numbers = BatchNumbers()
    viewer_id = (await http.post(f"{api}/api/viewers", json={})).json()["viewer_id"]
    accepted = 0
    for _ in range(BATCHES):
        events = [{"button_name": button, "push_count": 1} for button in ("skill1", "enemy1")]
        body = {
            "viewer_id": viewer_id,
            "viewer_name": name,
            "push_events": events,
            **numbers.next()._asdict(),
        }
        answers = await asyncio.gather(
            *(http.post(f"{api}/api/rooms/{room_id}/events", json=body) for _ in range(2))
        )
        counts = {answer.json()["accepted"] for answer in answers}
        assert len(counts) == 1
        accepted += counts.pop()
    return accepted
