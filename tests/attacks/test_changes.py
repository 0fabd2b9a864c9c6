"""Many changes of one studio: others get their names set, and presses are booked."""

import asyncio
from pathlib import Path

import pytest

from tests.attacks.bystanders import bystanders
from tests.attacks.changes import changing
from tests.flow.fleet import open_fleet
from tests.waiting import until

CONNECTIONS = 100
TIMES = 3  # that presses are booked meanwhile


@pytest.mark.parametrize("lock", [False, True], ids=["alone", "beside another process"])
async def test_a_studio_that_is_changed_all_the_time_holds_up_neither_bookings_nor_names(
    tmp_path: Path, redis_url: str, database_url: str, *, lock: bool
) -> None:
    async with open_fleet(tmp_path, redis_url, database_url, patient=True) as fleet:
        api, gateway = await asyncio.gather(fleet.api(), fleet.gateway())
        async with bystanders(api, gateway) as now:
            await until(now.all_are_in)
            async with changing(api, now, database_url, CONNECTIONS, lock=lock) as found:

                async def is_booked() -> bool:
                    asked = lock or found.answers.total() > CONNECTIONS
                    return asked and min(len(found.bookings), len(found.names)) >= TIMES

                await until(is_booked)
        await now.check(redis_url)
        assert found.nameless == 0
        assert set(found.answers) <= ({503} if lock else {200, 503})
