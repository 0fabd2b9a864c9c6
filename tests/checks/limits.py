"""The limits of both services, as the code has them."""

import re
from pathlib import Path
from typing import Final

import msgspec
from websockets import http11
from websockets.asyncio.messages import MAX_FRAGMENTS

import api_service.http.server as api
import ws_gateway.server as gateway
from api_service.books.shares import USERS, USES_OF_OWNER, WAIT
from api_service.http import listeners
from api_service.http.middleware import IN_FLIGHT_LIMIT
from api_service.http.requests import BODY_LIMIT, BODY_WITHIN, SETTINGS_BODY_LIMIT, SMALL_BODY_LIMIT
from api_service.routes.moderation import MODERATORS_BLOCK, SEARCHES_LIMIT
from api_service.studio.handles import FREED_FOR, HANDLES_LIMIT
from api_service.studio.history.past_rooms import ROUNDS_LIMIT
from api_service.studio.history.room_rows import ROOMS_LIMIT
from api_service.studio.media import CACHE_LIMIT, STUDIO_LIMIT
from api_service.studio.media_files import LONGEST_SIDE, PICTURE_LIMIT, SOUND_LIMIT
from api_service.studio.setups import SETUP_MEDIA_LIMIT, SETUPS_LIMIT
from shared.engine.engine import MOST_BLOCKED
from shared.engine.keys import (
    CHANGES_LIMIT,
    COMMANDS_LIMIT,
    FIRES_LIMIT,
    PREVIEWS_LIMIT,
    ROUND_COMMANDS_LIMIT,
)
from shared.engine.moderation import MOST_TOKENS
from shared.identity import addresses
from shared.identity.names import (
    LONGEST_REASON,
    LONGEST_SETUP_NAME,
    MARKS_PER_BASE,
    MAX_CODE_POINTS,
)
from shared.identity.tokens import ROOM_TOKEN_LIFETIME_S
from shared.process.settings import SHORTEST_SECRET, Settings
from shared.process.telemetry import LINES_PER_SECOND
from shared.redis_store.master import WAITING_LIMIT
from shared.wire.query import FIELDS_LIMIT
from shared.wire.rest_bodies import LONGEST_BATCH_ID
from shared.wire.room_settings import MOST_EVENT_TYPES, RoomSettings
from tests.press_limits import PRESS_BURST, PRESSES_PER_SECOND
from tests.shared.engine.counting_rule import LOG_LIMIT
from ws_gateway.games.commands import LARGEST_MESSAGE
from ws_gateway.handshakes.handshakes import HEAD_LIMIT, LONGEST_FROM_VIEWER
from ws_gateway.handshakes.limits import REFUSALS, WINDOW
from ws_gateway.sockets.connection import (
    BAD_MESSAGES,
    BAD_WINDOW,
    CONTROL_FRAMES,
    CONTROL_WINDOW,
    GIVE_UP_AFTER,
)

ROOT = Path(__file__).parents[2]


def in_code(path: str, pattern: str) -> tuple[int, ...]:
    """Return numbers that cannot be imported: literals, or constants in Lua."""
    found = re.search(pattern, (ROOT / path).read_text("utf-8"))
    assert found is not None, f"{path} has no {pattern}"
    return tuple(map(int, found.groups()))


DEFAULTS: Final = Settings()
NEW_VIEWERS, NEW_ROOMS = DEFAULTS.viewers_per_address, DEFAULTS.rooms_per_address
BUTTONS: Final = msgspec.json.schema(RoomSettings)["$defs"]["RoomSettings"]["properties"]["buttons"]
ATTACHES, ATTACH_WINDOW = in_code(
    "shared/engine/functions/game_socket.lua", r"ATTACHES, ATTACH_WINDOW = (\d+), (\d+) "
)
(BATCHES,) = in_code("shared/engine/functions/dedup.lua", r"RECENT = (\d+) ")
(BATCHES_FOR,) = in_code("shared/engine/functions/dedup.lua", r"REMEMBERED_FOR = (\d+)")
(ALL_FOR,) = in_code("shared/engine/functions/dedup.lua", r"OLDER_FOR = (\d+)")
(OTHER_SENDERS,) = in_code("shared/engine/functions/dedup.lua", r"SENDERS = (\d+) ")
(PER_REQUEST,) = in_code("shared/engine/functions/send_interval.lua", r"PER_REQUEST = (\d+) ")
(LONGEST_GATHERING,) = in_code(
    "shared/engine/functions/send_interval.lua", r"LONGEST = \d+, (\d+) "
)
MOST_PER_REQUEST = PRESSES_PER_SECOND * LONGEST_GATHERING // 1000
(MOST_TRIGGERS,) = in_code("shared/engine/functions/trigger_records.lua", r"MOST = (\d+) ")
(STARTS,) = in_code("shared/engine/functions/trigger_records.lua", r"STARTS = (\d+) ")
(ANSWERED_FOR,) = in_code("shared/engine/functions/trigger_records.lua", r"PERIOD = (\d+) ")
(LASTING_MOST,) = in_code("shared/engine/functions/outcome.lua", r"LASTING_MOST = (\d+) ")
(LOG_LASTS,) = in_code("shared/engine/functions/server.lua", r"DAY = (\d+) \* 3600")
# The first numbers of each row, in order; the status of the refusal follows them.
LIMITS: Final[dict[str, tuple[float, ...]]] = {
    "a request's line and headers, including the URL": (api.HEAD_LIMIT,),
    "a request's trailers, and what else is in its chunks beside the body": (api.TRAILERS_LIMIT,),
    "a new connection until the request's headers are complete": (api.HEAD_WITHIN,),
    "blank lines, or the rest of a body, after an answer": (api.HEAD_WITHIN,),
    "a body": (SMALL_BODY_LIMIT, BODY_LIMIT, SETTINGS_BODY_LIMIT, PICTURE_LIMIT, SOUND_LIMIT),
    "a body until it is complete": (BODY_WITHIN,),
    "an answer that the client does not read": (api.TAKEN_WITHIN,),
    "pipelined requests that wait on one connection": (api.PIPELINE_LIMIT,),
    "an idle connection between two requests": (api.KEEP_ALIVE,),
    "concurrent requests": (IN_FLIGHT_LIMIT,),
    "connections that wait to be accepted, at either service": (listeners.BACKLOG,),
    "a handshake's request line, and each header line": (
        http11.MAX_LINE_LENGTH,
        http11.MAX_NUM_HEADERS,
    ),
    "a handshake's headers together": (HEAD_LIMIT,),
    "a query, of a request or a handshake": (FIELDS_LIMIT,),
    "a handshake until it is complete, including silence": in_code(
        "ws_gateway/server.py", r"open_timeout=(\d+)"
    ),
    "games at once; pages at once": (DEFAULTS.max_sockets,),
    "a game's message": (LARGEST_MESSAGE, gateway.HARD_LIMIT),
    "a page's message": (LONGEST_FROM_VIEWER,),
    "fragments of one message": (MAX_FRAGMENTS,),
    "bad messages from a socket": (BAD_MESSAGES, BAD_WINDOW),
    "a socket that reads nothing, or answers no ping": (GIVE_UP_AFTER,),
    "pings and pongs of the WebSocket protocol from a socket": (CONTROL_FRAMES, CONTROL_WINDOW),
    "what a socket sent and the gateway has not read": (gateway.RECEIVE_BUFFER,),
    "attaches of a room": (ATTACHES, ATTACH_WINDOW / 1000),
    "refused handshakes from one IP address for one room": (REFUSALS, WINDOW),
    "presses of a button in a request": (PER_REQUEST, MOST_PER_REQUEST),
    "presses of a viewer": (PRESSES_PER_SECOND, PRESS_BURST, MOST_PER_REQUEST),
    "a `batch_id`; how many are remembered": (
        LONGEST_BATCH_ID,
        BATCHES,
        BATCHES_FOR + 1,  # times are rounded up to seconds
        ALL_FOR,
        OTHER_SENDERS + 1,
    ),
    "a name": (MAX_CODE_POINTS, MARKS_PER_BASE),
    "tokens of a room with less right; how long each is valid": (
        MOST_TOKENS,
        ROOM_TOKEN_LIFETIME_S / 86_400,
    ),
    "buttons of a room": (BUTTONS["minItems"], BUTTONS["maxItems"]),
    "event types that a room has in all its life": (MOST_EVENT_TYPES,),
    "changes of a room's settings and tokens, by game and owner together, and by each moderator": (
        CHANGES_LIMIT[1:]
    ),
    "buttons that the streamer fires in a room": FIRES_LIMIT[1:],
    "starts and ends of rounds, pauses, `resume` and `available` of a room's game together": (
        COMMANDS_LIMIT[1:]
    ),
    "round commands and resets of a room's owner together": ROUND_COMMANDS_LIMIT[1:],
    "previews of a room's buttons": PREVIEWS_LIMIT[1:],
    "searches in a room, for its owner and for each moderator": SEARCHES_LIMIT[1:],
    "viewers that a room blocks; how many of them moderators may block": (
        MOST_BLOCKED,
        MODERATORS_BLOCK,
    ),
    "triggers that no game has acknowledged": (LOG_LIMIT, LOG_LASTS * 3600),
    "triggers of which a game may tell the outcome": (MOST_TRIGGERS, ANSWERED_FOR / 1000),
    "times that a game may tell of a trigger that it `started`": (STARTS,),
    "effects that last at once": (LASTING_MOST,),
    "a game's reason": (LONGEST_REASON,),
    "a studio's pictures and sounds": (STUDIO_LIMIT,),
    "setups of a studio": (SETUPS_LIMIT,),
    "pictures and sounds that one setup names": (SETUP_MEDIA_LIMIT,),
    "handles of a studio: the one that it has, and those that it gave up in the last days": (
        HANDLES_LIMIT,
        FREED_FOR.days,
    ),
    "rooms of a studio's history": (ROOMS_LIMIT,),
    "a setup's name": (LONGEST_SETUP_NAME,),
    "a picture's width and height": (LONGEST_SIDE,),
    "rounds that a studio reads": ROUNDS_LIMIT[1:],
    "requests of one kind that use PostgreSQL or wait for it": (USERS, USES_OF_OWNER, WAIT),
    "pictures and sounds in memory": (CACHE_LIMIT,),
    "new viewers": (NEW_VIEWERS.per_minute, NEW_VIEWERS.burst),
    "codes that it tries": (NEW_VIEWERS.per_minute, NEW_VIEWERS.burst),
    "handles that it tries, unless they are known to be somebody's": (
        NEW_VIEWERS.per_minute,
        NEW_VIEWERS.burst,
    ),
    "new rooms": (NEW_ROOMS.per_minute, NEW_ROOMS.burst),
    "new studios": (NEW_ROOMS.per_minute,),
    "bytes that it stores for good; what each row costs besides its content": (
        *addresses.STORAGE.values(),
        addresses.ROW,
    ),
    "active viewers that it counts as in a room": (DEFAULTS.active_per_address,),
    "pages at one gateway": (DEFAULTS.viewer_sockets_per_address,),
    "calls without a reply at one Redis master": (WAITING_LIMIT,),
    "unread ledger entries in a shard": (DEFAULTS.ledger_backlog,),
    "their bytes": (DEFAULTS.ledger_backlog_bytes,),
    "log lines of one kind": (LINES_PER_SECOND,),
    "a signing key, a game key": (SHORTEST_SECRET,),
}
