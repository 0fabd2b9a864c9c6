"""The room engine: one typed method for each function of the library.

Every method is one atomic step in Redis, on Redis's clock. It raises `Refused` if
Redis refused it and changed nothing, and `store.StoreUnavailable` if Redis did not reply (a press
may then be repeated with its batch id).
"""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from typing import Any, Literal, NamedTuple, TypeVar

import msgspec

from shared.engine import keys, refusals, replies
from shared.engine.keys import Limit, bucket, or_empty, room_key
from shared.engine.library_settings import library_arguments
from shared.engine.press import GROUP_LIMIT, press_batcher
from shared.engine.room_snapshot import FROM_NOTHING, RoomSnapshot, snapshot_of
from shared.identity.addresses import ROW, STORAGE, Address
from shared.identity.names import clean_reason
from shared.process.settings import LEDGER_BACKLOG, LEDGER_BACKLOG_BYTES
from shared.redis_store.batcher import SingleFlight
from shared.redis_store.store import Store
from shared.wire.game_messages import Available, Outcome
from shared.wire.rest_bodies import DiscardedPresses
from shared.wire.room_settings import RoomSettings, decode

Change = Callable[[RoomSettings], RoomSettings]
Joiner = tuple[str, str, Address]  # a viewer, its name or "", and where it joins from
Condition = Literal["always", "absent", "due"]  # on which a round is ended

Shared = TypeVar("Shared")

# Bytes of a round's summary, if nobody presses, of as many buttons as a room may have in its life.
LARGEST_ROUND = 63 * 1024
MOST_BLOCKED = 10_000  # viewers of a room: one a second for nearly three hours


class Payer(NamedTuple):
    """Who stores a row for good, and how many of its bytes are paid for already.

    Whoever sent a body has paid for its length before it was parsed (`spend_storage`).
    """

    address: Address
    paid: int = 0


class Engine:
    """Calls the functions for rooms through one store; what has no `term` came by REST."""

    def __init__(
        self,
        store: Store,
        *,
        tap: bool = True,
        active_per_address: int = 100,
        ledger_backlog: int = LEDGER_BACKLOG,
        ledger_backlog_bytes: int = LEDGER_BACKLOG_BYTES,
    ) -> None:
        self.store = store
        self._active_per_address = active_per_address
        self._tap = int(tap)
        shared = partial(SingleFlight, limit=GROUP_LIMIT, acquire_slot=store.acquire_slot)
        self._shared_descriptions: SingleFlight[None, replies.Description] = shared(
            self._describe, parse=_same(replies.description_of)
        )
        self._shared_stats: SingleFlight[None, replies.Stats] = shared(
            self._stats, parse=_same(replies.stats_reply_of)
        )
        self._shared_joins: SingleFlight[Joiner, int] = shared(self._join, parse=_same(_joined))
        self.ledger_limits = f"{ledger_backlog} {ledger_backlog_bytes}"
        self.pressing = press_batcher(store, (active_per_address, self._tap, self.ledger_limits))

    async def call(self, function: str, room_id: str, *arguments: str | int) -> list[Any]:
        """Call a function of a room. Returns its reply without "ok"."""
        reply = await self.store.call(function, [room_key(room_id)], arguments)
        return refusals.check(reply)

    # A room's life (life.lua). What is for one round `only` raises GameNotStarted in another.

    async def open(self, room_id: str, settings: RoomSettings, *, keyed: bool) -> int:
        """Open a room. Returns its log epoch.

        A room opened with a game key (`keyed`) waits 24 h for its game instead of 15 min.
        """
        arguments = (room_id, *library_arguments(settings), int(keyed), self.ledger_limits)
        return int((await self.call("open", room_id, *arguments))[0])

    async def start(self, room_id: str, term: int | None, *, of: Address | None = None) -> int:
        """Open the next round, unless one is running. Returns the running round.

        `of` is the address that stores a round that is opened. Raises RateLimited if it has stored
        too much.
        """
        arguments = (room_id, or_empty(term), self.ledger_limits)
        reply = await self._call_when_over("start", *arguments, int(of is None))
        if of and reply[0] == "not_paid":
            await self.spend_storage(of, LARGEST_ROUND)
            reply = await self._call_when_over("start", *arguments, 1)
        return int(refusals.check(reply)[0])

    async def pause(
        self, room_id: str, term: int | None, *, paused: bool, discard: bool = False, only: int = 0
    ) -> tuple[DiscardedPresses, ...]:
        """Pause the triggers, or resume them: what is full fires with the next press.

        `discard` zeroes a paused round's counts, or stops the round. Returns what was discarded.
        """
        arguments = (or_empty(term), int(paused), int(discard), only)
        return replies.discarded_of((await self.call("pause", room_id, *arguments))[0])

    async def limit(self, room_id: str, seconds: int, *, only: int = 0) -> None:
        """End the running round in so many seconds, with 0 never, whatever the settings say."""
        await self.call("limit", room_id, seconds * 1_000, only)

    async def finish(
        self, room_id: str, term: int | None, *, only_if: Condition = "always", only: int = 0
    ) -> int:
        """End the round and log its summary. Returns the summary's number.

        Raises SocketReplaced if another socket attached after the term. If the round is to end only
        if its game is "absent", or only if it is "due", whatever the term, raises Conflict if not.
        """
        return int((await self.call("finish", room_id, or_empty(term), only_if, only))[0])

    async def _call_when_over(self, name: str, room_id: str, *arguments: str | int) -> list[Any]:
        """Make the call, after a round whose time is over has been ended. Returns the reply."""
        key_list = [room_key(room_id)]
        while (reply := await self.store.call(name, key_list, arguments))[0] == "round_due":
            with suppress(refusals.GameNotStarted, refusals.Conflict):
                await self.finish(room_id, 0, only_if="due")
        return reply

    async def change_settings(
        self, room_id: str, change: Change, *, term: int | None = None, of: Payer | None = None
    ) -> RoomSettings:
        """Replace the settings by `change(current settings)`; retry if they changed meanwhile.

        Each retry follows another's change, of which a room has only so many a minute. `of` stores
        them. Raises RateLimited if it has stored too much.
        """
        while True:
            current = await self.describe(room_id)
            settings = change(decode(current.settings))
            settled = library_arguments(settings, current.event_types)
            if of:
                await self.spend_rest(of, len(settled[0].encode()))
                of = None  # a change pays once
            arguments: list[str | int] = [current.settings_version, *settled, or_empty(term)]
            reply = await self._call_when_over("settings", room_id, *arguments, self.ledger_limits)
            if reply[0] != "settings_moved":
                refusals.check(reply)
                return settings

    async def reset(self, room_id: str) -> replies.Stats:
        """Zero the running round's counts. Its message numbers continue."""
        return replies.state_of(await self.call("reset", room_id, self.ledger_limits))

    async def fire(self, room_id: str, event_type: str) -> replies.StreamerTrigger:
        """Fire a button now by one press of the streamer, with all presses that it has.

        Raises Refused: no round runs, it is paused, or the button cannot fire.
        """
        arguments = (event_type, self._tap, self.ledger_limits)
        return replies.streamer_trigger_of(await self.call("fire", room_id, *arguments))

    async def block(self, room_id: str, viewer: str, *, most: int = MOST_BLOCKED) -> None:
        """Stop counting this viewer's presses in the room, and hide its name.

        Raises Refused if the room has blocked `most` others.
        """
        await self.call("block", room_id, viewer, most, self.ledger_limits)

    async def unblock(self, room_id: str, viewer: str) -> None:
        """Count this viewer's presses in the room again, and show its name."""
        await self.call("unblock", room_id, viewer, self.ledger_limits)

    async def join(self, room_id: str, viewer: str, address: Address, *, name: str = "") -> int:
        """Mark the viewer active. Returns how many viewers are active.

        While no round runs, pages are shown the name of who comes. All who join before the call is
        sent share it.
        """
        return await self._shared_joins.ask(room_key(room_id), (viewer, name, address))

    def _join(self, key: str, joiners: list[Joiner]) -> asyncio.Future[list[Any]]:
        limit = self._active_per_address
        items: list[str] = []
        for viewer, name, address in joiners:
            items += (viewer, name, address.key if address.limited and limit else "")
        return self.store.call("join", [key], (limit, msgspec.msgpack.encode(items)))

    # The game's socket (game_socket.lua).

    async def admit(self, room_id: str) -> None:
        """Check, before the upgrade, whether a game may attach to the room; count the attempt."""
        await self.call("admit", room_id)

    async def attach(
        self,
        room_id: str,
        gateway_id: str,
        *,
        log_epoch: int | None,
        last_seq: int | None,
        skip: bool,
        above: int = 0,
        stand_in: bool = False,
    ) -> replies.Attachment:
        """Make this gateway's socket the room's owner, and fence off the previous one.

        `log_epoch` and `last_seq` are those of the last message that the game applied; `skip`
        acknowledges everything so far. The new term exceeds `above`, the term of the socket that
        the gateway already has for the room: Redis may have forgotten it.

        Raises GameConnected if a `stand_in`, which only keeps the room, would replace a game.
        """
        position = or_empty(log_epoch), or_empty(last_seq), int(skip)
        return await self._attach(room_id, gateway_id, *position, "", above, int(stand_in))

    async def attach_again(
        self, room_id: str, gateway_id: str, term: int, *, stand_in: bool = False
    ) -> replies.Attachment:
        """Attach a socket again after Redis forgot it; SocketReplaced if another attached since."""
        return await self._attach(room_id, gateway_id, "", "", 0, term, 0, int(stand_in))

    async def _attach(self, room_id: str, *arguments: int | str) -> replies.Attachment:
        return replies.parse(await self.call("attach", room_id, *arguments), replies.Attachment)

    async def detach(
        self, room_id: str, term: int, *, written: int, clean: bool, log_epoch: int | None = None
    ) -> None:
        """Record that the socket is closed.

        `written` is the last number written to it, in the current log epoch unless `log_epoch` is
        given; `clean` means that the game closed it with 1000.
        """
        with suppress(refusals.RoomNotFound):
            await self.call("detach", room_id, term, or_empty(log_epoch), written, int(clean))

    async def check(self, room_id: str, term: int) -> replies.Checked | None:
        """Send the owner's heartbeat. Returns None if Redis forgot this term: attach again."""
        reply = await self.store.call("check", [room_key(room_id)], [term])
        if reply[0] == "lost":
            return None
        return replies.parse(refusals.check(reply), replies.Checked)

    async def written(
        self, room_id: str, term: int, seq: int, *, log_epoch: int | None = None
    ) -> None:
        """Store the last number written to the socket, for games that never acknowledge."""
        await self.call("written", room_id, term, or_empty(log_epoch), seq)

    async def ack(self, room_id: str, term: int, log_epoch: int, seq: int) -> int:
        """Acknowledge everything up to (log_epoch, seq).

        Returns how many messages this acknowledges for the first time.
        """
        return int((await self.call("ack", room_id, term, log_epoch, seq))[0])

    async def read(self, room_id: str, log_epoch: int, seq: int, *, limit: int) -> replies.LogPage:
        """Up to `limit` messages after the game's position (log_epoch, seq)."""
        return replies.page_of(await self.call("read", room_id, log_epoch, seq, limit))

    # What the game answers (outcome.lua).

    async def outcome(self, room_id: str, term: int, outcome: Outcome) -> bool:
        """Record what became of a trigger. Returns False if that changes nothing.

        Raises Refused if the room has no such trigger from the last ten minutes.
        """
        reason = clean_reason(outcome.reason)
        arguments = (outcome.epoch, outcome.seq, outcome.status, outcome.duration_ms, reason)
        return bool((await self.call("outcome", room_id, term, *arguments, self.ledger_limits))[0])

    async def available(self, room_id: str, term: int, answer: Available) -> None:
        """Record whether the game can use a button until the round ends.

        Raises GameNotStarted or UnknownEventType.
        """
        arguments = (answer.event_type, int(answer.available), clean_reason(answer.reason))
        await self.call("available", room_id, term, *arguments)

    # Queries (queries.lua).

    async def describe(self, room_id: str) -> replies.Description:
        """The room's public state. All who ask before the call is sent share it."""
        return await self._shared_descriptions.ask(room_key(room_id), None)

    def _describe(self, key: str, _: list[None]) -> asyncio.Future[list[Any]]:
        return self.store.call("describe", [key], ())

    async def stats(self, room_id: str) -> replies.Stats:
        """Every button's state. All who ask before the call is sent share it."""
        return await self._shared_stats.ask(room_key(room_id), None)

    def _stats(self, key: str, _: list[None]) -> asyncio.Future[list[Any]]:
        return self.store.call("stats", [key], ())

    async def top_viewers(self, room_id: str, *, limit: int) -> replies.TopViewers:
        """The viewers who pressed most in the round, with their names even if those are hidden."""
        round_, flat = await self.call("viewers", room_id, limit)
        return replies.TopViewers(round_, replies.top_viewers_of(flat))

    async def viewer_summary(self, room_id: str, round_: int, viewer: str) -> replies.ViewerCounts:
        """What one viewer pressed in a round, with its name even if that is hidden from others.

        Its counts are those of the buttons in the settings, and of others that the viewer pressed.
        """
        described = await self.describe(room_id)
        reply = await self.call("viewer", room_id, round_, viewer, *described.event_types)
        return replies.viewer_counts_of(reply, described)

    # What viewers are shown (watch.lua).

    async def watch(self, room_id: str, gateway_id: str, last: RoomSnapshot | None) -> RoomSnapshot:
        """Everything that viewers see, with the messages logged after `last`.

        For 20 s after this call, the gateway gets one nudge in its inbox when something changes;
        it gets the next one only after it has called again. Raises RoomNotFound or
        StoreUnavailable.
        """
        cursor = last.cursor if last else FROM_NOTHING
        return snapshot_of(await self.call("watch", room_id, gateway_id, *cursor), last)

    async def preview(self, room_id: str, event_type: str) -> None:
        """Show a button to the pages that ask for previews. Raises UnknownEventType."""
        await self.call("preview", room_id, event_type)

    # Gateways and limits (watch.lua, address.lua).

    async def echo(self, gateway_id: str, number: int) -> None:
        """Publish a numbered message to the gateway's own inbox."""
        await self.store.call("echo", [keys.gateway(gateway_id)], [gateway_id, number])

    async def spend_storage(self, address: Address, size: int = 0) -> Payer:
        """Count a row of `size` bytes that the address stores for good. Raises RateLimited."""
        return await self.spend_rest(Payer(address), size)

    async def spend_rest(self, payer: Payer, size: int) -> Payer:
        """Count what is not paid for of a row of `size` bytes. Raises RateLimited."""
        address, paid = payer
        cost = ROW + size
        if cost > paid:
            await self.spend("storage", address, **STORAGE, cost=cost - paid)
        return Payer(address, max(cost, paid))

    async def spend(
        self, purpose: str, address: Address, *, per_minute: int, burst: int, cost: int = 1
    ) -> None:
        """Take `cost` tokens from the address's bucket. Raises RateLimited if it has fewer."""
        if address.limited:
            await self.spend_of(Limit(purpose, per_minute, burst), address.key, cost)

    async def spend_of(self, limit: Limit, key: str, cost: int = 1) -> None:
        """Take `cost` tokens from the bucket of a room, one of its tokens, or a studio."""
        arguments: list[str | int] = [*limit[1:], cost]
        refusals.check(await self.store.call("spend", [bucket(limit.purpose, key)], arguments))


def _same(parse: Callable[[list[Any]], Shared]) -> Callable[[list[Any], int], Sequence[Shared]]:
    """The result that everybody who shares a call has."""
    return lambda reply, count: [parse(reply)] * count


def _joined(reply: list[Any]) -> int:
    return int(refusals.check(reply)[0])
