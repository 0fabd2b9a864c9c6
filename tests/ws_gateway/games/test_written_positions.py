"""How far a socket was written is stored for games that do not acknowledge, and for no other."""

from shared.wire.game_messages import Ack
from tests.room_keys import room_keys
from tests.waiting import until
from tests.ws_gateway.game_end import new_game
from tests.ws_gateway.gateways import Crowd, Running, is_written


async def test_the_position_of_a_game_that_acknowledges_is_not_stored(
    gateway: Running, crowd: Crowd
) -> None:
    """It would cost a call, and the room goes by what the game acknowledged."""
    async with new_game(gateway.url) as (acks, of_acks), new_game(gateway.url) as (_, of_other):
        await acks.say(Ack(epoch=of_acks.epoch, seq=0))
        await acks.settle()
        for room in (of_acks, of_other):
            await crowd.ease(room.room_id)

        async def is_other_written() -> bool:
            return await is_written(crowd, of_other.room_id, fired)

        for fired in (1, 2):
            await crowd.fire(of_acks.room_id)
            assert await acks.seqs(1) == [fired]
            # When this is stored, then so is what had to be stored in the batch before.
            await crowd.fire(of_other.room_id)
            await until(is_other_written)
        key = room_keys(of_acks.room_id).room
        assert await crowd.engine.store.command("HGET", key, "written") == "0"
