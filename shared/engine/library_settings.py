"""A room's settings as the functions of the Redis library take them."""

import msgspec

from shared.wire import setting_rules
from shared.wire.room_settings import (
    LONGEST_PACE,
    MOST_EVENT_TYPES,
    Button,
    RoomSettings,
    SettingsInvalid,
    WrongValue,
    encode,
)


def rules(settings: RoomSettings) -> str:
    """The part of the settings that counting needs, as compact JSON for the Redis library.

    Its form is `[[[event_type, team, enabled, base, min, max, cooldown_ms, pace, distance], …],
    [[up_to, factor], …], hold, starts_on_press, round_limit_s]`; `enabled`, `hold` and
    `starts_on_press` are 1 or 0.
    """
    weights = sum(b.weight for b in settings.buttons if b.enabled)
    buttons = [
        (
            *(b.event_type, b.team, int(b.enabled), b.base, b.min, b.max, b.cooldown_ms),
            *_pace(b, settings.triggers_per_minute, weights),
        )
        for b in settings.buttons
    ]
    multipliers = [(m.up_to, m.factor) for m in settings.multipliers]
    hold = int(settings.on_disconnect == "hold")
    starts_on_press = int(settings.starts == "press")
    return msgspec.json.encode(
        (buttons, multipliers, hold, starts_on_press, settings.round_limit_s)
    ).decode()


def _pace(button: Button, triggers_per_minute: float, weights: float) -> tuple[int, int]:
    """The button's pace, and its distance from the last trigger of another button, in ms.

    Only buttons that share the room's triggers keep a distance; `weights` is the sum of all enabled
    buttons' weights.
    """
    if button.pace_ms or not triggers_per_minute or not weights:
        return button.pace_ms, 0
    pace = 60_000 * weights / button.weight / triggers_per_minute
    return round(min(pace, LONGEST_PACE)), round(min(2_000, 20_000 / triggers_per_minute))


def library_arguments(
    settings: RoomSettings, known: tuple[str, ...] = ()
) -> tuple[str, str, str, int]:
    """The settings as arguments of the Redis library's functions.

    `known` are the event types that the room has had so far: the ledger still accounts for them,
    and each call on the room reads them. Raises SettingsInvalid if they become too many.
    """
    event_types = dict.fromkeys((*known, *(button.event_type for button in settings.buttons)))
    if len(event_types) > max(MOST_EVENT_TYPES, len(known)):
        n = next(n for n, b in enumerate(settings.buttons) if b.event_type not in known)
        field = f"buttons[{n}].event_type"
        raise SettingsInvalid((WrongValue(field, setting_rules.TOO_MANY_TYPES),))
    return encode(settings), rules(settings), ",".join(event_types), int(settings.show_names)
