"""A room to which everything happens that can happen, including a loss of its latest writes."""

from copy import deepcopy

from hypothesis.stateful import initialize, precondition, rule

from tests.room_keys import room_keys
from tests.shared.engine.room_machine import RoomMachine
from tests.shared.engine.room_model import RoomModel

COPY = "kept:"


class PlayedRoom(RoomMachine):
    """The machine of the engine's own test, with rollbacks to an earlier state.

    It leaves out rules that write no entry, and invariants that the engine's test proves.
    """

    the_books_balance_and_are_the_models = None  # type: ignore[assignment]
    the_log_has_no_gap_and_is_the_models = None  # type: ignore[assignment]
    the_room_looks_as_it_should = None  # type: ignore[assignment]
    compare_a_viewer = heartbeat = press_what_is_not_there = None  # type: ignore[assignment]
    read = repeat = write = let_paces_pass = None  # type: ignore[assignment]

    kept: tuple[RoomModel, int] | None = None

    def __init__(self) -> None:
        super().__init__()
        self.earlier: dict[int, int] = {}  # log epochs of triggers that are not of the present one

    @initialize()
    def begin(self) -> None:
        self.start()

    @rule()
    def remember(self) -> None:
        """Keep the present state as that of a lagging replica."""
        self.run(self._forget(f"{COPY}*"))
        self.run(self._copy("", COPY))
        self.kept = deepcopy(self.model), self.term

    @precondition(lambda self: self.kept is not None)
    @rule()
    def fall_back(self) -> None:
        """Fail over to that replica: Redis loses everything since, but it is booked."""
        assert self.kept is not None
        self.run(self.book())
        self.run(self._forget(f"streamario:*{self.model.room_id}*"))
        self.run(self._copy(COPY, ""))
        (self.model, self.term), self.kept = self.kept, None
        for seq in self.model.outcomes:
            self.earlier.setdefault(seq, self.model.log_epoch)
        self.run(self._go_on())

    def log_epoch_of(self, _seq: int) -> int:
        return self.earlier.get(_seq, self.model.log_epoch)

    async def book(self) -> None:
        """Book the room; subclasses with a ledger override it."""

    async def _go_on(self) -> None:
        room_id, store = self.model.room_id, self.engine.store
        await store.command("HSET", room_keys(room_id).room, "history", "another")
        self.model.log_epoch = (await self.engine.read(room_id, 0, 0, limit=1)).log_epoch

    async def _forget(self, pattern: str) -> None:
        for key in await self.engine.store.command("KEYS", pattern):
            await self.engine.store.command("DEL", key)

    async def _copy(self, before: str, after: str) -> None:
        store = self.engine.store
        for key in await store.command("KEYS", f"{before}streamario:*{self.model.room_id}*"):
            bare = key.removeprefix(before)
            await store.command("COPY", f"{before}{bare}", f"{after}{bare}", "REPLACE")
