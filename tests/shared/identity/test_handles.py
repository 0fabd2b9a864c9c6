"""Handles: their shape, and those that nobody gets."""

import pytest

from shared.identity.handles import handle_in, is_forbidden
from shared.identity.word_lists import RESERVED_HANDLES


@pytest.mark.parametrize(
    ("text", "handle"),
    [
        ("luna", "luna"),
        ("LUNA_2", "luna_2"),
        ("a-b", "a-b"),
        ("x" * 30, "x" * 30),
        ("ab", None),
        ("x" * 31, None),
        ("", None),
        ("luna\n", None),
        (" luna", None),
        ("@luna", None),
        ("lu.na", None),
        ("ルナルナ", None),
        ("\N{KELVIN SIGN}elvin", None),  # a `k` in lower case
    ],
)
def test_a_handle_is_a_few_plain_characters_in_lower_case(text: str, handle: str | None) -> None:
    assert handle_in(text) == handle


@pytest.mark.parametrize(
    "handle",
    [
        *("admin", "play", "healthz", "www", "support", "ad-min", "_root_", "get_viewer_id"),
        *("streamario", "streamario-help", "the_stream-ario"),
        *("kill-yourself", "killyourself", "k1ll_yourself", "xx_sieg-heil", "son-of-a-bitch"),
        *("adm1n", "0fficial", "0ff1c1a1", "m0derat0r", "supp0rt", "s-t-4-f-f", "r00t", "he1p"),
        *("stre4mario", "5tr34m4r10", "xx_streamar1o"),
        *("officiai", "admln", "heip", "sett1ngs", "a1i", "streamarlo", "my-5treamarl0-fans"),
        *("kiii-yourseif", "slegheii"),
        *("fuck", "fuck-you", "hello_sex", "sh1t", "fuuuck", "f_u_c_k", "my-f-u-c-k", "f-uck-"),
    ],
)
def test_nobody_gets_what_is_reserved_or_offends(handle: str) -> None:
    """Whatever separates its letters."""
    assert handle_in(handle) == handle
    assert is_forbidden(handle)


@pytest.mark.parametrize(
    "handle",
    [
        *(
            "luna",
            "assassin",
            "essex-girl",
            "player-one",
            "mod3rn",
            "---",
            "l33t",
            "ali",
            "mali",
            "mall",
        ),
        # A number behind a word, or alone, is a number.
        *("player1", "player5", "viewer-5", "mod5", "user55", "411", "7357"),
    ],
)
def test_words_that_contain_or_resemble_such_a_word_are_free(handle: str) -> None:
    assert not is_forbidden(handle)


def test_reserved_handles_are_written_as_they_are_compared() -> None:
    assert all(word == handle_in(word) or len(word) < 3 for word in RESERVED_HANDLES)
    assert not {word for word in RESERVED_HANDLES if "-" in word or "_" in word}
