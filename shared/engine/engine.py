"""The room engine: one typed method for each function of the library.

Every method is one atomic step in Redis, on Redis's clock. Errors are `refusals.EngineError`
(refused, nothing changed) and `store.StoreUnavailable` (the server is away; a press may be
repeated with its batch id).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from shared.engine import keys, refusals, replies
from shared.engine.game_socket import Attaching, or_empty
from shared.engine.keys import Rounds, room_keys
from shared.engine.press import Pressing
from shared.process.settings import LEDGER_BACKLOG
from shared.wire.room_settings import RoomSettings, decode, encode, rules

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from shared.engine.press import PressBatch
    from shared.identity.addresses import Address
    from shared.redis_store.store import Store


class Engine(Attaching):
    """The rooms, through one store."""

    def __init__(
        self,
        store: Store,
        *,
        tap: bool = True,
        active_per_address: int = 100,
        ledger_backlog: int = LEDGER_BACKLOG,
    ) -> None:
        super().__init__(store)
        self._tap = int(tap)
        self._active_per_address = active_per_address
        self._rounds = Rounds()
        self._pressing = Pressing(
            store,
            self._rounds,
            tap=tap,
            active_per_address=active_per_address,
            ledger_backlog=ledger_backlog,
        )

    # A room's life (life.lua).

    async def open(self, room_id: str, settings: RoomSettings, *, keyed: bool) -> int:
        """Open a room. Returns its log epoch.

        A `keyed` one waits 24 h for its game instead of 15 min.
        """
        arguments = [room_id, *_settings_arguments(settings), int(keyed)]
        room = room_keys(room_id)
        key_list = [room.room, *room.ledger]
        reply = await self.store.call("open", key_list, arguments)
        return int(refusals.check(reply)[0])

    async def start(self, room_id: str, term: int) -> int:
        """Open the next round; in a running round nothing changes. Returns the round."""
        room = room_keys(room_id)
        key_list = [room.room, *room.ledger, room.running, room.blocked]
        reply = await self.store.call("start", key_list, [term])
        round_ = int(refusals.check(reply)[0])
        self._rounds.remember(room_id, round_)
        return round_

    async def pause(self, room_id: str, term: int, *, paused: bool) -> tuple[replies.Fired, ...]:
        """Stop the triggers, or let them go on: then each full button fires once."""
        room = room_keys(room_id)

        async def call(round_: int) -> list[Any]:
            key_list = [room.room, room.log, room.active, room.counts(round_), *room.ledger]
            return await self.store.call("pause", key_list, [term, round_, int(paused), self._tap])

        return replies.fired_of(refusals.check(await self._rounds.call(room_id, call))[0])

    async def finish(self, room_id: str, term: int, *, only_if_absent: bool = False) -> int:
        """End the round and log its summary. Returns the summary's number.

        `only_if_absent` ends a round whose game is gone. Raises GamePresent where it is not, and
        SocketReplaced where another socket came after the term.
        """
        room = room_keys(room_id)
        event_types = (await self.describe(room_id)).event_types
        while True:
            round_ = self._rounds.of(room_id)
            key_list = [
                room.room,
                room.log,
                room.names(round_),
                room.blocked,
                room.counts(round_),
                *room.tops(round_),
                *room.ledger,
                room.running,
                *(room.button_top(round_, event_type) for event_type in event_types),
            ]
            types = ",".join(event_types)
            arguments: list[str | int] = [term, round_, types, int(only_if_absent)]
            reply = await self.store.call("finish", key_list, arguments)
            if reply[0] != "round_moved":
                return int(refusals.check(reply)[0])
            self._rounds.remember(room_id, int(reply[1]))
            event_types = tuple(reply[2].split(","))

    async def change_settings(
        self,
        room_id: str,
        change: Callable[[RoomSettings], RoomSettings],
        *,
        term: int | None = None,
    ) -> RoomSettings:
        """Replace the settings by `change` of the current ones, again where somebody was faster.

        `term` is that of the socket that asks; without one, a holder of the room token does.
        """
        room = room_keys(room_id)
        while True:
            current = await self.describe(room_id)
            settings = change(decode(current.settings))
            arguments = [
                current.settings_version,
                *_settings_arguments(settings, current.event_types),
                or_empty(term),
            ]
            key_list = [room.room, *room.ledger]
            reply = await self.store.call("settings", key_list, arguments)
            if reply[0] != "settings_moved":
                refusals.check(reply)
                return settings

    async def reset(self, room_id: str) -> replies.Stats:
        """Zero the running round's counts, never its numbers."""
        return await self._stats("reset", room_id, *room_keys(room_id).ledger)

    async def block(self, room_id: str, viewer: str) -> None:
        """This viewer's presses stop counting here, and its name is hidden."""
        room = room_keys(room_id)
        key_list = [room.room, room.blocked, room.active, *room.ledger]
        refusals.check(await self.store.call("block", key_list, [viewer]))

    async def join(self, room_id: str, viewer: str, address: Address) -> int:
        """Mark the viewer active. Returns how many viewers are."""
        room = room_keys(room_id)
        limit, address_key = self._address_limit(room, address)
        key_list = [room.room, room.active, room.blocked, address_key]
        return int(refusals.check(await self.store.call("join", key_list, [viewer, limit]))[0])

    # Presses (press.lua).

    async def press(self, room_id: str, batch: PressBatch) -> replies.Counting | replies.RoundOver:
        """Count a batch. Also raises `press.SenderGone`."""
        return await self._pressing.count(room_id, batch)

    # Queries (queries.lua).

    async def describe(self, room_id: str) -> replies.Description:
        """The room as others may see it."""
        room = room_keys(room_id)
        reply = refusals.check(await self.store.call("describe", [room.room, room.active], []))
        return replies.description_of(reply)

    async def stats(self, room_id: str) -> replies.Stats:
        """Every button's state."""
        return await self._stats("stats", room_id)

    async def top_viewers(self, room_id: str, *, limit: int) -> replies.TopViewers:
        """Who pressed most in the round, by the names that they gave, shown elsewhere or not."""
        room = room_keys(room_id)

        async def call(round_: int) -> list[Any]:
            top = room.top(round_, "all")
            key_list = [room.room, room.names(round_), room.blocked, top]
            return await self.store.call("viewers", key_list, [round_, limit])

        round_, flat = refusals.check(await self._rounds.call(room_id, call))
        return replies.TopViewers(round_, replies.top_viewers_of(flat))

    async def hidden(self, room_id: str, viewers: Collection[str]) -> frozenset[str]:
        """Those of the viewers whose names the room shows to nobody."""
        room = room_keys(room_id)
        reply = await self.store.call("hidden", [room.room, room.blocked], [*viewers])
        return frozenset(refusals.check(reply)[0])

    async def viewer_summary(self, room_id: str, round_: int, viewer: str) -> replies.ViewerCounts:
        """What one viewer pressed in a round, named also where its name is hidden from others."""
        room = room_keys(room_id)
        event_types = (await self.describe(room_id)).event_types
        tops = [room.button_top(round_, event_type) for event_type in event_types]
        key_list = [room.names(round_), room.top(round_, "all"), *tops]
        name, total, *counts = refusals.check(await self.store.call("viewer", key_list, [viewer]))
        return replies.ViewerCounts(
            viewer_name=name or None,
            total=total,
            counts=dict(zip(event_types, counts, strict=True)),
        )

    # What viewers are shown (watch.lua).

    async def watch(
        self, room_id: str, gateway_id: str, last: replies.Watched | None
    ) -> replies.Watched:
        """All that viewers are shown, with the messages that came after `last`.

        When something changes, the gateway is told once, in its inbox, until it calls again; for
        20 s after its last call. Raises RoomNotFound or StoreUnavailable.
        """
        room = room_keys(room_id)
        known = (last.log_epoch, last.seq, last.settings_version) if last else ("", "", "")

        async def call(round_: int) -> list[Any]:
            key_list = [room.room, room.active, room.counts(round_), room.log]
            return await self.store.call("watch", key_list, [gateway_id, round_, *known])

        return replies.watched_of(refusals.check(await self._rounds.call(room_id, call)), last)

    # Gateways and addresses (echo.lua, address_bucket.lua).

    async def echo(self, gateway_id: str, number: int) -> None:
        """Send a numbered word into the gateway's own inbox."""
        await self.store.call("echo", [keys.gateway(gateway_id)], [gateway_id, number])

    async def spend(self, purpose: str, address: Address, *, per_minute: int, burst: int) -> None:
        """Take one from the address's bucket; raises RateLimited where it is empty."""
        if not address.limited:
            return
        bucket = keys.address_bucket(purpose, address.key)
        refusals.check(await self.store.call("spend", [bucket], [per_minute, burst]))

    # How calls find the round.

    async def _stats(self, function: str, room_id: str, *more_keys: str) -> replies.Stats:
        room = room_keys(room_id)

        async def call(round_: int) -> list[Any]:
            key_list = [room.room, room.active, room.counts(round_), *more_keys]
            return await self.store.call(function, key_list, [round_])

        round_, viewer_count, flat = refusals.check(await self._rounds.call(room_id, call))
        stats = replies.stats_of(flat, viewer_count)
        return replies.Stats(round=round_, viewer_count=viewer_count, stats=stats)

    def _address_limit(self, room: keys.RoomKeys, address: Address) -> tuple[int, str]:
        if not address.limited:
            return 0, room.active
        return self._active_per_address, room.address(address.key)


def _settings_arguments(settings: RoomSettings, known: tuple[str, ...] = ()) -> list[str | int]:
    """The settings as the functions take them.

    `known` are the event types that the room had so far: they stay known to its books.
    """
    event_types = dict.fromkeys((*known, *(button.event_type for button in settings.buttons)))
    return [encode(settings), rules(settings), ",".join(event_types), int(settings.show_names)]
