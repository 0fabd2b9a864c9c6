"""Requests to a room's routes, and what Redis counts of them."""

from typing import Any

import httpx

from shared.redis_store.store import Store
from tests.api_service.conftest import GameRoom
from tests.room_keys import room_keys
from tests.waiting import until


def batch(viewer_id: str, /, batch_id: str | None = None, **presses: int) -> dict[str, Any]:
    events = [{"button_name": name, "push_count": count} for name, count in presses.items()]
    body: dict[str, Any] = {"viewer_id": viewer_id, "push_events": events}
    return body if batch_id is None else {**body, "batch_id": batch_id}


async def press(api: httpx.AsyncClient, game: GameRoom, body: object) -> dict[str, Any]:
    answer = await api.post(f"{game.path}/events", json=body)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def books(store: Store, game: GameRoom, event_type: str) -> tuple[int, int]:
    """The presses accepted, and how triggers, count and resets account for them."""
    fields = [f"{event_type}:{name}" for name in ("accepted", "consumed", "count", "discarded")]
    counts = room_keys(game.room_id).counts(1)
    accepted, *rest = [int(n or 0) for n in await store.command("HMGET", counts, *fields)]
    return accepted, sum(rest)


async def booked(api: httpx.AsyncClient, game: GameRoom, **query: str) -> httpx.Response:
    """The results, once the books have reached the round's end."""
    answers: list[httpx.Response] = []

    async def is_there() -> bool:
        answers.append(await api.get(f"{game.path}/results", params=query))
        pending = answers[-1].status_code == 503
        if pending:
            assert answers[-1].json()["code"] == "results_pending"
            assert answers[-1].headers["Retry-After"] == "1"
        return not pending

    await until(is_there)
    return answers[-1]


async def hide(api: httpx.AsyncClient, game: GameRoom, way: str, viewer: str) -> None:
    """Have the room hide the viewer's name: by its settings, or by a block."""
    if way == "settings":
        hidden = {"show_names": False}
        answer = await api.patch(f"{game.path}/settings", json=hidden, headers=game.owner)
    else:
        blocked = {"viewer_id": viewer}
        answer = await api.post(f"{game.path}/block", json=blocked, headers=game.owner)
    assert answer.status_code == 200
