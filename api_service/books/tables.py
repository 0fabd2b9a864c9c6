"""The PostgreSQL tables that the API service owns.

Rooms, rounds, presses, triggers and accounts are computed from the ledger's entries alone
(`shared/engine/ledger_entries.py`), which are not stored.
Viewers' names and the tables of studios are not in the ledger: only a backup holds them.
"""

from sqlalchemy import (
    ARRAY,
    CHAR,
    JSON,
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    func,
    text,
)

metadata = MetaData()

# The revision of the schema with these tables: that of the last migration.
REVISION = "1004"

# A viewer's display name, the same in every room; only viewers who set one have a row.
viewers = Table(
    "viewers",
    metadata,
    Column("viewer_id", CHAR(26), primary_key=True),
    Column("name", Text, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("updated_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
)

# How far each ledger epoch of each shard has been booked: `n` is its last booked entry. Redis opens
# a new epoch when it may have lost data, and an older copy of it may bring an earlier one back. The
# row of epoch 0, in which nothing is, is the shard's lock: the replica that books a shard locks it.
ledger_progress = Table(
    "ledger_progress",
    metadata,
    Column("shard", CHAR(2), primary_key=True),
    Column("epoch", BigInteger, primary_key=True, autoincrement=False),
    Column("n", BigInteger, nullable=False),
)

# A room, with what is needed to rebuild it. Log epoch and `seq` are those of its last message.
# `tokens` are its valid tokens with less right, as Redis has them.
rooms = Table(
    "rooms",
    metadata,
    Column("room_id", Text, primary_key=True),
    Column("shard", CHAR(2), nullable=False),
    Column("opened_at", DateTime(timezone=True), nullable=False),
    Column("seen_at", DateTime(timezone=True), nullable=False),
    Column("keyed", Boolean, nullable=False),
    Column("settings", JSON, nullable=False),
    Column("status", Text, nullable=False),
    Column("round", Integer, nullable=False),
    Column("epoch", BigInteger, nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("code", Text),
    Column("tokens", JSON),
    Index("rooms_by_shard", "shard", "seen_at"),
)

# `presses` and `triggers` say how many are booked: lists need not count them. `first_viewer_id`,
# who pressed first, is null until somebody has.
rounds = Table(
    "rounds",
    metadata,
    Column("room_id", Text, primary_key=True),
    Column("round", Integer, primary_key=True),
    Column("started_at", DateTime(timezone=True), nullable=False),
    Column("ended_at", DateTime(timezone=True)),
    # The summary, and which message of the room's log it was.
    Column("epoch", BigInteger),
    Column("seq", BigInteger),
    Column("summary", JSON),
    Column("presses", BigInteger, nullable=False, server_default=text("0")),
    Column("triggers", BigInteger, nullable=False, server_default=text("0")),
    Column("first_viewer_id", Text),
)

# Which viewers pressed what, by the minute; minutes since 1970.
presses = Table(
    "presses",
    metadata,
    Column("room_id", Text, primary_key=True),
    Column("round", Integer, primary_key=True),
    Column("viewer_id", Text, primary_key=True),
    Column("event_type", Text, primary_key=True),
    Column("minute", Integer, primary_key=True),
    Column("count", BigInteger, nullable=False),
)

# Every trigger, with the viewer whose press fired it; null if the streamer's did, which is the one
# press of the trigger that `presses` lacks. `status` and `reason` are what the game told
# last of it, null if nothing; `ends_at` is when one that has started ends.
triggers = Table(
    "triggers",
    metadata,
    Column("room_id", Text, primary_key=True),
    Column("epoch", BigInteger, primary_key=True),
    Column("seq", BigInteger, primary_key=True),
    Column("round", Integer, nullable=False),
    Column("event_type", Text, nullable=False),
    Column("threshold", Integer, nullable=False),
    Column("viewer_count", Integer, nullable=False),
    Column("viewer_id", Text),
    Column("viewer_name", Text),
    Column("fired_at", DateTime(timezone=True), nullable=False),
    Column("status", Text),
    Column("reason", Text),
    Column("ends_at", DateTime(timezone=True)),
)

# Redis' last totals of a button's round; only `booked` adds up what the ledger told. If it is more
# than `accepted`, Redis lost presses that are booked; if it is less, the ledger did. `returned` are
# presses that failed triggers gave back.
accounts = Table(
    "accounts",
    metadata,
    Column("room_id", Text, primary_key=True),
    Column("round", Integer, primary_key=True),
    Column("event_type", Text, primary_key=True),
    Column("accepted", BigInteger, nullable=False, server_default=text("0")),
    Column("count", BigInteger, nullable=False, server_default=text("0")),
    Column("discarded", BigInteger, nullable=False, server_default=text("0")),
    Column("booked", BigInteger, nullable=False, server_default=text("0")),
    Column("returned", BigInteger, nullable=False, server_default=text("0")),
)

# Names and blocks of the viewers of one room.
room_viewers = Table(
    "room_viewers",
    metadata,
    Column("room_id", Text, primary_key=True),
    Column("viewer_id", Text, primary_key=True),
    Column("name", Text),
    Column("blocked", Boolean, nullable=False),
)

# The log epochs of a room; `base` is the number before the first message. Redis has lost every
# message of an earlier epoch with a greater number.
log_epochs = Table(
    "log_epochs",
    metadata,
    Column("room_id", Text, primary_key=True),
    Column("epoch", BigInteger, primary_key=True),
    Column("base", BigInteger, nullable=False),
)

# A studio's pictures and sounds; an id is made of the bytes. `stored_at` is the last upload.
media = Table(
    "media",
    metadata,
    Column("media_id", Text, primary_key=True),
    Column("studio_id", Text, primary_key=True),
    Column("type", Text, nullable=False),
    Column("content", LargeBinary, nullable=False),
    Column("stored_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Index("media_by_studio", "studio_id"),
)

# A studio's named room settings, and the ids of the media that they name.
setups = Table(
    "setups",
    metadata,
    Column("studio_id", Text, primary_key=True),
    Column("setup_id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("settings", JSON, nullable=False),
    Column("media", ARRAY(Text), nullable=False),
    Column("updated_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
)

# The rooms of a studio's history. A room in several belongs to the studio that added it first.
studio_rooms = Table(
    "studio_rooms",
    metadata,
    Column("studio_id", Text, primary_key=True),
    Column("room_id", Text, primary_key=True),
    Column("added_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Index("studio_rooms_by_room", "room_id"),
)

# The handles of studios. One that leads nowhere since `freed_at` may soon be another studio's.
handles = Table(
    "handles",
    metadata,
    Column("handle", Text, primary_key=True),
    Column("studio_id", Text, nullable=False),
    Column("freed_at", DateTime(timezone=True)),
    Index("handles_by_studio", "studio_id"),
)
