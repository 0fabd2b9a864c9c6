"""Display names."""

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from shared.identity.names import LONGEST_REASON, MAX_CODE_POINTS, clean_name, clean_reason

FAMILY = "👨\u200d👩\u200d👧\u200d👦"
SCOTLAND = "🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f"
KEYCAP = "1\ufe0f\u20e3"
SHRUGGING = "🤷🏽\u200d♀\ufe0f"
RAINBOW_FLAG = "🏳\ufe0f\u200d🌈"

hard_characters = st.text(
    st.characters()
    | st.sampled_from("\u200d\ufe0e\ufe0f\u20e3\u0301\u0338\u1100\u1161\u0bc6\u0bbe<> \u3000#1ae")
    | st.sampled_from(FAMILY + SCOTLAND + SHRUGGING + RAINBOW_FLAG + "🇯🇵\ud800\udc80\u202e"),
    max_size=60,
)


@pytest.mark.parametrize(
    "name",
    ["Ann", "山田 太郎", "ｱﾝ", "Zoë", "นก", "हिन्दी", "محمد", "✨ミク✨", "a_b-c.d", "1 ＞ 0"],
)  # fmt: skip
def test_an_ordinary_name_stays_as_it_is(name: str) -> None:
    """Names in any script are left alone."""
    assert clean_name(name) == unicodedata.normalize("NFC", name)


@pytest.mark.parametrize(
    "emoji", [FAMILY, SCOTLAND, KEYCAP, SHRUGGING, RAINBOW_FLAG, "🇯🇵", "☎\ufe0e"]
)
def test_an_emoji_stays_whole(emoji: str) -> None:
    """Joiners, selectors, tags, skin tones and regional indicators stay inside an emoji."""
    assert clean_name(f"a{emoji}b") == f"a{emoji}b"


@pytest.mark.parametrize(
    "invisible",
    "\0\t\n\r\x1b\x7f\x85\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b\u180e\u180f\u200b\u200c"
    "\u200d\u200e\u200f\u2028\u2029\u202a\u202b\u202c\u202d\u202e\u2060\u2061\u2064\u2065\u2066"
    "\u2067\u2068\u2069\u206a\u206f\u2800\u3164\ufe00\ufe0e\ufe0f\ufeff\uffa0\ufff0\ufff9\ufffb"
    "\ufffc\ud800\udfff\U0001d159\U0001d173\U000e0001\U000e0020\U000e0061\U000e007f\U000e0100"
    "\U000e01ef",
    ids=lambda character: f"U+{ord(character):04X}",
)
def test_what_shows_nothing_is_removed(invisible: str) -> None:
    """Controls, bidi controls, invisible characters and lone surrogates are removed."""
    assert clean_name(f"a{invisible}b") == "ab"
    assert clean_name(invisible) == ""


@pytest.mark.parametrize("between", ["a\u200d😀", "😀\u200da", "😀\u200d", "\u200d😀", "a\ufe0fb"])
def test_a_joiner_outside_an_emoji_is_removed(between: str) -> None:
    """A joiner stays only between two emoji, a selector only after one."""
    assert clean_name(between) == between.replace("\u200d", "").replace("\ufe0f", "")


@pytest.mark.parametrize(
    ("broken", "rest"),
    [
        ("🏴\U000e0067\U000e0062", "🏴"),
        ("😀\U000e0067\U000e0062\U000e0073\U000e007f", "😀"),
        ("🏴" + "\U000e0061" * 20 + "\U000e007f", "🏴"),
        ("1\ufe0f", "1"),
        ("1\ufe0fa", "1a"),
        ("😀\ufe0f\ufe0f", "😀\ufe0f"),
    ],
)
def test_a_broken_sequence_loses_what_it_hides(broken: str, rest: str) -> None:
    """Tags and selectors outside an emoji could hide text, so they are removed."""
    assert clean_name(broken) == rest


@pytest.mark.parametrize("space", "\xa0\u1680\u2000\u2003\u200a\u202f\u205f\u3000")
def test_every_white_space_becomes_a_plain_one(space: str) -> None:
    """Inside a name a plain space, at its ends nothing."""
    assert clean_name(f"{space}a{space}b {space}") == "a b"


def test_markup_is_shown_in_full_width() -> None:
    """No name opens a tag, wherever it is pasted."""
    assert clean_name("<b>Ann</b>") == "＜b＞Ann＜/b＞"
    assert clean_name("<\u0338") == "＜\u0338"


def test_at_most_two_marks_stay_on_a_base() -> None:
    """At most two marks per base are kept; a mark without a base is removed."""
    assert clean_name("q" + "\u0310" * 40 + "x") == "q\u0310\u0310x"
    assert clean_name("\u0301\u0301Ann") == "Ann"
    assert clean_name(" \u0301") == ""
    assert clean_name("q" + "\u0310\u200d" * 9) == "q\u0310\u0310"


def test_a_name_is_composed() -> None:
    """NFC, also across what was removed."""
    assert clean_name("e\u0301") == "é"
    assert clean_name("e\u200b\u0301") == "é"
    assert clean_name("か\u3099") == "が"


def test_a_name_is_cut_at_24_code_points() -> None:
    """Counted as code points, after everything else."""
    assert clean_name("あ" * 25) == "あ" * 24
    assert clean_name("\u200b" * 30 + "😀" * 25) == "😀" * 24
    assert clean_name("e\u0301" * 25) == "é" * 24


def test_the_cut_leaves_nothing_dangling() -> None:
    """Neither a space nor half an emoji's hidden parts stay at the end."""
    assert clean_name("x" * 23 + " y") == "x" * 23
    assert clean_name("x" * 22 + FAMILY) == "x" * 22 + "👨"
    assert clean_name("x" * 20 + SCOTLAND) == "x" * 20 + "🏴"
    assert clean_name("x" * 22 + KEYCAP) == "x" * 22 + "1"


@given(hard_characters)
@example("x" * 22 + FAMILY)
@example("\u0bc6\u200d\u0bbe")
def test_cleaning_a_clean_name_changes_nothing(raw: str) -> None:
    """Cleaning is idempotent."""
    assert clean_name(clean_name(raw)) == clean_name(raw)


@given(hard_characters)
def test_a_clean_name_keeps_every_promise(raw: str) -> None:
    """Whatever was typed, the result is composed, short, trimmed and free of what is removed."""
    name = clean_name(raw)
    assert unicodedata.is_normalized("NFC", name)
    assert len(name) <= MAX_CODE_POINTS
    assert name == name.strip()
    assert not set(name) & set("<>\u202e\u3164\u200b")
    name.encode()  # no lone surrogate
    visible = name.replace("\u200d", "")
    tagless = "".join(c for c in visible if not "\U000e0020" <= c <= "\U000e007f")
    assert {"Cc", "Cf", "Cs", "Zl", "Zp"}.isdisjoint(map(unicodedata.category, tagless))


@given(hard_characters)
def test_no_base_carries_more_than_two_marks(raw: str) -> None:
    """Emoji selectors aside, three marks never follow each other, and none comes first."""
    marks = 2
    for character in clean_name(raw):
        if character not in "\ufe0e\ufe0f":
            marks = marks + 1 if unicodedata.category(character).startswith("M") else 0
        assert marks <= 2


def test_a_games_reason_is_cleaned_as_a_name_and_may_be_longer() -> None:
    assert clean_reason(" no\x00 <dragon>\u202e\n") == "no ＜dragon＞"
    assert clean_reason("x" * 200) == "x" * LONGEST_REASON


def test_an_enormous_name_is_cleaned_at_once() -> None:
    """What lies beyond the first few hundred code points is not looked at."""
    assert clean_name("\u0301" * 1_000_000 + "Ann") == ""
    assert clean_name("Ann " + "x" * 1_000_000) == "Ann " + "x" * 20
