"""Display names."""

import unicodedata

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


def test_what_shows_stays_as_it_is() -> None:
    """Names in any script; in emoji also joiners, selectors, tags and regional indicators."""
    names = ["Ann", "山田 太郎", "ｱﾝ", "Zoë", "हिन्दी", "a_b-c.d", "1 ＞ 0"]
    emoji = [FAMILY, SCOTLAND, KEYCAP, SHRUGGING, RAINBOW_FLAG, "🇯🇵", "☎\ufe0e"]
    shown = [*names, *(f"a{each}b" for each in emoji)]
    assert [clean_name(each) for each in shown] == shown


def test_what_shows_nothing_is_removed() -> None:
    """Controls, bidi controls, invisible characters and lone surrogates are removed."""
    of_categories = "\0\n\x85\xad\u202e\u2028\u2029\ud800\udfff"
    of_emoji = "\u200d\ufe0e\ufe0f\U000e0020\U000e0061\U000e007f"
    others = (
        "\u034f\u115f\u1160\u17b4\u17b5\u180b\u180f\u2065\u2800\u3164\ufe00\ufe0d\uffa0\ufff0\ufff8"
        "\ufffc\U00016fe4\U0001d159\U000e0000\U000e001f\U000e0080\U000e0fff"
    )
    invisible = of_categories + of_emoji + others
    assert [ascii(each) for each in invisible if clean_name(f"a{each}b") != "ab"] == []
    assert [ascii(each) for each in invisible if clean_name(each)] == []


def test_what_hides_outside_an_emoji_is_removed() -> None:
    """A joiner stays only between two emoji, a selector after one; tags could hide text."""
    shown = {
        "a\u200d😀": "a😀",
        "😀\u200da": "😀a",
        "😀\u200d": "😀",
        "a\ufe0fb": "ab",
        "🏴\U000e0067\U000e0062": "🏴",
        "😀\U000e0067\U000e0062\U000e0073\U000e007f": "😀",
        "🏴" + "\U000e0061" * 20 + "\U000e007f": "🏴",
        "1\ufe0fa": "1a",
        "😀\ufe0f\ufe0f": "😀\ufe0f",
    }
    assert {raw: clean_name(raw) for raw in shown} == shown


def test_every_white_space_becomes_a_plain_one() -> None:
    """Inside a name a plain space, at its ends nothing."""
    assert clean_name("\u3000a\xa0b \u2003c\u202f") == "a b  c"


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
