"""Presses that are unanswered at the end of their round."""

import time
from pathlib import Path

from tests.browser.conftest import Services
from tests.clients.web.faulty_proxy import FaultyProxy
from tests.clients.web.node_client import opened_client
from tests.clients.web.rooms import WebRoom

SUMMED_UP_IN = 1.0  # s at least from a round's end until a page asks how it went


async def test_the_end_is_told_by_the_answer_to_a_press(services: Services, room: WebRoom) -> None:
    """Late presses are dropped, and the number that counted is exact."""
    async with opened_client(services.api.url, room.room_id) as client:
        await client.press("skill1", 4)
        await client.settled()
        await room.end()
        await client.press("skill1")
        state = await client.until(lambda state: state.status == "ended")
        assert (state.pending, state.mine) == (0, 4)


async def test_a_crowd_does_not_ask_for_results_all_at_once(
    proxy: FaultyProxy, room: WebRoom
) -> None:
    """A page that has just seen the end waits with jitter, and then usually asks once."""
    async with opened_client(proxy.url, room.room_id) as client:
        await client.press("skill1", 4)
        await client.settled()
        ended = time.monotonic()
        await room.end()
        await client.press("skill1")
        await client.until(lambda state: state.status == "ended")
        results = await client.call("results")
        assert results["viewer_summary"]["total"] == 4
        asked = [asked.at for asked in proxy.asked if "/results" in asked.path]
        assert asked[0] - ended > SUMMED_UP_IN


async def test_presses_that_counted_are_mine_though_the_round_ended_meanwhile(
    proxy: FaultyProxy, room: WebRoom
) -> None:
    """Their answer arrives after the end of the round is known."""
    async with opened_client(proxy.url, room.room_id) as client:
        answer = proxy.hold_answer()
        await client.press("skill1", 5)
        await room.has_accepted(5)
        await room.end()
        state = await client.until(lambda state: state.status == "ended")
        assert (state.pending, state.mine) == (5, 0)
        answer.set()
        assert (await client.settled()).mine == 5


async def test_a_lost_answer_is_asked_for_after_the_end(proxy: FaultyProxy, room: WebRoom) -> None:
    """No press is sent again, because it could count in the next round."""
    async with opened_client(proxy.url, room.room_id) as client:
        line = proxy.hold_answer(is_lost=True)
        await client.press("skill1", 5)
        await room.has_accepted(5)
        await room.end()
        await client.until(lambda state: state.status == "ended")
        line.set()
        assert (await client.settled()).mine == 5
        assert [asked.presses for asked in proxy.presses] == [{"skill1": 5}, {}]


async def test_a_lost_answer_is_asked_for_by_the_next_visit(
    proxy: FaultyProxy, room: WebRoom, crashed: Path
) -> None:
    """Also if the round has ended between the two attempts."""
    await room.end()
    async with opened_client(proxy.url, room.room_id, crashed) as client:
        state = await client.until(lambda state: state.mine == 5)
        assert (state.status, state.pending) == ("ended", 0)
        assert proxy.presses[-1].presses == {}
