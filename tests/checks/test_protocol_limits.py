"""The limits in docs/protocol.md, in both languages, are those of the code."""

import re
from collections.abc import Sequence
from typing import Final

import pytest

from shared.wire.room_settings import LONGEST_ROUND
from tests.browser.documents import DOCS
from tests.checks.limits import LIMITS

KIB: Final = 1024  # bytes
HOUR: Final = 3600  # s
HEADINGS: Final = {"protocol.md": "\n## Limits\n", "protocol.ja.md": "\n## 上限\n"}
STORED: Final = LIMITS["bytes that it stores for good; what each row costs besides its content"]
UNACKNOWLEDGED: Final = LIMITS["triggers that no game has acknowledged"]

# The numbers of each row, in the order of the rows.
ROWS: Final[list[Sequence[float]]] = [
    LIMITS["presses of a button in a request"],
    LIMITS["presses of a viewer"],
    LIMITS["active viewers that it counts as in a room"],
    LIMITS["a name"][:1],
    [limit / KIB for limit in LIMITS["a body"]],
    [LIMITS["a game's message"][0] / KIB],
    LIMITS["new viewers"],
    LIMITS["codes that it tries"],
    LIMITS["handles that it tries, unless they are known to be somebody's"],
    LIMITS["new rooms"],
    LIMITS["new studios"],
    [STORED[0] / KIB**2, STORED[1] / KIB**2],
    LIMITS["rounds that a studio reads"],
    LIMITS[
        "changes of a room's settings and tokens, by game and owner together, and by each moderator"
    ],
    LIMITS["buttons that the streamer fires in a room"],
    LIMITS["starts and ends of rounds, pauses, `resume` and `available` of a room's game together"],
    LIMITS["round commands and resets of a room's owner together"],
    LIMITS["previews of a room's buttons"],
    LIMITS["pings and pongs of the WebSocket protocol from a socket"],
    LIMITS["event types that a room has in all its life"],
    LIMITS["searches in a room, for its owner and for each moderator"],
    LIMITS["viewers that a room blocks; how many of them moderators may block"],
    [LIMITS["a studio's pictures and sounds"][0] / KIB**2],
    LIMITS["setups of a studio"],
    [LIMITS["pictures and sounds that one setup names"][0] / KIB**2],
    LIMITS["rooms of a studio's history"],
    LIMITS["handles of a studio: the one that it has, and those that it gave up in the last days"],
    LIMITS["a setup's name"],
    LIMITS["active viewers that it counts as in a room"],
    LIMITS["attaches of a room"],
    LIMITS["refused handshakes from one IP address for one room"],
    LIMITS["pages at one gateway"],
    [1, LONGEST_ROUND],
    LIMITS["buttons of a room"][1:],
    LIMITS["tokens of a room with less right; how long each is valid"],
    [UNACKNOWLEDGED[0], UNACKNOWLEDGED[1] / HOUR],
]


@pytest.mark.parametrize("page", HEADINGS)
def test_each_limit_is_that_of_the_code(page: str) -> None:
    """In whichever order a language names a row's numbers. Change each row that is listed."""
    section = (DOCS / page).read_text().partition(HEADINGS[page])[2]
    table = re.findall(r"^\| ([^|]+) \| ([^|]+) \| [^|]+ \|$", section, re.MULTILINE)[2:]
    assert len(table) == len(ROWS)
    wrong = [
        f"{page}: {limit}: says {told}; the code: {sorted(numbers)}"
        for (limit, told), numbers in zip(table, ROWS, strict=True)
        if _numbers(told) != sorted(numbers)
    ]
    assert not wrong, "\n".join(wrong)


def _numbers(cell: str) -> list[float]:
    return sorted(float(number.replace(",", "")) for number in re.findall(r"\d[\d,]*", cell))
