"""Who is answered in Japanese, and how a sentence takes its facts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.wire.languages import Sentence, preferred_language

JAPANESE = (
    "ja",
    "JA",
    "ja-JP",
    "ja;q=0.1",
    "ja, en",
    "ja,en-US;q=0.9,en;q=0.8",
    "fr, ja;q=0.9, en;q=0.8",
    "en;q=0.9, ja",
    "en-GB;q=0.5 , ja-JP ; q=0.6",
    "ja, *",
    "en;q=0, *;q=0.5, ja",
    "*, en;q=0.5",
    "rubbish!, ja",
)
ENGLISH = (
    "",
    "*",
    "en",
    "fr",
    "en-US,en;q=0.9,ja;q=0.8",
    "en, ja;q=0.1",
    "en, ja",
    "ja;q=0.1, *",
    "ja;q=0",
    "ja;q=0, *",
    "*;q=0, ja;q=0",
    "jav",
    "ja_JP",
    "ja;q=2",
    "ja;q=0.9999",
    "ja q=1",
    "; ; ,,,= \xff",
)


@pytest.mark.parametrize("accepted", JAPANESE)
def test_who_prefers_japanese_to_english_reads_it(accepted: str) -> None:
    assert preferred_language(accepted) == "ja"


@pytest.mark.parametrize("accepted", ENGLISH)
def test_everybody_else_reads_english(accepted: str) -> None:
    """Who wants neither, who does not say, and whose header is no list of ranges."""
    assert preferred_language(accepted) == "en"


@given(st.text(alphabet="jaen-*;q=0.19, \t\xff", max_size=60))
def test_no_header_is_too_odd(accepted: str) -> None:
    assert preferred_language(accepted) in ("en", "ja")


def test_a_sentence_takes_its_facts_in_each_language() -> None:
    """A fact that is a sentence is in the language of the one around it; braces in it stay."""
    why = Sentence("it is closed", "閉じています")
    told = Sentence("{room}: {why}", "{room}：{why}").about(room="{x}", why=why)
    assert (told.spoken("en"), told.spoken("ja")) == ("{x}: it is closed", "{x}：閉じています")


def test_only_the_beginning_of_a_long_header_is_read() -> None:
    """Browsers send fewer than 200 characters; every part costs time."""
    assert preferred_language("a," * 400 + "ja") == "ja"
    assert preferred_language("a," * 15_000 + "ja") == "en"
