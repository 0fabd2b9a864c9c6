"""What the ledger tells of itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from shared.keys import shard
from shared.refusals import LedgerFull
from tests.api_service.ledger.books import open_books
from tests.shared.rooms import ONE_PRESS_FIRES, play, press

if TYPE_CHECKING:
    from tests.shared.rooms import OwnServer

pytestmark = pytest.mark.anyio

BACKLOG = 20


async def test_the_fullest_shard_is_told_as_a_share_of_what_it_may_hold(
    valkey: OwnServer, own_database_url: str
) -> None:
    """Of one shard, not of all: at 1 its rooms refuse presses, while others take them."""
    async with open_books(valkey.url, own_database_url, BACKLOG) as books:
        room_id, elsewhere = [(await play(books.engine, ONE_PRESS_FIRES)).room_id for _ in "12"]
        while shard(elsewhere) == shard(room_id):
            elsewhere = (await play(books.engine, ONE_PRESS_FIRES)).room_id
        await books.book_all()
        assert books.counted("fullest_shard") == 0
        while (await books.shards.tail(shard(room_id))).unread < BACKLOG:
            await press(books.engine, room_id, skill1=1)
        with pytest.raises(LedgerFull):
            await press(books.engine, room_id, skill1=1)
        await press(books.engine, elsewhere, skill1=1)
        unread = (await books.shards.tail(shard(room_id))).unread
        await books.ledger.look()
        assert books.counted("fullest_shard") == unread / BACKLOG >= 1
        assert books.counted("unread_entries") > unread
        await books.book_all()
        assert books.counted("fullest_shard") == 0
