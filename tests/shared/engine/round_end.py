"""How a round with a limit ends: what a test presses, and what it then sees."""

from shared.engine.engine import Engine
from shared.engine.keys import shard
from shared.engine.refusals import Conflict, GameNotStarted
from shared.engine.replies import Counting, RoundOver
from shared.engine.shard_ledger import Shards
from shared.wire.game_messages import GameEndSummary
from tests.batches import batch_of, sent
from tests.shared.engine.rooms import whole_log


async def send(engine: Engine, room_id: str, viewer: str = "viewer") -> Counting | RoundOver:
    return await sent(engine, room_id, batch_of(viewer, {"skill1": 5}, f"{viewer}'s"))


async def end_if_due(engine: Engine, room_id: str) -> bool:
    try:
        await engine.finish(room_id, 0, only_if="due")
    except (Conflict, GameNotStarted):
        return False
    return True


async def summaries(engine: Engine, room_id: str) -> list[int]:
    log = await whole_log(engine, room_id)
    return [message.round for message in log if isinstance(message, GameEndSummary)]


async def left(engine: Engine, room_id: str) -> float:
    """How long the running round still goes on, in s."""
    described = await engine.describe(room_id)
    assert described.ends_at is not None
    return (described.ends_at - described.now) / 1_000


async def is_due(engine: Engine, room_id: str) -> bool:
    return room_id in await Shards(engine.store).due(shard(room_id))
