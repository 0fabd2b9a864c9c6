"""The ledger runs in API processes, or in a separate process."""

import signal
from pathlib import Path

import httpx

from shared.wire.game_messages import GameEnd, GameEndSummary
from tests.flow.fleet import Member, open_fleet
from tests.flow.play import new_game, viewers
from tests.waiting import until


async def test_a_ledger_alone_books_what_apis_without_one_count(
    tmp_path: Path, redis_url: str, database_url: str
) -> None:
    """It serves health and metrics only; results are pending until it has started."""
    async with open_fleet(tmp_path, redis_url, database_url, patient=True) as fleet:
        api, gateway = await fleet.api(LEDGER="off"), await fleet.gateway()
        async with viewers(api, 1) as (viewer,), new_game(gateway) as (game, room):
            await viewer.press_once_started(api, room.room_id, "skill1")
            await game.say(GameEnd())
            await game.next_of(GameEndSummary)
            ledger = await fleet.ledger()
            totals = await _results(api, room.room_id)
            assert totals["event_totals"]["skill1"] == 1
            async with httpx.AsyncClient(base_url=ledger.url) as http:

                async def counts() -> bool:  # after it has booked
                    figures = (await http.get("/metrics")).text
                    return "streamario_ledger_presses_total 0" not in figures

                await until(counts)
                assert (await http.get("/healthz")).status_code == 200
                assert (await http.get(f"/api/rooms/{room.room_id}")).status_code == 404
            ledger.send(signal.SIGTERM)
            assert await ledger.stopped() == 0


async def _results(api: Member, room_id: str) -> dict[str, dict[str, int]]:
    answers: list[httpx.Response] = []
    async with httpx.AsyncClient(base_url=api.url) as http:

        async def are_there() -> bool:
            answers.append(await http.get(f"/api/rooms/{room_id}/results"))
            return answers[-1].status_code == 200

        await until(are_there)
    totals: dict[str, dict[str, int]] = answers[-1].json()
    return totals
