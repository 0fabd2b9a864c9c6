"""Holds presses back before they join their room's call of Redis."""

import pytest

from shared.engine.keys import room_key
from shared.engine.press import Outcome, PressBatch
from shared.redis_store.batcher import Batcher

Held = tuple[Batcher[PressBatch, Outcome], str, PressBatch]


def hold_presses(patch: pytest.MonkeyPatch, room_id: str) -> list[Held]:
    """List a room's presses from now on; `Batcher.add(*held)` lets one join, once undone."""
    held: list[Held] = []
    add = Batcher.add

    def hold(batcher: Batcher[PressBatch, Outcome], key: str, press: PressBatch) -> None:
        if key == room_key(room_id):
            held.append((batcher, key, press))
        else:
            add(batcher, key, press)

    patch.setattr(Batcher, "add", hold)
    return held
