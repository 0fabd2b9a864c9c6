"""What may be drawn for a room: settings, viewers, presses, and when a rule may be applied."""

from hypothesis import strategies as st
from hypothesis.stateful import precondition

from shared.wire.room_settings import NO_UPPER_BOUND, Button, Multiplier, RoomSettings
from tests.shared.engine.room_model import PACE

EVENT_TYPES = ("skill1", "skill2", "enemy1", "enemy2", "other")
HOUR = 3_600_000  # ms
BANDS = (
    Multiplier(up_to=2, factor=1.0),
    Multiplier(up_to=5, factor=1.5),
    Multiplier(up_to=NO_UPPER_BOUND, factor=2.7),
)

buttons = st.builds(
    Button,
    event_type=st.sampled_from(EVENT_TYPES),
    team=st.sampled_from(["skill", "enemy", ""]),
    enabled=st.sampled_from([True, True, True, False]),
    base=st.integers(1, 12),
    min=st.integers(1, 4),
    max=st.integers(4, 30),
    cooldown_ms=st.sampled_from([0, 0, HOUR]),
    pace_ms=st.sampled_from([0, 0, PACE]),
)
room_settings = st.builds(
    RoomSettings,
    show_names=st.booleans(),
    on_disconnect=st.sampled_from(["fire", "fire", "hold"]),
    starts=st.sampled_from(["game", "press"]),
    round_limit_s=st.sampled_from([0, 0, 0, 1_000]),
    buttons=st.lists(buttons, min_size=1, max_size=4, unique_by=lambda b: b.event_type).map(tuple),
    multipliers=st.just(BANDS),
)
senders = st.sampled_from(["a page", "another", "c", "d", "e"])
viewers = st.integers(0, 4).map("v{}".format)
wished = st.dictionaries(st.integers(0, 3), st.integers(1, 24), min_size=1, max_size=3)
few = st.dictionaries(st.integers(0, 3), st.integers(1, 3), min_size=1, max_size=2)
small = st.integers(0, 30)
names = st.sampled_from(["", "", "リス", 'a"\\</é', "b"])
running = precondition(lambda self: self.model.status == "in_game" and not self.model.over)
started = precondition(lambda self: bool(self.model.rounds))
