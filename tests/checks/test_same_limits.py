"""A limit that pages, games' clients and documents repeat is the server's: each place is named."""

import re
from pathlib import Path
from typing import Final, NamedTuple

import msgspec
import pytest

from api_service.books.round_totals import TOP_VIEWERS
from api_service.routes.moderation import SHOWN
from api_service.studio.history.room_rows import PAGE
from api_service.studio.history.round_rows import MOST_ROWS
from api_service.studio.media_files import PICTURE_LIMIT, SOUND_LIMIT
from shared.identity import handles
from shared.identity.names import LONGEST_REASON, LONGEST_SETUP_NAME, MAX_CODE_POINTS
from shared.wire.game_messages import LONGEST_EFFECT, SHORTEST_EFFECT
from shared.wire.query import FIELDS_LIMIT
from shared.wire.rest_bodies import LONGEST_BATCH_ID
from shared.wire.room_settings import LONGEST_PACE, LONGEST_ROUND, NO_UPPER_BOUND, RoomSettings
from shared.wire.viewer_messages import StatsUpdate
from tests.checks.limits import ANSWERED_FOR, BUTTONS, PER_REQUEST, in_code
from tests.press_limits import PRESS_BURST, PRESSES_PER_SECOND
from ws_gateway.upkeep import EACH_EVERY
from ws_gateway.viewers.audience import REFRESH_EVERY

ROOT: Final = Path(__file__).parents[2]
LUA: Final = "shared/engine/functions"
CONSOLE: Final = "api_service/pages/web/console"
PLAY: Final = "api_service/pages/web/play"
CLIENT: Final = "clients/web/streamario"
CORE: Final = "clients/unity/Runtime/Core"
PARTS: Final = "clients/unity/Runtime/Parts"
MESSAGES: Final = "shared/wire/game_messages.py"
PYTHON: Final = "clients/python/answers.py"
PAGES: Final = ("docs/protocol.md", "docs/protocol.ja.md")
# What stands between two ends of a range, in either language.
TO: Final = r"(?: to |〜)"
SETTINGS: Final = msgspec.json.schema(RoomSettings)["$defs"]["RoomSettings"]["properties"]
GATHERED: Final = msgspec.json.schema(StatsUpdate)["$defs"]["StatsUpdate"]["properties"][
    "send_every_ms"
]
(ACTIVE_FOR,) = in_code(f"{LUA}/viewer.lua", r"ACTIVE_FOR = (\d+) ")


class Place(NamedTuple):
    """Where a limit is repeated: a file, a pattern whose group is the number, and its unit."""

    file: str
    pattern: str
    unit: float = 1.0  # how many of the server's units one of this number is


def constant(file: str, name: str, unit: float = 1.0) -> Place:
    """A constant of JavaScript, C#, Lua or Python."""
    return Place(file, rf"\b{name}(?:: Final)? = ([\d_.]+)", unit)


def documented(pattern: str, unit: float = 1.0) -> list[Place]:
    """A sentence of the protocol's page, in both languages."""
    return [Place(page, pattern, unit) for page in PAGES]


LIMITS: Final[dict[str, tuple[float, list[Place]]]] = {
    "presses of a viewer in a second": (
        PRESSES_PER_SECOND,
        [constant(f"{CLIENT}/timing.js", "RATE"), constant(f"{LUA}/viewer.lua", "RATE")],
    ),
    "presses of a viewer at once": (
        PRESS_BURST,
        [constant(f"{CLIENT}/timing.js", "BURST"), constant(f"{LUA}/send_interval.lua", "BURST")],
    ),
    "presses of a button in a request": (
        PER_REQUEST,
        [constant(f"{CLIENT}/gathering.js", "PER_BUTTON")],
    ),
    "ms that presses are gathered at least": (
        GATHERED["minimum"],
        [
            constant(f"{CLIENT}/gathering.js", "SHORTEST"),
            constant("clients/terminal/crowd.py", "SHORTEST_GATHERING", 1000),
            Place(f"{LUA}/send_interval.lua", r"SHORTEST, LONGEST = (\d+),"),
            *documented(rf"\*\*`send_every_ms`\*\*[^`]*?\b([\d,]+){TO}[\d,]+ (?:ms|ミリ秒)"),
        ],
    ),
    "ms that presses are gathered at most": (
        GATHERED["maximum"],
        [
            Place(f"{LUA}/send_interval.lua", r"SHORTEST, LONGEST = \d+, (\d+)"),
            *documented(rf"\*\*`send_every_ms`\*\*[^`]*?\b[\d,]+{TO}([\d,]+) (?:ms|ミリ秒)"),
        ],
    ),
    "characters of a batch's id": (
        LONGEST_BATCH_ID,
        documented(rf"\*\*`batch_id`[^*]*\*\*[^\d]*1{TO}(\d+)"),
    ),
    "fields of a query": (FIELDS_LIMIT, documented(r"`GET`[^\d\n]*(\d+) (?:fields|個|項目)")),
    "ms that a viewer is active": (
        ACTIVE_FOR,
        [
            constant(f"{PARTS}/LoopbackRoom.cs", "Active", 1000),
            *documented(r"/join` \| `{viewer_id}` \|[^\d\n]*(\d+)", 1000),
        ],
    ),
    "code points of a name": (
        MAX_CODE_POINTS,
        [constant(f"{PLAY}/name_dialog.js", "MOST_CHARACTERS")],
    ),
    "code points of a setup's name": (
        LONGEST_SETUP_NAME,
        [constant(f"{CONSOLE}/studio/studio.js", "LONGEST_NAME")],
    ),
    "letters of a handle at least": (
        handles.SHORTEST,
        [constant(f"{CONSOLE}/studio/studio.js", "SHORTEST_HANDLE")],
    ),
    "letters of a handle, and the @": (
        handles.LONGEST + 1,
        [Place(f"{CONSOLE}/share/handle.js", r'id="handle"[^>]*maxlength="(\d+)"')],
    ),
    "characters of a title": (
        SETTINGS["title"]["maxLength"],
        [Place(f"{CONSOLE}/start/start.js", r'id="title" maxlength="(\d+)"')],
    ),
    "bytes of a picture": (
        PICTURE_LIMIT,
        [constant(f"{CONSOLE}/settings/files.js", "MOST_PICTURE")],
    ),
    "bytes of a sound": (SOUND_LIMIT, [constant(f"{CONSOLE}/settings/files.js", "MOST_SOUND")]),
    "buttons of a room": (
        BUTTONS["maxItems"],
        [constant(f"{CONSOLE}/settings/button_drafts.js", "MOST_BUTTONS")],
    ),
    "multipliers of a room": (
        SETTINGS["multipliers"]["maxItems"],
        [constant(f"{CONSOLE}/settings/sections.js", "MOST_BANDS")],
    ),
    "the `up_to` of any number": (
        NO_UPPER_BOUND,
        [constant(f"{CONSOLE}/settings/draft.js", "NO_UPPER_BOUND")],
    ),
    "words that a room masks": (
        SETTINGS["masked_words"]["maxItems"],
        documented(r"`masked_words`[^\d\n]*(\d+)"),
    ),
    "s of a round": (
        LONGEST_ROUND,
        [
            constant(f"{CONSOLE}/round/commands.js", "LONGEST"),
            *documented(rf"`round_limit_s`[^\d\n]*1{TO}([\d,]+)"),
            *documented(rf"`limit_s`[^\d\n]*0{TO}([\d,]+)"),
        ],
    ),
    "ms of a pace": (
        LONGEST_PACE,
        [
            constant(f"{CONSOLE}/live/pace.js", "MOST"),
            *documented(rf"`buttons\[\]\.pace_ms`[^\d\n]*0{TO}([\d,]+)"),
        ],
    ),
    "ms of an effect at least": (
        SHORTEST_EFFECT,
        [
            Place(MESSAGES, r"`duration_ms` \((\d+) … "),
            *documented(rf"`duration_ms`[^\d\n]*(\d+){TO}[\d,]+"),
        ],
    ),
    "ms of an effect": (
        LONGEST_EFFECT,
        [
            constant(f"{LUA}/outcome.lua", "LONGEST_EFFECT"),
            Place(MESSAGES, r"`duration_ms` \(\d+ … ([\d,]+)"),
            *documented(rf"`duration_ms`[^\d\n]*\d+{TO}([\d,]+)"),
        ],
    ),
    "code points of a game's reason": (
        LONGEST_REASON,
        [
            constant(PYTHON, "LONGEST_REASON"),
            Place(MESSAGES, r"the first (\d+) characters"),
            *documented(r'^\| `{"type":"available".*`reason`\D*(\d+)'),
            *documented(r"^\| `failed`[^\d\n]*(\d+)"),
        ],
    ),
    "ms after which a trigger takes no outcome": (
        ANSWERED_FOR,
        [
            constant(f"{CORE}/Outbox.cs", "OutcomeAfter", 1000),
            constant(PYTHON, "OUTCOME_AFTER", 1000),
        ],
    ),
    "s between comparisons of a room": (
        EACH_EVERY,
        [
            Place("docs/architecture.md", r"room with Redis every (\d+) seconds"),
            Place("docs/architecture.ja.md", r"すべてのルームを (\d+) 秒ごとに Redis"),
        ],
    ),
    "s between looks at a room's audience": (
        REFRESH_EVERY,
        [
            Place("docs/architecture.md", r"calls `watch` every (\d+) seconds"),
            Place("docs/architecture.ja.md", r"(\d+) 秒ごとに `watch`"),
        ],
    ),
    "viewers of results": (TOP_VIEWERS, [constant(f"{PLAY}/results.js", "LISTED")]),
    "viewers of a list": (
        SHOWN,
        [
            constant(f"{CONSOLE}/people/viewers.js", "MOST_LISTED"),
            *documented(r"/viewers` \|[^|]*\|[^\d|]*(\d+)"),
        ],
    ),
    "rooms of a page of the history": (PAGE, [constant(f"{CONSOLE}/results/history.js", "PAGE")]),
    "rows of a round in the history": (
        MOST_ROWS,
        [constant(f"{CONSOLE}/results/round_facts.js", "MOST_BOOKED")],
    ),
}


@pytest.mark.parametrize("limit", LIMITS)
def test_a_limit_is_repeated_as_the_server_has_it(limit: str) -> None:
    """Change each place that is listed."""
    value, places = LIMITS[limit]
    wrong = [told for place in places for told in differing(value, place)]
    assert not wrong, f"{limit}: {value:g}, but\n" + "\n".join(wrong)


def differing(value: float, place: Place) -> list[str]:
    """What a place says that is not the limit."""
    text = (ROOT / place.file).read_text("utf-8")
    found = list(re.finditer(place.pattern, text, re.MULTILINE))
    if not found:
        return [f"{place.file} has no {place.pattern}"]
    return [
        f"{place.file}:{text.count(chr(10), 0, each.start(1)) + 1} says {each[1]}"
        for each in found
        if round(float(re.sub("[_,]", "", each[1])) * place.unit, 6) != value
    ]
