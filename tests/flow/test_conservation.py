"""Sixty viewers press at once, from two processes, through two API processes: counts add up."""

import asyncio
import sys
from pathlib import Path

import msgspec

from shared.wire.game_messages import GameEnd, GameEndSummary
from tests.flow.books import read_books
from tests.flow.fleet import Member, open_fleet
from tests.flow.play import new_game, viewers

CROWD = """
import asyncio, sys
from tests.flow.crowd import main
asyncio.run(main(*sys.argv[1:]))
"""


async def crowd(apis: list[Member], room_id: str, name: str) -> int:
    """Run a process of thirty viewers, and return how many presses were accepted."""
    urls = ",".join(api.url for api in apis)
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", CROWD, urls, room_id, name), stdout=asyncio.subprocess.PIPE
    )
    output, _ = await process.communicate()
    assert process.returncode == 0
    return msgspec.json.decode(output, type=int)


async def test_sixty_concurrent_viewers_lose_and_double_nothing(
    tmp_path: Path, redis_url: str, database_url: str
) -> None:
    async with open_fleet(tmp_path, redis_url, database_url, patient=True) as fleet:
        apis, gateways = await fleet.pair_of_each()
        async with viewers(apis[0], 1) as (first,), new_game(gateways[1]) as (game, room):
            await first.press_once_started(apis[0], room.room_id, "skill1")
            accepted = 1 + sum(
                await asyncio.gather(*(crowd(apis, room.room_id, name) for name in ("a", "b")))
            )
            books = await read_books(redis_url, room.room_id, ["skill1", "enemy1"])
            assert all(account.balances for account in books.values())
            assert sum(account.accepted for account in books.values()) == accepted
            consumed = sum(account.consumed for account in books.values())
            while sum(event.trigger_count for event in game.triggers) < consumed:
                await game.receive()
            await game.say(GameEnd())
            summary = await game.next_of(GameEndSummary)
            assert game.numbers == list(range(1, summary.seq))


async def test_one_batch_sent_at_once_through_both_apis_counts_once(
    tmp_path: Path, redis_url: str, database_url: str
) -> None:
    async with open_fleet(tmp_path, redis_url, database_url, patient=True) as fleet:
        apis, gateways = await fleet.pair_of_each()
        async with viewers(apis[0], 1) as (viewer,), new_game(gateways[0]) as (game, room):
            await viewer.press_once_started(apis[0], room.room_id, "skill3")
            answers = await asyncio.gather(
                *(
                    viewer.press(apis[i % 2], room.room_id, {"skill1": 5}, batch_id="same")
                    for i in range(50)
                )
            )
            assert [answer.accepted for answer in answers] == [5] * 50
            assert sum(not answer.duplicate for answer in answers) == 1
            await game.say(GameEnd())
            assert (await game.next_of(GameEndSummary)).seq == 2
            assert game.numbers == [1]
