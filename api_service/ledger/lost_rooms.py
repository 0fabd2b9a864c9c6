"""The questions to the books about rooms that Redis may have lost.

Each is about many rooms at once, and its answer comes room by room. Of a room's log, what Redis
forgot before is left out: an epoch that began below a number of an earlier one took that number,
and all after it, back.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    ARRAY,
    Text,
    bindparam,
    cast,
    func,
    null,
    or_,
    select,
    tuple_,
    union_all,
)
from sqlalchemy.sql.sqltypes import BigInteger, DateTime, Integer

from api_service.tables import (
    accounts,
    log_epochs,
    presses,
    room_viewers,
    rooms,
    rounds,
    triggers,
)

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, FromClause, Select, Subquery

    Query = Select[*tuple[Any, ...]]

LOG_LIMIT = 10_000  # messages that a log is made anew with
LIVES_FOR = timedelta(hours=24)  # after the last entry, or after the end

SHARD: ColumnElement[str] = bindparam("shard", type_=Text)
ROOM_IDS: ColumnElement[Any] = bindparam("room_ids", type_=ARRAY(Text))


def _asked(table: FromClause) -> ColumnElement[bool]:
    return table.c.room_id == func.any(ROOM_IDS)
