"""Backups are taken and restored as docs/operations.md and docs/restore.md say."""

import asyncio
import shutil
from pathlib import Path

import httpx
from redis.asyncio import Redis

from api_service.audit import Audit, audit
from api_service.books.database import open_database
from api_service.books.migrate import upgrade
from deploy.embedded.servers import embedded_servers
from shared.wire.game_messages import GameEnd, GameEndSummary, Gap
from tests.clients.terminal.audit_command import run as run_audit
from tests.deploy import backups
from tests.faults.postgres import own_postgres
from tests.flow.books import ACCEPTED, recorded
from tests.flow.fleet import Member, open_fleet
from tests.flow.play import new_game, resumed, viewers
from tests.shared.engine.rooms import OwnServer, own_server
from tests.waiting import until

FORGETFUL = ("--appendonly", "no")


async def get(api: Member, path: str) -> bytes:
    """Repeat a request until the status is 200, and return the body."""
    answers: list[httpx.Response] = []
    async with httpx.AsyncClient(base_url=api.url) as http:

        async def is_there() -> bool:
            answers.append(await http.get(path))
            return answers[-1].status_code == 200

        await until(is_there)
    return answers[-1].content


async def tells(api: Member, name: str, value: int) -> bool:
    """Return whether /metrics contains this value."""
    return f"{name} {value:.1f}\n" in (await get(api, "/metrics")).decode()


async def audited(room_id: str, database_url: str) -> Audit:
    """Audit a room."""
    async with open_database(database_url) as database:
        found = await audit(database, room_id)
    assert found is not None
    return found


async def test_a_dump_restored_elsewhere_holds_the_same_books_and_results(
    tmp_path: Path, own_database_url: str
) -> None:
    """On a new server, with another, empty Redis."""
    async with (
        own_server(tmp_path) as valkey,
        open_fleet(tmp_path, valkey.url, own_database_url) as fleet,
        embedded_servers(tmp_path / "fresh", redis=True, database=True) as fresh,
    ):
        api, gateway = await asyncio.gather(fleet.api(), fleet.gateway())
        async with viewers(api, 2) as (ann, bob), new_game(gateway) as (game, room):
            await ann.press_once_started(api, room.room_id, "skill1")
            await ann.press(api, room.room_id, {"skill1": 20, "enemy1": 9})
            await bob.press(api, room.room_id, {"skill2": 11})
            await game.say(GameEnd())
            await game.next_of(GameEndSummary)
        results = await get(api, f"/api/rooms/{room.room_id}/results")
        await fleet.stop()
        await backups.dump(own_database_url, tmp_path / "streamario.dump")
        await backups.restore(tmp_path / "streamario.dump", fresh.database_url)

        ran = await run_audit(tmp_path, room.room_id, DATABASE_URL=fresh.database_url)
        assert (ran.status, ran.out.splitlines()[-1]) == (0, "The books balance.")
        before = await audited(room.room_id, own_database_url)
        assert await audited(room.room_id, fresh.database_url) == before
        elsewhere = await fleet.api(REDIS_URL=fresh.redis_url, DATABASE_URL=fresh.database_url)
        assert await get(elsewhere, f"/api/rooms/{room.room_id}/results") == results


async def test_a_round_ends_where_redis_is_lost_and_postgresql_is_restored(
    tmp_path: Path, own_database_url: str
) -> None:
    """With the state of the dump: the game is told after which trigger numbering continues."""
    file = tmp_path / "streamario.dump"
    async with (
        own_server(tmp_path, *FORGETFUL) as valkey,
        open_fleet(tmp_path, valkey.url, own_database_url) as fleet,
    ):
        api, gateway = await asyncio.gather(fleet.api(), fleet.gateway())
        async with viewers(api, 2) as (ann, bob), new_game(gateway) as (game, room):
            await ann.press_once_started(api, room.room_id, "skill1")
            await ann.press(api, room.room_id, {"skill1": 20})
            await recorded(own_database_url, ACCEPTED, 21)
            await backups.dump(own_database_url, file)
            await bob.press(api, room.room_id, {"skill1": 14})
            await game.receive_until(7)
            await recorded(own_database_url, ACCEPTED, 35)
        await fleet.stop()
        await valkey.kill()
        backups.make_empty(own_database_url)
        await backups.restore(file, own_database_url)
        await valkey.start()

        await asyncio.gather(api.start(), gateway.start())
        await get(api, f"/api/rooms/{room.room_id}")
        async with (
            viewers(api, 1) as (carl,),
            resumed(gateway, room, last=game.triggers[-1]) as (again, ready),
        ):
            assert (ready.status, ready.recovered) == ("ended", False)
            assert (await again.next_of(Gap)).last_seq == 4
            assert (await again.next_of(GameEndSummary)).event_totals[0].count == 21
            await again.start()
            await carl.press(api, room.room_id, {"skill1": 5})
            await again.receive_until(6)
            await recorded(own_database_url, ACCEPTED, 26)


async def test_postgresql_restored_behind_redis_is_told_and_the_round_goes_on(
    tmp_path: Path, own_database_url: str
) -> None:
    """With running services: missing presses are an alarm, and the room no longer balances."""
    file = tmp_path / "streamario.dump"
    async with (
        own_server(tmp_path) as valkey,
        open_fleet(tmp_path, valkey.url, own_database_url) as fleet,
    ):
        api, gateway = await asyncio.gather(fleet.api(), fleet.gateway())
        async with viewers(api, 2) as (ann, bob), new_game(gateway) as (game, room):
            await ann.press_once_started(api, room.room_id, "skill1")
            await ann.press(api, room.room_id, {"skill1": 20})
            await recorded(own_database_url, ACCEPTED, 21)
            await backups.dump(own_database_url, file)
            await bob.press(api, room.room_id, {"skill1": 17})
            await recorded(own_database_url, ACCEPTED, 38)
            backups.make_empty(own_database_url)
            await bob.press(api, room.room_id, {"skill1": 2})
            await backups.restore(file, own_database_url)
            await recorded(own_database_url, ACCEPTED, 40)
            await game.receive_until(8)
        await until(lambda: tells(api, "streamario_ledger_gaps_total", 1))
        assert "ledger entries missing" in api.log.read_text()
        assert not (await audited(room.room_id, own_database_url)).balanced


async def test_a_copy_of_redis_files_holds_rooms_and_what_no_game_has_acknowledged(
    tmp_path: Path, own_database_url: str
) -> None:
    """Taken while the server runs; another server starts from the state of the copy."""
    copy = tmp_path / "copy"
    async with (
        own_server(tmp_path) as valkey,
        open_fleet(tmp_path, valkey.url, own_database_url) as fleet,
    ):
        api, gateway = await asyncio.gather(fleet.api(), fleet.gateway())
        async with viewers(api, 1) as (ann,), new_game(gateway) as (game, room):
            await ann.press_once_started(api, room.room_id, "skill1")
            await ann.press(api, room.room_id, {"skill1": 17})
            await game.receive_until(3)
            await game.ack()
        async with viewers(api, 1) as (bob,):
            await bob.press(api, room.room_id, {"skill1": 9})
        await copy_append_only_files(valkey, copy)
        await fleet.stop()
        await valkey.kill()

        async with own_server(copy) as anew:
            api, gateway = (
                await fleet.api(REDIS_URL=anew.url),
                await fleet.gateway(REDIS_URL=anew.url),
            )
            async with resumed(gateway, room, last=game.triggers[-1]) as (again, ready):
                assert (ready.status, ready.recovered, ready.replayed) == ("in_game", True, 2)
                await again.receive_until(5)
                assert again.numbers == [4, 5]


async def copy_append_only_files(valkey: OwnServer, copy: Path) -> None:
    """Copy them while nothing rewrites them, as Redis's manual describes."""
    async with Redis.from_url(valkey.url, decode_responses=True) as client:
        await client.config_set("auto-aof-rewrite-percentage", 0)
        assert (await client.info("persistence"))["aof_rewrite_in_progress"] == 0
        shutil.copytree(valkey.folder / "appendonlydir", copy / "appendonlydir")
        await client.config_set("auto-aof-rewrite-percentage", 100)


async def test_a_snapshot_is_read_only_by_a_server_without_append_only_file(
    tmp_path: Path,
) -> None:
    """With an append-only file, even a new one, Valkey ignores the snapshot and starts empty."""
    folders = [tmp_path / name for name in ("from", "wrong", "right")]
    for folder in folders:
        folder.mkdir()
    async with own_server(folders[0]) as valkey, Redis.from_url(valkey.url) as client:
        await client.set("a room", "is here")
        await client.save()
    for folder in folders[1:]:
        shutil.copy(folders[0] / "dump.rdb", folder)
    async with own_server(folders[1]) as wrong:
        assert await size(wrong) == 0
    async with own_server(folders[2], *FORGETFUL) as right, Redis.from_url(right.url) as client:
        assert await size(right) == 1
        await client.config_set("appendonly", "yes")
        await until(lambda: is_appending(client))
    async with own_server(folders[2]) as right:
        assert await size(right) == 1


async def size(valkey: OwnServer) -> int:
    async with Redis.from_url(valkey.url) as client:
        return int(await client.dbsize())


async def is_appending(client: Redis) -> bool:
    facts = await client.info("persistence")
    return bool(facts["aof_enabled"] == 1 and facts["aof_rewrite_in_progress"] == 0)


async def test_the_ledger_goes_on_at_a_promoted_standby(tmp_path: Path) -> None:
    """`DATABASE_URL` names both servers; presses do not wait for the dead one."""
    standby_folder = tmp_path / "standby"
    async with own_postgres(tmp_path / "primary") as primary, own_server(tmp_path) as valkey:
        await backups.base_backup(primary.url, standby_folder / "postgres")
        async with own_postgres(standby_folder) as standby:
            url = backups.either(primary.url, standby.url)
            upgrade(url)
            async with open_fleet(tmp_path, valkey.url, url) as fleet:
                api, gateway = await asyncio.gather(fleet.api(), fleet.gateway())
                async with viewers(api, 1) as (ann,), new_game(gateway) as (_, room):
                    await ann.press_once_started(api, room.room_id, "skill1")
                    await ann.press(api, room.room_id, {"skill1": 20})
                    await recorded(url, ACCEPTED, 21)
                    await backups.replicated(primary.url)
                    await primary.kill()
                    await ann.press(api, room.room_id, {"skill1": 17})
                    backups.promote(standby.url)
                    await recorded(url, ACCEPTED, 38)
            assert (await audited(room.room_id, url)).balanced
