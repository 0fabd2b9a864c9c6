"""A subscription to one channel, on a separate connection."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.redis_store.errors import StoreUnavailable, translate, translated
from shared.redis_store.redis_py import encode_commands

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from shared.redis_store.redis_py import Link, Reply

CONFIRM_WITHIN = 2.0  # s


class Subscription:
    """Receives the texts that are published on a channel.

    `async with subscription` waits for the server's confirmation; `async for` yields the texts.
    Both raise StoreError. A lost subscription cannot be reopened: create another one.
    """

    def __init__(self, link: Link, channel: str, silent_after: float) -> None:
        self._link = link
        self._channel = channel
        self._silent_after = silent_after

    async def __aenter__(self) -> Subscription:
        """Subscribe. Raises StoreError if the server does not confirm it."""
        try:
            with translated():
                await self._link.open()
                await self._link.send(encode_commands([("SUBSCRIBE", self._channel)]))
            await self._next(CONFIRM_WITHIN)
        except BaseException:
            await self._close()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._close()

    def __aiter__(self) -> AsyncIterator[str]:
        return self

    async def __anext__(self) -> str:
        """The next text. Raises StoreUnavailable if none comes within `silent_after` s."""
        return str((await self._next(self._silent_after))[2])

    async def _next(self, within: float) -> Reply:
        """The next reply: its kind, the channel and the text."""
        with translated():
            reply = await self._link.read(within=within)
        if reply is None:
            raise StoreUnavailable("Redis was silent on the subscription")
        if isinstance(reply, Exception):
            raise translate(reply)
        return reply

    async def _close(self) -> None:
        with translated():
            await self._link.close()
