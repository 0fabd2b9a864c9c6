"""A room's settings: their shape, the rule for each value, and the defaults.

Arrays only, no maps: Unity's JsonUtility cannot read dictionaries. Integers fit into 32 bits.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import islice, pairwise
from typing import Annotated, Any, Literal, NamedTuple, NewType, get_args, get_origin

import msgspec
from msgspec import Meta

from shared.wire import setting_rules
from shared.wire.languages import Language, Sentence, echoed

MOST_EVENT_TYPES = 240  # that a room has in all its life
LONGEST_PACE = 600_000  # ms
LONGEST_ROUND = 36_000  # s that `round_limit_s` may be
MOST_NAMED = 100  # wrong values of one refusal
NO_UPPER_BOUND = 2_147_483_647  # the largest int32: how "more" is written as an `up_to`

# Not part of the pattern: validators in other languages see them in every emoji, or refuse them.
_LONE_SURROGATE = re.compile(r"[\ud800-\udfff]")

Patch = NewType("Patch", dict[str, Any])  # top-level fields, decoded from JSON and checked

Presses = Annotated[int, setting_rules.integer(1, 100_000)]
Flag = Annotated[bool, setting_rules.FLAG]
Font = Literal["sans", "serif", "mono", "hand", "pop", "pixel", ""]
MaskedWord = Annotated[str, setting_rules.word(32)]


class Label(msgspec.Struct, frozen=True, kw_only=True):
    """A button's caption in one language (`lang` is a BCP 47 tag)."""

    lang: Annotated[str, setting_rules.LANG]
    text: Annotated[str, setting_rules.text(40)]


class Button(msgspec.Struct, frozen=True, kw_only=True):
    """One button: what it shows, and how many presses fire a trigger.

    `base`, `min` and `max` are numbers of presses; `min` must not be above `max`. `cooldown_ms`
    begins with each trigger. With a pace, `pace_ms` or its share by `weight` of the room's
    `triggers_per_minute`, a button fires about once in that time, and each trigger takes all its
    presses. `team` decides which team's top list counts the presses; "" = none. `image` is a media
    id: pages show it in place of `icon`, and `icon` where there is only text. `sound` is a built-in
    one or a media id: pages play it with each trigger.
    """

    event_type: Annotated[str, setting_rules.EVENT_TYPE]
    team: Annotated[Literal["skill", "enemy", ""], setting_rules.TEAM] = ""
    labels: Annotated[tuple[Label, ...], setting_rules.entries(0, 16)] = ()
    icon: Annotated[str, setting_rules.text(64)] = ""
    image: Annotated[str, setting_rules.MEDIA] = ""
    sound: Annotated[str, setting_rules.SOUND] = ""
    color: Annotated[str, setting_rules.COLOR] = ""
    enabled: Flag = True
    base: Presses
    min: Presses
    max: Presses
    cooldown_ms: Annotated[int, setting_rules.integer(0, 3_600_000)] = 0
    pace_ms: Annotated[int, setting_rules.integer(0, LONGEST_PACE)] = 0
    weight: Annotated[float, setting_rules.number(0.25, 4)] = 1.0


class Multiplier(msgspec.Struct, frozen=True, kw_only=True):
    """The `factor` that applies while at most `up_to` viewers are active.

    The last entry also applies to any larger number, whatever its `up_to`; in the defaults that is
    2147483647.
    """

    up_to: Annotated[int, setting_rules.integer(1, NO_UPPER_BOUND)]
    factor: Annotated[float, setting_rules.FACTOR]


def _button(
    event_type: str, caption: tuple[str, str], icon: str, color: str, presses: tuple[int, int, int]
) -> Button:
    base, least, most = presses
    return Button(
        event_type=event_type,
        team="skill" if event_type.startswith("skill") else "enemy",
        labels=(Label(lang="ja", text=caption[0]), Label(lang="en", text=caption[1])),
        icon=icon,
        color=color,
        base=base,
        min=least,
        max=most,
    )


DEFAULT_BUTTONS = (
    _button("skill1", ("スキル1", "Skill 1"), "✨", "#4b93ff", (5, 3, 50)),
    _button("skill2", ("スキル2", "Skill 2"), "⚡", "#1fc4b4", (8, 4, 60)),
    _button("skill3", ("スキル3", "Skill 3"), "🌈", "#86cc36", (8, 8, 100)),
    _button("enemy1", ("敵1", "Enemy 1"), "👾", "#ff77b2", (5, 4, 45)),
    _button("enemy2", ("敵2", "Enemy 2"), "💣", "#ffb01f", (10, 5, 55)),
    _button("enemy3", ("敵3", "Enemy 3"), "🐉", "#ff6450", (17, 6, 80)),
)
DEFAULT_MULTIPLIERS = (
    Multiplier(up_to=5, factor=1.0),
    Multiplier(up_to=10, factor=1.2),
    Multiplier(up_to=20, factor=1.5),
    Multiplier(up_to=50, factor=2.0),
    Multiplier(up_to=100, factor=3.0),
    Multiplier(up_to=150, factor=4.0),
    Multiplier(up_to=200, factor=5.0),
    Multiplier(up_to=300, factor=6.0),
    Multiplier(up_to=NO_UPPER_BOUND, factor=7.0),
)


class TeamNames(msgspec.Struct, frozen=True, kw_only=True):
    """What the teams are called; "" = as each page calls them."""

    skill: Annotated[str, setting_rules.text(20)] = ""
    enemy: Annotated[str, setting_rules.text(20)] = ""


class Theme(msgspec.Struct, frozen=True, kw_only=True):
    """A room's pictures, colours and type; "" = the page's own.

    `logo` and `background` are media ids (`GET /api/media/{media_id}`). Pages correct `accent`, and
    choose letters for `backdrop`, so that all text stays legible. `font` names a kind of typeface:
    "hand", "pop" and "pixel" come with the pages, of the others devices have one.
    """

    logo: Annotated[str, setting_rules.MEDIA] = ""
    background: Annotated[str, setting_rules.MEDIA] = ""
    accent: Annotated[str, setting_rules.COLOR] = ""
    backdrop: Annotated[str, setting_rules.COLOR] = ""
    font: Annotated[Font, setting_rules.FONT] = ""
    team_names: TeamNames = TeamNames()


class RoomSettings(msgspec.Struct, frozen=True, kw_only=True):
    """The settings of a room that a streamer can change.

    `on_disconnect` decides what happens while no game is connected: with "fire" triggers fire and
    wait for the game, with "hold" the room acts as paused. `starts` decides what opens the first
    round: with "game" only the game's `game_start`, with "press" also the first press while the
    game is connected. Enabled buttons without a `pace_ms` of their own fire at most
    `triggers_per_minute` times together, each in proportion to its `weight`; 0 = off. A round ends
    by itself after `round_limit_s` seconds, in which pauses by its game do not count; 0 = never. A
    running round that gets another limit goes on for that long from then. Each button's
    `event_type` must be unique, and each multiplier's `up_to` must be above the one before it.

    `mask_names` shows `***` in names in place of offensive words and of the room's `masked_words`,
    which only its owner is told.
    """

    title: Annotated[str, setting_rules.text(100)] = ""
    show_names: Flag = True
    mask_names: Flag = False
    masked_words: Annotated[tuple[MaskedWord, ...], setting_rules.entries(0, 200)] = ()
    on_disconnect: Annotated[Literal["fire", "hold"], setting_rules.ON_DISCONNECT] = "fire"
    starts: Annotated[Literal["game", "press"], setting_rules.STARTS] = "game"
    theme: Theme = Theme()
    triggers_per_minute: Annotated[float, setting_rules.number(0, 600)] = 0.0
    round_limit_s: Annotated[int, setting_rules.integer(0, LONGEST_ROUND)] = 0
    buttons: Annotated[tuple[Button, ...], setting_rules.entries(1, 24)] = DEFAULT_BUTTONS
    multipliers: Annotated[tuple[Multiplier, ...], setting_rules.entries(1, 32)] = (
        DEFAULT_MULTIPLIERS
    )


DEFAULT_SETTINGS = RoomSettings()


class Problem(msgspec.Struct, frozen=True):
    """One wrong value: where it is (`buttons[2].min`) and what it must be."""

    field: str
    message: str


class WrongValue(NamedTuple):
    """A problem before it is told in a language."""

    field: str
    sentence: Sentence

    def problem(self, language: Language) -> Problem:
        """The problem as it travels."""
        return Problem(self.field, self.sentence.spoken(language))


class SettingsInvalid(ValueError):
    """Settings were refused; `wrong` names the wrong values, the first `MOST_NAMED` of them."""

    def __init__(self, wrong: tuple[WrongValue, ...]) -> None:
        super().__init__("; ".join(f"{field} {sentence.en}" for field, sentence in wrong))
        self.wrong = wrong


def validate(raw: object) -> RoomSettings:
    """Settings from decoded JSON; missing top-level fields take their defaults.

    Raises SettingsInvalid.
    """
    return merge(DEFAULT_SETTINGS, raw)


def merge(current: RoomSettings, patch: object) -> RoomSettings:
    """`current` with the top-level fields of `patch` (decoded JSON); lists are replaced whole.

    Raises SettingsInvalid.
    """
    return merged(current, checked(patch))


def checked(patch: object) -> Patch:
    """The patch, if each of its values is valid. Raises SettingsInvalid."""
    wrong = tuple(islice(_wrong_values("", patch, RoomSettings), MOST_NAMED))
    if wrong or not isinstance(patch, dict):
        raise SettingsInvalid(wrong)
    return Patch(patch)


def merged(current: RoomSettings, patch: Patch) -> RoomSettings:
    """`current` with the top-level fields of a patch that is `checked`."""
    # `strict=False` converts 5.0 to the integer 5.
    return msgspec.convert(msgspec.to_builtins(current) | patch, RoomSettings, strict=False)


def public(settings: RoomSettings) -> RoomSettings:
    """The settings as anybody may read them: without the words that the owner masks."""
    return msgspec.structs.replace(settings, masked_words=()) if settings.masked_words else settings


def encode(settings: RoomSettings) -> str:
    """Encode the settings as JSON with every field."""
    return msgspec.json.encode(settings).decode()


def decode(stored: str) -> RoomSettings:
    """What `encode` returned: after a rollback, maybe that of a newer release.

    Then a value that this release refuses takes its default, and an entry of a list that needs the
    value is left out.
    """
    try:
        return _decode(stored)
    except msgspec.ValidationError:
        settings = msgspec.json.decode(stored)
    if isinstance(settings, dict):
        while wrong := next(filter(_is_known, _wrong_values("", settings, RoomSettings)), None):
            _leave_out(settings, re.findall(r"\w+", wrong.field))
    return msgspec.convert(settings, RoomSettings, strict=False)  # as in `merge`


def _is_known(wrong: WrongValue) -> bool:
    return wrong.sentence is not setting_rules.NOT_KNOWN  # which `decode` ignores


def _leave_out(settings: dict[str, Any], path: list[str]) -> None:
    holder: Any = settings
    for step in path[:-1]:
        holder = holder[int(step) if isinstance(holder, list) else step]
    if isinstance(holder, list):
        del holder[int(path[-1])]
    elif path[-1] in holder:
        del holder[path[-1]]
    else:  # it has no default
        _leave_out(settings, path[:-1])


_decode = msgspec.json.Decoder(RoomSettings).decode


def _wrong_values(path: str, value: object, kind: Any) -> Iterator[WrongValue]:
    """Everything wrong with a value of which the shape is `kind`; msgspec alone stops at one."""
    shape, meta = _shape_and_rule(kind)
    if meta is None:
        yield from _wrong_in_record(path, value, shape)
    elif get_origin(shape) is tuple:
        yield from _wrong_in_list(path, value, get_args(shape)[0], meta)
    elif not _fits(value, kind):
        yield WrongValue(path, setting_rules.demanded(meta))


def _fits(value: object, kind: Any) -> bool:
    if isinstance(value, str) and _LONE_SURROGATE.search(value):
        return False
    whole = int(value) if isinstance(value, float) and value.is_integer() else value
    try:
        msgspec.convert(whole, kind)
    except msgspec.ValidationError:
        return False
    return True


def _wrong_in_list(path: str, value: object, kind: Any, meta: Meta) -> Iterator[WrongValue]:
    if not isinstance(value, list | tuple) or not _fits(value, Annotated[tuple[Any, ...], meta]):
        yield WrongValue(path, setting_rules.demanded(meta))
        return
    for n, entry in enumerate(value):
        yield from _wrong_values(f"{path}[{n}]", entry, kind)


@cache  # it takes longer than checking the values
def _fields(shape: type[msgspec.Struct]) -> Mapping[str, msgspec.structs.FieldInfo]:
    return {field.name: field for field in msgspec.structs.fields(shape)}


@cache
def _shape_and_rule(kind: Any) -> tuple[Any, Meta | None]:
    return get_args(kind) if get_origin(kind) is Annotated else (kind, None)


def _wrong_in_record(path: str, value: object, shape: type[msgspec.Struct]) -> Iterator[WrongValue]:
    if not isinstance(value, dict):
        yield WrongValue(path or "settings", setting_rules.NOT_AN_OBJECT)
        return
    at = f"{path}." if path else ""
    fields = _fields(shape)
    for name in value:
        if name not in fields:
            yield WrongValue(at + echoed(name), setting_rules.NOT_KNOWN)
    for name, field in fields.items():
        if name in value:
            yield from _wrong_values(at + name, value[name], field.type)
        elif field.required:
            yield WrongValue(at + name, setting_rules.MISSING)
    for rule in _BETWEEN_FIELDS.get(shape, ()):
        yield from rule(at, value)


def _min_up_to_max(at: str, button: Mapping[str, object]) -> Iterator[WrongValue]:
    least, most = button.get("min"), button.get("max")
    if isinstance(least, int | float) and isinstance(most, int | float) and least > most:
        yield WrongValue(f"{at}min", setting_rules.ABOVE_MAX)


def _distinct_event_types(at: str, settings: Mapping[str, object]) -> Iterator[WrongValue]:
    event_types = _column(settings.get("buttons"), "event_type")
    for n, event_type in enumerate(event_types):
        if isinstance(event_type, str) and event_type in event_types[:n]:
            yield WrongValue(f"{at}buttons[{n}].event_type", setting_rules.TAKEN)


def _rising_bands(at: str, settings: Mapping[str, object]) -> Iterator[WrongValue]:
    bounds = _column(settings.get("multipliers"), "up_to")
    for n, (before, bound) in enumerate(pairwise(bounds), start=1):
        if isinstance(before, int | float) and isinstance(bound, int | float) and bound <= before:
            yield WrongValue(f"{at}multipliers[{n}].up_to", setting_rules.NOT_RISING)


def _column(entries: object, field: str) -> list[object]:
    rows = entries[:32] if isinstance(entries, list | tuple) else ()  # no list may be longer
    return [row.get(field) if isinstance(row, dict) else None for row in rows]


_BETWEEN_FIELDS = {
    Button: (_min_up_to_max,),
    RoomSettings: (_distinct_event_types, _rising_bands),
}
