"""A room's settings as the functions of the Redis library take them."""

from typing import Any

import msgspec
import pytest

from shared.engine.library_settings import rules
from shared.wire.room_settings import merge, validate

BUTTON: dict[str, Any] = {"event_type": "jump", "base": 5, "min": 3, "max": 50}


def test_the_rules_for_counting_are_compact_json() -> None:
    """Only what counting needs, in a fixed order."""
    bands = [{"up_to": 5, "factor": 1}, {"up_to": 9, "factor": 1.25}]
    buttons = [
        BUTTON | {"team": "skill", "cooldown_ms": 500},
        BUTTON | {"event_type": "duck", "enabled": False, "pace_ms": 1_000},
    ]
    settings = validate({"buttons": buttons, "multipliers": bands, "on_disconnect": "hold"})
    counting = (
        '[[["jump","skill",1,5,3,50,500,0,0],["duck","",0,5,3,50,0,1000,0]],[[5,1.0],[9,1.25]],1,'
    )
    assert rules(settings) == counting + "0,0]"
    assert rules(merge(settings, {"starts": "press"})) == counting + "1,0]"
    assert rules(merge(settings, {"round_limit_s": 60})) == counting + "0,60]"


@pytest.mark.parametrize(
    ("triggers_per_minute", "paces"),
    [
        (0, [(0, 0), (0, 0), (0, 0), (5_000, 0)]),
        (12, [(30_000, 1_667), (15_000, 1_667), (120_000, 1_667), (5_000, 0)]),
        (600, [(600, 33), (300, 33), (2_400, 33), (5_000, 0)]),
        (7.5, [(48_000, 2_000), (24_000, 2_000), (192_000, 2_000), (5_000, 0)]),
        (0.001, [(600_000, 2_000), (600_000, 2_000), (600_000, 2_000), (5_000, 0)]),
    ],
)
def test_buttons_share_the_triggers_of_a_room_by_their_weights(
    triggers_per_minute: float, paces: list[tuple[int, int]]
) -> None:
    """Those that are off take no share; one with a pace of its own has that, and takes its own."""
    buttons = [
        BUTTON | {"event_type": "one"},
        BUTTON | {"event_type": "two", "weight": 2},
        BUTTON | {"event_type": "off", "weight": 0.25, "enabled": False},
        BUTTON | {"event_type": "own", "weight": 3, "pace_ms": 5_000},
    ]
    settings = validate({"buttons": buttons, "triggers_per_minute": triggers_per_minute})
    decoded = msgspec.json.decode(rules(settings))
    assert [(button[7], button[8]) for button in decoded[0]] == paces


def test_without_a_button_that_is_on_nothing_has_a_pace() -> None:
    off = {"buttons": [BUTTON | {"enabled": False}], "triggers_per_minute": 12}
    assert msgspec.json.decode(rules(validate(off)))[0][0][7:] == [0, 0]
