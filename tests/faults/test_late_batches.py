"""Every press counts once, although newer batches are counted while an older one is repeated.

There is a module for each of the outages that take long, so that they run side by side.
"""

from pathlib import Path
from typing import Final

import pytest

from tests.faults.late_batches import Outage, every_press_counts_once, held_back, lost_packets

# s of each outage: 20 in all. A service waits 3 s for Redis, a client 3.5 s for an answer.
DURATIONS: Final[dict[Outage, tuple[float, ...]]] = {
    lost_packets: (1.0, 4.0, 2.0, 6.0, 3.2),
    held_back: (2.0, 4.0, 1.0, 8.0, 3.2),
}


@pytest.mark.parametrize("outage", DURATIONS, ids=lambda outage: outage.__name__)
async def test_every_press_counts_once(
    tmp_path: Path, own_database_url: str, outage: Outage
) -> None:
    await every_press_counts_once(tmp_path, own_database_url, outage, DURATIONS[outage])
