"""Every press counts once, although Redis freezes while batches are repeated."""

from pathlib import Path
from typing import Final

from tests.faults.late_batches import every_press_counts_once, frozen

# s of each outage: 20 in all. A service waits 3 s for Redis, a client 3.5 s for an answer.
DURATIONS: Final = (3.2, 1.0, 6.0, 2.0, 4.0)


async def test_every_press_counts_once(tmp_path: Path, own_database_url: str) -> None:
    await every_press_counts_once(tmp_path, own_database_url, frozen, DURATIONS)
