"""Single commands that change something, run as functions (`command.lua`).

A function that reaches Redis after its deadline does nothing, so a command that its caller has
given up cannot overwrite a later one. Both raise `store.StoreUnavailable`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.engine import refusals

if TYPE_CHECKING:
    from shared.redis_store.store import Store


async def write(store: Store, key: str, command: str, *arguments: str | int) -> None:
    """Run a command on a key, with the arguments that follow the key."""
    refusals.check(await store.call("write", [key], [command, *arguments]))


async def free(store: Store, key: str, command: str, *arguments: str | int) -> None:
    """Run a command that frees memory; it also runs while the server is out of memory."""
    refusals.check(await store.call("free", [key], [command, *arguments]))
