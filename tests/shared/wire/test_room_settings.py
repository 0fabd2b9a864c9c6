"""A room's settings: defaults, rules, refusals."""

import re
from contextlib import suppress
from typing import Any, get_args

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.wire import setting_rules
from shared.wire.languages import Sentence
from shared.wire.room_settings import (
    DEFAULT_SETTINGS,
    NO_UPPER_BOUND,
    Button,
    Label,
    Multiplier,
    RoomSettings,
    SettingsInvalid,
    TeamNames,
    Theme,
    decode,
    encode,
    merge,
    validate,
)

MEDIA = "0123456789abcdef" * 2
BUTTON: dict[str, Any] = {"event_type": "jump", "base": 5, "min": 3, "max": 50}


def refused(raw: object) -> list[str]:
    """The fields that `validate` names."""
    with pytest.raises(SettingsInvalid) as refusal:
        validate(raw)
    return [found.field for found in refusal.value.wrong]


def with_button(**fields: object) -> dict[str, object]:
    return {"buttons": [BUTTON | fields]}


def test_nothing_given_means_the_defaults() -> None:
    """An empty object opens a room with the default settings."""
    assert validate({}) == DEFAULT_SETTINGS


def test_the_defaults_are_six_buttons_and_nine_bands() -> None:
    """The defaults satisfy the rules."""
    presses = [(b.event_type, b.team, b.base, b.min, b.max) for b in DEFAULT_SETTINGS.buttons]
    assert presses == [
        ("skill1", "skill", 5, 3, 50),
        ("skill2", "skill", 8, 4, 60),
        ("skill3", "skill", 8, 8, 100),
        ("enemy1", "enemy", 5, 4, 45),
        ("enemy2", "enemy", 10, 5, 55),
        ("enemy3", "enemy", 17, 6, 80),
    ]
    assert [(m.up_to, m.factor) for m in DEFAULT_SETTINGS.multipliers] == [
        (5, 1), (10, 1.2), (20, 1.5), (50, 2), (100, 3), (150, 4), (200, 5), (300, 6),
        (NO_UPPER_BOUND, 7),
    ]  # fmt: skip
    for button in DEFAULT_SETTINGS.buttons:
        assert [label.lang for label in button.labels] == ["ja", "en"]
        assert button.icon
        assert button.color
    assert validate(msgspec.to_builtins(DEFAULT_SETTINGS)) == DEFAULT_SETTINGS


def test_a_button_needs_only_its_event_type_and_presses() -> None:
    """Fields that a button leaves out take their defaults."""
    (button,) = validate({"buttons": [BUTTON]}).buttons
    assert button == Button(event_type="jump", base=5, min=3, max=50)
    assert (button.team, button.labels, button.icon, button.color) == ("", (), "", "")
    assert (button.enabled, button.cooldown_ms) == (True, 0)


def test_a_patch_merges_the_top_level_and_replaces_lists() -> None:
    """Fields that a patch does not name stay; a list it names is the new list."""
    current = validate({"title": "first", "show_names": False})
    patched = merge(current, {"title": "second", "buttons": [BUTTON]})
    assert (patched.title, patched.show_names) == ("second", False)
    assert [button.event_type for button in patched.buttons] == ["jump"]
    assert patched.multipliers == current.multipliers


def test_an_integer_may_be_written_with_a_zero_fraction() -> None:
    """5.0 is the integer 5."""
    bands = [{"up_to": 5.0, "factor": 2}]
    settings = validate({"buttons": [BUTTON | {"base": 5.0}], "multipliers": bands})
    assert type(settings.buttons[0].base) is int
    assert settings.multipliers == (Multiplier(up_to=5, factor=2.0),)


def test_every_wrong_value_is_named_at_once() -> None:
    """One refusal names every wrong value."""
    labels = [{"lang": "ja", "text": "跳ぶ"}, {"lang": "j_a", "text": 3}]
    assert refused(
        {
            "title": None,
            "buttons": [
                BUTTON | {"min": 0},
                7,
                BUTTON | {"min": 6, "max": 5, "event_type": "duck", "labels": labels},
                {"event_type": "jump"},
            ],
            "multipliers": [{"up_to": 5, "factor": 1}, {"up_to": 5, "factor": 0}],
        }
    ) == [
        "title",
        "buttons[0].min",
        "buttons[1]",
        "buttons[2].labels[1].lang",
        "buttons[2].labels[1].text",
        "buttons[2].min",
        "buttons[3].base",
        "buttons[3].min",
        "buttons[3].max",
        "multipliers[1].factor",
        "buttons[3].event_type",
        "multipliers[1].up_to",
    ]


def test_of_many_wrong_values_the_first_hundred_are_named() -> None:
    """A refusal of 64 KiB of wrong values costs and holds no more."""
    unknown = {f"f{n}": 0 for n in range(24 * 380)}
    assert refused(unknown) == [f"f{n}" for n in range(100)]
    labels = {"labels": [{"x": 0}] * 16}
    assert len(refused({"buttons": [labels] * 24})) == 100


def test_a_refusal_says_what_the_value_must_be() -> None:
    """Each message completes the sentence that its field begins."""
    with pytest.raises(SettingsInvalid, match=r"^buttons\[0\].base must be an integer from 1 to"):
        validate(with_button(base="5"))


@pytest.mark.parametrize(
    ("field", "accepted", "wrong"),
    [
        ("event_type", ["a", "a_1", "a" * 32], ["", "A", "1a", "a-b", "a\n", "a" * 33, "é", 1]),
        ("team", ["", "skill", "enemy"], ["Skill", None, 1, []]),
        ("labels", [[], [{"lang": "ja", "text": "x"}] * 16], [[{"lang": "ja"}] * 17, {}, "ja"]),
        ("icon", ["", "🐉", "x" * 64], ["x" * 65, None, "\x00", "\x85", "\ud800", "a\u2028b"]),
        (
            "sound",
            ["", "chime", "whoosh", MEDIA],
            ["bang", "Chime", "chime\n", f"{MEDIA}.mp3", None],
        ),
        ("image", ["", MEDIA], [MEDIA[1:], MEDIA.upper(), f"{MEDIA}\n", f"{MEDIA}0", None, 0]),
        ("color", ["", "#0a0B0c"], ["#fff", "0a0b0c", "#0a0b0g", "#0a0b0c\n", 0]),
        ("enabled", [True, False], [1, 0, "true", None]),
        ("base", [1, 100_000], [0, 100_001, True, 1.5, "1", None, 1e300, 10**30, [], -1]),
        ("min", [1, 50], [0, 51, True, 1.5, None]),
        ("max", [3, 100_000], [2, 100_001, False, None]),
        ("cooldown_ms", [0, 3_600_000], [-1, 3_600_001, True, 0.5]),
    ],
)
def test_each_field_of_a_button_has_its_rule(
    field: str, accepted: list[object], wrong: list[object]
) -> None:
    """The values at the edges of a rule, and those just beyond."""
    for value in accepted:
        validate(with_button(**{field: value}))
    for value in wrong:
        assert any(
            name.startswith("buttons[0].") for name in refused(with_button(**{field: value}))
        )


@pytest.mark.parametrize(
    ("field", "accepted", "wrong"),
    [
        ("title", ["", "今日の配信", "\U0001f409" * 100], ["x" * 101, None, 5, "a\tb", "\udc80"]),
        ("show_names", [True, False], [0, None, "yes"]),
        ("mask_names", [True, False], [0, None, "yes"]),
        (
            "masked_words",
            [[], ["a"], ["山田"] * 200, ["\U0001f409" * 32], ["a b"]],
            [None, "a", ["a"] * 201, [""], [" "], ["\u3000"], ["x" * 33], ["a\tb"], [5]],
        ),
        ("on_disconnect", ["fire", "hold"], ["", "stop", None, 0]),
        ("buttons", [[BUTTON]], [[], None, {}, "x", [BUTTON] * 25]),
        ("multipliers", [[{"up_to": 1, "factor": 1e-9}]], [[], None, [None], [[]]]),
        ("labels", [], [[]]),
    ],
)
def test_each_field_at_the_top_has_its_rule(
    field: str, accepted: list[object], wrong: list[object]
) -> None:
    """The values at the edges of a rule, and those just beyond."""
    for value in accepted:
        validate({field: value})
    for value in wrong:
        assert all(name.startswith(field) for name in refused({field: value}))


@pytest.mark.parametrize(
    ("theme", "named"),
    [
        ({"logo": MEDIA, "background": MEDIA, "accent": "#bf3419", "backdrop": "#101828"}, []),
        ({"font": "hand", "team_names": {"skill": "英雄" * 10}}, []),
        ({"logo": f"/api/media/{MEDIA}"}, ["theme.logo"]),
        ({"background": None, "accent": "red"}, ["theme.background", "theme.accent"]),
        ({"backdrop": "#101828;x", "font": "Comic Sans"}, ["theme.backdrop", "theme.font"]),
        ({"team_names": {"skill": "x" * 21}}, ["theme.team_names.skill"]),
        ({"team_names": {"boss": ""}}, ["theme.team_names.boss"]),
        ({"team_names": []}, ["theme.team_names"]),
        ({"stylesheet": "x"}, ["theme.stylesheet"]),
        (None, ["theme"]),
    ],
)
def test_a_theme_is_made_of_ids_colours_and_known_fonts(theme: object, named: list[str]) -> None:
    """Nothing that could be a URL, a style or a script; each wrong part is named."""
    assert (refused({"theme": theme}) if named else []) == named
    if not named:
        assert validate({"theme": theme}).theme == msgspec.convert(theme, Theme)


def test_a_room_from_before_has_the_look_of_the_page() -> None:
    """Settings without a theme are read as those with an empty one."""
    stored = msgspec.to_builtins(DEFAULT_SETTINGS)
    del stored["theme"]
    assert decode(msgspec.json.encode(stored).decode()).theme == Theme()


@pytest.mark.parametrize("lang", ["ja", "en-GB", "zh-Hant-TW", "x-klingon"])
def test_language_tags_are_accepted(lang: str) -> None:
    """Tags of the shape that browsers send."""
    validate(with_button(labels=[{"lang": lang, "text": "x" * 40}]))


@pytest.mark.parametrize("lang", ["", "-", "ja-", "ja_JP", "ja\n", "日本", "ja" + "-abcdefgh" * 4])
def test_what_is_no_language_tag_is_refused(lang: str) -> None:
    """Anything else is refused by name."""
    assert refused(with_button(labels=[{"lang": lang, "text": "x"}])) == [
        "buttons[0].labels[0].lang"
    ]


@pytest.mark.parametrize(
    ("bands", "named"),
    [
        ([(5, 1), (4, 2)], "multipliers[1].up_to"),
        ([(5, 1), (5.0, 2)], "multipliers[1].up_to"),
        ([(0, 1)], "multipliers[0].up_to"),
        ([(NO_UPPER_BOUND + 1, 1)], "multipliers[0].up_to"),
        ([(5, float("nan"))], "multipliers[0].factor"),
        ([(5, float("inf"))], "multipliers[0].factor"),
        ([(5, 10**400)], "multipliers[0].factor"),
        ([(5, 1000.1)], "multipliers[0].factor"),
        ([(5, True)], "multipliers[0].factor"),
        ([(n, 1) for n in range(1, 34)], "multipliers"),
    ],
)
def test_a_wrong_band_is_named(bands: list[tuple[Any, Any]], named: str) -> None:
    """Bounds rise, factors are positive, finite and at most 1000."""
    raw = [{"up_to": up_to, "factor": by} for up_to, by in bands]
    assert refused({"multipliers": raw}) == [named]


def test_two_buttons_of_one_event_type_are_refused() -> None:
    """The second of them is named."""
    assert refused({"buttons": [BUTTON, BUTTON]}) == ["buttons[1].event_type"]


def test_unknown_fields_are_refused_wherever_they_are() -> None:
    """An unknown field is named, with unprintable characters escaped."""
    assert refused({"tittle": "x", "\ud800" * 50: 1}) == ["tittle", "\\ud800" * 40]
    assert refused(with_button(bse=5)) == ["buttons[0].bse"]


@pytest.mark.parametrize("raw", [None, 5, "x", [], [{}], True])
def test_settings_that_are_no_object_are_refused(raw: object) -> None:
    """Only an object can hold settings."""
    assert refused(raw) == ["settings"]


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=4,
)
nearly_settings = st.dictionaries(
    st.sampled_from(RoomSettings.__struct_fields__),
    anything
    | st.lists(
        st.dictionaries(st.sampled_from((*Button.__struct_fields__, "up_to", "factor")), anything),
        max_size=3,
    ),
)


@given(anything | nearly_settings)
def test_any_value_is_either_refused_or_kept_whole(raw: object) -> None:
    """Validation raises no other error, and accepts its own result."""
    with suppress(SettingsInvalid):
        settings = validate(raw)
        assert validate(msgspec.to_builtins(settings)) == settings


def test_settings_survive_being_stored() -> None:
    """What is written is read back, integers without a fraction."""
    settings = validate({"title": "x", "buttons": [BUTTON | {"base": 5.0}]})
    assert decode(encode(settings)) == settings
    assert '"base":5,' in encode(settings)


def newer(**changes: Any) -> str:
    """Default settings as a newer release stored them."""
    return msgspec.json.encode(msgspec.to_builtins(DEFAULT_SETTINGS) | changes).decode()


def test_what_only_a_newer_release_allows_takes_its_default() -> None:
    """After a rollback; what else was set stays."""
    theme = {"accent": "#102030", "font": "brush", "outline": True, "team_names": {"skill": 7}}
    labels = [{"lang": "fr", "text": "a" * 200}, {"lang": "en", "text": "Jump"}]
    buttons = [BUTTON | {"sound": 7, "labels": labels}, BUTTON | {"event_type": "duck"}]
    stored = newer(title="x", theme=theme, buttons=buttons, starts="vote", masked_words=["a", ""])
    known = {"title": "x", "theme": {"accent": "#102030"}, "masked_words": ["a"]}
    buttons[0] = BUTTON | {"labels": labels[1:]}
    assert decode(stored) == validate(known | {"buttons": buttons})


def test_a_whole_number_is_read_where_a_newer_release_allows_fractions() -> None:
    assert decode(newer(round_limit_s=60.0)) == validate({"round_limit_s": 60})


def test_an_entry_with_a_value_that_has_no_default_is_left_out() -> None:
    """If none is left, the list is the default one."""
    wrong = BUTTON | {"event_type": "JUMP", "max": 200_000}
    assert decode(newer(buttons=[wrong, BUTTON, wrong])) == validate({"buttons": [BUTTON]})
    assert decode(newer(buttons=[wrong, wrong])) == DEFAULT_SETTINGS
    assert decode(newer(buttons=[BUTTON] * 30)) == DEFAULT_SETTINGS


@pytest.mark.parametrize("stored", ["", "{", "[]", "7"])
def test_what_never_were_settings_is_not_read(stored: str) -> None:
    with pytest.raises(msgspec.DecodeError):
        decode(stored)


def test_the_schema_states_the_rules() -> None:
    """The schema contains the bounds that validation enforces."""
    (schema,), defined = msgspec.json.schema_components([RoomSettings])
    assert schema == {"$ref": "#/$defs/RoomSettings"}
    assert defined["RoomSettings"]["properties"]["buttons"]["maxItems"] == 24
    base = defined["Button"]["properties"]["base"]
    assert (base["minimum"], base["maximum"]) == (1, 100_000)
    assert msgspec.json.encode(defined)


def test_every_wrong_value_is_told_in_both_languages() -> None:
    """What a rule of one value demands, and what no single value's rule says."""
    structs = (RoomSettings, Button, Label, Multiplier, Theme, TeamNames)
    kinds = [field.type for struct in structs for field in msgspec.structs.fields(struct)]
    rules = [get_args(kind)[1] for kind in kinds if kind not in structs]
    between = [one for one in vars(setting_rules).values() if isinstance(one, Sentence)]
    for sentence in [*map(setting_rules.demanded, rules), *between]:
        assert sentence.en.startswith(("must ", "is "))
        assert re.search(r"(ください|ません|います)(（.*）)?$", sentence.ja)
