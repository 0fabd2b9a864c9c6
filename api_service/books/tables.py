"""The PostgreSQL tables that the API service owns.

The books follow from the ledger's entries alone (`shared/engine/ledger_entries.py`). The journal
keeps the entries themselves; rooms, rounds, presses, triggers and accounts are what they add up to.
"""

from __future__ import annotations

from sqlalchemy import (
    CHAR,
    JSON,
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    func,
)

metadata = MetaData()

# A viewer's display name, the same in every room; only viewers who set one have a row.
viewers = Table(
    "viewers",
    metadata,
    Column("viewer_id", CHAR(26), primary_key=True),
    Column("name", Text, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("updated_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
)

# How far each shard's ledger has been booked. A row is lock and bookmark at once: whoever books a
# shard holds it, and moves the bookmark in the transaction that books.
ledger_bookmarks = Table(
    "ledger_bookmarks",
    metadata,
    Column("shard", CHAR(2), primary_key=True),
    Column("epoch", BigInteger, nullable=False),
    Column("n", BigInteger, nullable=False),
)

# The ledger epochs of each shard that were booked: one for each history of Redis.
ledger_epochs = Table(
    "ledger_epochs",
    metadata,
    Column("shard", CHAR(2), primary_key=True),
    Column("epoch", BigInteger, primary_key=True),
)

# A room and what it needs to be made anew. Log epoch and `seq` are those of its last message.
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
    Column("paused", Boolean, nullable=False),
    Column("epoch", BigInteger, nullable=False),
    Column("seq", BigInteger, nullable=False),
    Index("rooms_by_shard", "shard", "seen_at"),
)

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
)

# Who pressed what, by the minute; minutes since 1970.
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

# Every trigger. Nobody's press tipped one that `resume` fired.
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
)

# What Redis last said of a button's round. `accepted` is its own running total; where the presses
# booked here come to more, Redis forgot some, and where they come to less, the ledger did.
accounts = Table(
    "accounts",
    metadata,
    Column("room_id", Text, primary_key=True),
    Column("round", Integer, primary_key=True),
    Column("event_type", Text, primary_key=True),
    Column("accepted", BigInteger, nullable=False),
    Column("count", BigInteger, nullable=False),
    Column("discarded", BigInteger, nullable=False),
    Column("booked", BigInteger, nullable=False),
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

# The log epochs of a room, with the number before their first message. A message of an earlier
# epoch with a greater number is one that Redis forgot.
log_epochs = Table(
    "log_epochs",
    metadata,
    Column("room_id", Text, primary_key=True),
    Column("epoch", BigInteger, primary_key=True),
    Column("base", BigInteger, nullable=False),
)

# A room's entries in order, many a row: from (epoch, n) of its shard's ledger on.
journal = Table(
    "journal",
    metadata,
    Column("room_id", Text, primary_key=True),
    Column("epoch", BigInteger, primary_key=True),
    Column("n", BigInteger, primary_key=True),
    Column("size", Integer, nullable=False),
    Column("entries", JSON, nullable=False),
)
