"""The rounds of a studio's history, as JSON and as tables."""

import asyncio
import csv
import io
import re
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import httpx
import psycopg
import pytest

from api_service.studio.history import past_rooms, round_rows
from api_service.studio.history.bodies import (
    TABLES,
    ButtonTotals,
    PastTrigger,
    PressesInMinute,
    RoundDetails,
)
from api_service.studio.history.bodies import Table as TableOfRound
from api_service.studio.history.csv_tables import csv_of
from shared.engine.engine import Engine
from shared.engine.keys import Limit
from shared.wire.parts import Top
from tests.api_service.conftest import SIGNER, GameRoom
from tests.api_service.room_requests import batch, booked, hide, press
from tests.api_service.studio.files import Studio
from tests.api_service.studio.histories import PATH, add_room, played, recorded_rooms
from tests.room_keys import new_room_id
from tests.waiting import until


async def test_a_round_is_told_in_full(
    api: httpx.AsyncClient, game: GameRoom, engine: Engine, viewer_id: str
) -> None:
    studio = Studio(api)
    path = await played(api, game, engine, studio, viewer_id)
    found = (await studio.ask("GET", path)).json()
    totals = {each["event_type"]: each for each in found["totals"]}
    assert totals["skill1"] == {
        "event_type": "skill1",
        "accepted": 5,
        "triggers": 1,
        "returned": 5,
    }
    assert totals["enemy1"]["accepted"] == 7
    assert totals["skill2"] == {
        "event_type": "skill2",
        "accepted": 0,
        "triggers": 0,
        "returned": 0,
    }
    first, second = found["triggers"]
    assert (first["event_type"], first["threshold"], first["viewer_name"]) == ("skill1", 5, "Ann")
    assert (first["status"], first["reason"]) == ("failed", "Asleep")
    assert (second["event_type"], second["status"]) == ("enemy1", None)
    assert datetime.fromisoformat(first["fired_at"]) <= datetime.now(UTC)
    ann, bob = found["viewer_totals"]
    ulid = viewer_id.partition(".")[0]  # the signed id is Ann's secret
    assert ann == {"viewer_id": ulid, "viewer_name": "Ann", "count": 9}
    assert (bob["viewer_name"], bob["count"]) == ("Bob", 3)
    results = (await api.get(f"{game.path}/results")).json()
    assert found["viewer_totals"] == results["viewer_totals"]
    minutes = found["presses_per_minute"]
    assert sum(each["count"] for each in minutes) == 12
    assert minutes[0]["minute"] <= time.time() / 60 < minutes[0]["minute"] + 3
    (room,) = (await studio.ask("GET", PATH)).json()["rooms"]
    assert room["room_id"] == game.room_id
    assert [(r["round"], r["presses"], r["triggers"]) for r in room["rounds"]] == [(1, 12, 2)]
    assert room["rounds"][0]["ended_at"] == found["ended_at"] is not None


@pytest.mark.parametrize("way", ["settings", "block"])
async def test_a_name_that_the_room_hides_is_hidden_here_too(
    api: httpx.AsyncClient, game: GameRoom, engine: Engine, viewer_id: str, way: str
) -> None:
    """At once, in JSON as in CSV."""
    studio = Studio(api)
    path = await played(api, game, engine, studio, viewer_id)
    assert "Ann" in (await studio.ask("GET", path)).text
    await hide(api, game, way, viewer_id.partition(".")[0])
    for query in ("", "?format=csv&table=triggers", "?format=csv&table=viewers"):
        assert "Ann" not in (await studio.ask("GET", path + query)).text
    bob = {"settings": None, "block": "Bob"}[way]
    ranking = (await studio.ask("GET", path)).json()["viewer_totals"]
    assert [(each["viewer_name"], each["count"]) for each in ranking] == [(None, 9), (bob, 3)]


@pytest.mark.parametrize("way", ["settings", "block"])
async def test_the_name_of_a_winner_who_fired_nothing_is_hidden_at_once(
    api: httpx.AsyncClient, game: GameRoom, engine: Engine, viewer_id: str, way: str
) -> None:
    """By Redis, whose blocks and settings PostgreSQL gets a moment later."""
    studio = Studio(api)
    await press(api, game, {**batch(viewer_id, skill1=1), "viewer_name": "Ann"})
    await engine.finish(game.room_id, game.term)
    await booked(api, game)
    await add_room(studio, game.room_id, game.token)
    path = f"{PATH}/{game.room_id}/rounds/1"
    assert (await studio.ask("GET", path)).json()["triggers"] == []
    await hide(api, game, way, viewer_id.partition(".")[0])
    (ann,) = (await studio.ask("GET", path)).json()["viewer_totals"]
    assert (ann["viewer_name"], ann["count"]) == (None, 1)


async def test_a_round_that_goes_on_has_no_ranking_yet(
    api: httpx.AsyncClient, game: GameRoom, engine: Engine, viewer_id: str
) -> None:
    studio = Studio(api)
    await add_room(studio, game.room_id, game.token)
    await press(api, game, batch(viewer_id, skill1=1))
    await engine.fire(game.room_id, "skill2")  # the streamer's presses are told, too

    async def is_counted() -> bool:
        rooms = (await studio.ask("GET", PATH)).json()["rooms"]
        return any(round_["presses"] == 2 for room in rooms for round_ in room["rounds"])

    await until(is_counted)
    path = f"{PATH}/{game.room_id}/rounds/1"
    running = (await studio.ask("GET", path)).json()
    minutes = running["presses_per_minute"]
    assert {(each["event_type"], each["count"]) for each in minutes} == {
        ("skill1", 1),
        ("skill2", 1),
    }
    assert all(each["minute"] <= time.time() / 60 < each["minute"] + 3 for each in minutes)
    assert (running["ended_at"], running["viewer_totals"]) == (None, [])
    await engine.finish(game.room_id, game.term)
    await booked(api, game)
    (winner,) = (await studio.ask("GET", path)).json()["viewer_totals"]
    assert winner["count"] == 1


async def test_tables_are_for_spreadsheets(
    api: httpx.AsyncClient, game: GameRoom, engine: Engine, viewer_id: str
) -> None:
    studio = Studio(api)
    path = await played(api, game, engine, studio, viewer_id)
    rows = {}
    for table in TABLES:
        answer = await studio.ask("GET", f"{path}?format=csv&table={table}")
        assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
        assert answer.content.startswith(b"\xef\xbb\xbf"), "Excel reads Japanese"
        name = f"{game.room_id}-1-{table}.csv"
        assert answer.headers["Content-Disposition"] == f'attachment; filename="{name}"'
        rows[table] = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert rows["totals"][0] == {
        "event_type": "skill1",
        "accepted": "5",
        "triggers": "1",
        "returned": "5",
    }
    ann, bob = rows["viewers"]
    ulid = viewer_id.partition(".")[0]
    assert ann == {"viewer_id": ulid, "viewer_name": "Ann", "count": "9"}
    assert (bob["viewer_name"], bob["count"]) == ("Bob", "3")
    assert rows["triggers"][0]["viewer_name"] == "Ann"
    assert sum(int(row["count"]) for row in rows["presses"]) == 12
    assert rows["presses"][0]["minute"].endswith(":00.000Z")


@pytest.mark.parametrize(
    ("name", "written_as"),
    [
        *((name, f"'{name}") for name in ("=1+1", "+1", "-1", "@SUM(A1)", "＝1", " =1", "\r1")),
        ("\t=1", "'\t'=1"),
        ("a;=1+1", "a;'=1+1"),
        ("a,=1+1,-2", "a,'=1+1,'-2"),
        ("a\t@SUM(A1)", "a\t'@SUM(A1)"),
        ("a\n＋1", "a\n'＋1"),
        ("a\r\n=1", "a\r'\n'=1"),
        ("a; =1", "a;' =1"),
        ("a=1; b-2", "a=1; b-2"),
    ],
)
def test_a_name_is_no_formula(name: str, written_as: str) -> None:
    """Wherever a spreadsheet begins a cell; those of some countries do so after a semicolon."""
    trigger = PastTrigger(1, "skill1", 5, name, "2026-01-01T00:00:00.000Z", None, '",=1')
    details = RoundDetails("R", 1, "", None, (), (Top("V", name, 9),), (trigger,), ())
    written = (
        csv_of(details, table, has_titles=True).removeprefix("\ufeff")
        for table in ("triggers", "viewers")
    )
    row, winner = (next(csv.DictReader(io.StringIO(text, newline=""))) for text in written)
    assert row["viewer_name"] == winner["viewer_name"] == written_as
    assert (row["reason"], row["status"]) == ("\",'=1", "")


@pytest.mark.parametrize("table", TABLES)
def test_every_cell_is_quoted(table: TableOfRound) -> None:
    """So that a spreadsheet that takes another character for the separator finds none in a name."""
    trigger = PastTrigger(1, "skill1", 5, "a;b", "2026-01-01T00:00:00.000Z", None, None)
    totals, minutes = (ButtonTotals("skill1", 5, 1, 0),), (PressesInMinute(1, "skill1", 5),)
    details = RoundDetails("R", 1, "", None, totals, (Top("V", "a;b", 9),), (trigger,), minutes)
    lines = csv_of(details, table, has_titles=False).removesuffix("\r\n").split("\r\n")
    assert all(re.fullmatch(r'"[^"]*"(,"[^"]*")*', line) for line in lines)


async def test_who_reads_a_long_round_holds_up_no_other_studio(
    api: httpx.AsyncClient, game: GameRoom, engine: Engine, viewer_id: str, database_url: str
) -> None:
    """Neither its list nor its rounds; who asks for the long round waits for it alone."""
    studio, other = Studio(api), Studio(api)
    path = await played(api, game, engine, studio, viewer_id)
    (room_id,) = await recorded_rooms(api, other, "")
    with psycopg.connect(database_url) as holder:
        holder.execute("LOCK TABLE triggers IN ACCESS EXCLUSIVE MODE")
        long = [asyncio.create_task(studio.ask("GET", path)) for _ in range(20)]
        for _ in range(3):
            assert (await other.ask("GET", PATH)).is_success
            answer = await other.ask("GET", f"{PATH}/{room_id}/rounds/1")
            assert answer.json()["code"] == "not_found"  # it has had none
        assert not any(each.done() for each in long)
    answers = await asyncio.gather(*long)
    assert {answer.status_code for answer in answers} <= {200, 503}
    assert answers[0].is_success


async def test_all_triggers_of_a_long_round_come_a_page_at_a_time(
    api: httpx.AsyncClient, game: GameRoom, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each answer links to the next. Pages of a table make one file, JSON has the rest alone."""
    assert round_rows.MOST_ROWS == 10_000
    studio = Studio(api)
    for viewer in range(5):
        named = {**batch(SIGNER.new_viewer_id(), skill1=5), "viewer_name": f"={viewer}"}
        await press(api, game, named)
    await engine.finish(game.room_id, game.term)
    await booked(api, game)
    assert (await add_room(studio, game.room_id, game.token)).is_success
    path = f"{PATH}/{game.room_id}/rounds/1"
    whole = await studio.ask("GET", f"{path}?format=csv&table=triggers")
    assert "Link" not in whole.headers
    details = (await studio.ask("GET", path)).json()
    assert len(details["triggers"]) == 5

    monkeypatch.setattr(round_rows, "MOST_ROWS", 2)
    pages = [page async for page in pages_of(studio, f"{path}?format=csv&table=triggers")]
    assert b"".join(page.content for page in pages) == whole.content
    first, second, third = [page.json() async for page in pages_of(studio, path)]
    assert (first["totals"], len(first["viewer_totals"])) == (details["totals"], 2)
    assert second["totals"] == second["viewer_totals"] == second["presses_per_minute"] == []
    triggers = [trigger for page in (first, second, third) for trigger in page["triggers"]]
    assert triggers == details["triggers"]

    totals = f"{path}?format=csv&table=totals"
    assert (await studio.ask("GET", f"{totals}&after=1-1")).text == (
        await studio.ask("GET", totals)
    ).text


async def pages_of(studio: Studio, path: str) -> AsyncIterator[httpx.Response]:
    """An answer, and those that it leads to."""
    page = await studio.ask("GET", path)
    yield page
    while more := page.links.get("next"):
        page = await studio.ask("GET", path.partition("?")[0] + more["url"])
        yield page


async def test_a_ranking_has_all_who_pressed(
    api: httpx.AsyncClient, game: GameRoom, engine: Engine
) -> None:
    """Also those after the hundred whom the round's results tell."""
    studio = Studio(api)
    for _ in range(102):
        await press(api, game, batch(SIGNER.new_viewer_id(), enemy2=1))
    await engine.finish(game.room_id, game.term)
    await booked(api, game)
    assert (await add_room(studio, game.room_id, game.token)).is_success
    path = f"{PATH}/{game.room_id}/rounds/1"
    ranking = (await studio.ask("GET", path)).json()["viewer_totals"]
    assert len({viewer["viewer_id"] for viewer in ranking}) == 102
    table = (await studio.ask("GET", f"{path}?format=csv&table=viewers")).text
    assert len(table.splitlines()) == 1 + 102
    results = (await api.get(f"{game.path}/results")).json()
    assert results["viewer_totals"] == ranking[:100]


async def test_a_studio_reads_only_so_many_rounds(
    api: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(past_rooms, "ROUNDS_LIMIT", Limit("rounds", 1, 2))
    path = f"{PATH}/{new_room_id()}/rounds/1"
    one, another = Studio(api), Studio(api)
    answers = [await each.ask("GET", path) for each in (one, one, one, another)]
    assert [answer.status_code for answer in answers] == [404, 404, 429, 404]
    assert answers[2].json()["code"] == "rate_limited"
    assert int(answers[2].headers["Retry-After"]) >= 1


async def test_only_the_table_that_is_asked_for_is_read(
    api: httpx.AsyncClient, game: GameRoom, engine: Engine, viewer_id: str
) -> None:
    studio = Studio(api)
    path = await played(api, game, engine, studio, viewer_id)
    readers = {
        "totals": "_totals",
        "viewers": "viewer_totals_of",
        "triggers": "_fired",
        "presses": "_minutes",
    }
    assert readers.keys() == {*TABLES}
    for table, own in readers.items():
        with pytest.MonkeyPatch.context() as patch:
            for reader in set(readers.values()) - {own}:
                patch.setattr(round_rows, reader, None)
            answer = await studio.ask("GET", f"{path}?format=csv&table={table}")
        assert len(answer.text.splitlines()) > 1
