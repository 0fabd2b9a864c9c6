"""Viewer ids, room tokens and access keys."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.identity.tokens import (
    ROOM_TOKEN_LIFETIME_S,
    AccessKeys,
    Scoped,
    Signer,
    bare,
    is_ulid,
    new_ulid,
)

ULID = "01ARZ3NDEKTSV4RRFFQ69G5FAV"
ROOM = "01ARZ3NDEKTSV4RRFFQ69G5FAW"
NOW_S = 1_800_000_000.5
signer = Signer(["first secret"])


def test_a_fresh_viewer_id_is_a_ulid_and_its_signature() -> None:
    """26 base32 digits, a dot, 128 bits in base64url."""
    viewer_id = signer.new_viewer_id()
    assert re.fullmatch(r"[0-9A-HJKMNP-TV-Z]{26}\.[A-Za-z0-9_-]{22}", viewer_id)
    assert signer.verify_viewer(viewer_id) == bare(viewer_id)


def test_ids_do_not_repeat() -> None:
    """A thousand ids made at once all differ."""
    assert len({new_ulid() for _ in range(1000)}) == 1000
    assert all(is_ulid(new_ulid()) for _ in range(10))


def test_signing_again_gives_the_same_id() -> None:
    """A known viewer gets the same id again."""
    assert signer.sign_viewer(ULID) == signer.sign_viewer(ULID)
    assert signer.verify_viewer(signer.sign_viewer(ULID)) == ULID


def test_the_ulid_may_be_written_in_lower_case() -> None:
    """The result is the canonical form."""
    _, _, signature = signer.sign_viewer(ULID).partition(".")
    assert signer.verify_viewer(f"{ULID.lower()}.{signature}") == ULID


@pytest.mark.parametrize(
    "wrong",
    [
        "",
        ".",
        ULID,
        f"{ULID}.",
        f"{ULID}.{'A' * 22}",
        f"{ROOM}.{signer.sign_viewer(ULID).partition('.')[2]}",
        signer.sign_viewer(ULID) + "=",
        signer.sign_viewer(ULID) + "\n",
        signer.sign_viewer(ULID)[:-1],
        signer.sign_viewer(ULID) + ".x",
        " " + signer.sign_viewer(ULID),
        "é" + signer.sign_viewer(ULID),
        "ｱ.\ud800",
        signer.sign_viewer("not a ulid"),
    ],
)
def test_what_was_not_signed_is_no_viewer(wrong: str) -> None:
    """Anything else gives None and raises no error."""
    assert signer.verify_viewer(wrong) is None


@given(st.text() | st.text().map(lambda text: f"{ULID}.{text}"))
def test_no_text_is_a_viewer_by_chance(text: str) -> None:
    """Any text at all is answered with None."""
    assert signer.verify_viewer(text) is None


@given(position=st.integers(0, 48), character=st.characters(codec="ascii"))
def test_a_changed_character_breaks_an_id(position: int, character: str) -> None:
    """An id with one character changed is not accepted, in its signature not even in case."""
    good = signer.sign_viewer(ULID)
    changed = good[:position] + character + good[position + 1 :]
    accepted = signer.verify_viewer(changed) is not None
    same = changed == good or (position < 26 and changed.upper() == good.upper())
    assert accepted == same


def test_the_first_key_signs_and_every_key_verifies() -> None:
    """Keys rotate: the new one is put first, the old one is removed later."""
    old, both, new = Signer(["old"]), Signer(["new", "old"]), Signer(["new"])
    assert both.verify_viewer(old.sign_viewer(ULID)) == ULID
    assert new.verify_viewer(both.sign_viewer(ULID)) == ULID
    assert new.verify_viewer(old.sign_viewer(ULID)) is None
    token = old.room_token(ROOM, NOW_S)
    assert both.verify_room_token(token, ROOM, NOW_S)
    assert not new.verify_room_token(token, ROOM, NOW_S)


@pytest.mark.parametrize("keys", [[], [""], ["good", ""]])
def test_signing_without_a_secret_is_refused(keys: list[str]) -> None:
    """An empty secret would let everybody sign."""
    with pytest.raises(ValueError, match="at least one secret key"):
        Signer(keys)


def test_a_room_token_is_valid_for_seven_days() -> None:
    """To the second."""
    token = signer.room_token(ROOM, NOW_S)
    end = int(NOW_S) + ROOM_TOKEN_LIFETIME_S
    assert signer.verify_room_token(token, ROOM, NOW_S)
    assert signer.verify_room_token(token, ROOM, end - 0.001)
    assert not signer.verify_room_token(token, ROOM, end)


def test_a_room_token_owns_one_room() -> None:
    """It is not valid for another room."""
    token = signer.room_token(ROOM, NOW_S)
    assert not signer.verify_room_token(token, ULID, NOW_S)
    assert not signer.verify_room_token(token, "", NOW_S)


def test_a_room_token_fits_into_a_subprotocol() -> None:
    """Only token characters of RFC 9110."""
    token = f"token.{signer.room_token(ROOM, NOW_S)}"
    assert re.fullmatch(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+", token)


def test_an_expiry_cannot_be_moved() -> None:
    """The signature covers it."""
    expiry, _, signature = signer.room_token(ROOM, NOW_S).partition(".")
    assert not signer.verify_room_token(f"{int(expiry) + 1}.{signature}", ROOM, NOW_S)
    assert not signer.verify_room_token(f"0{expiry}.{signature}", ROOM, NOW_S)


def test_a_signature_serves_one_purpose() -> None:
    """A signed viewer is no room token and no studio, even with the same text signed."""
    assert signer.verify_studio_key(signer.sign_viewer(ULID)) is None
    assert signer.verify_viewer(signer.sign_studio(ULID)) is None
    text = f"{int(NOW_S) + 60}.{ROOM}"
    forged = f"{int(NOW_S) + 60}.{signer.sign_viewer(text).rpartition('.')[2]}"
    assert not signer.verify_room_token(forged, ROOM, NOW_S)


def test_a_studio_key_opens_its_studio() -> None:
    """As long as one of the keys signed it."""
    old, both = Signer(["old"]), Signer(["new", "old"])
    assert both.verify_studio_key(old.sign_studio(ULID)) == ULID
    assert old.verify_studio_key(both.sign_studio(ULID)) is None


@given(st.text() | st.text().map(lambda text: f"{ULID}.{text}"))
def test_no_text_opens_a_studio_by_chance(text: str) -> None:
    """Any text at all is answered with None."""
    assert signer.verify_studio_key(text) is None


@pytest.mark.parametrize("ulid", [ULID.lower(), "not a ulid", ULID[:-1], "é" * 13])
def test_a_studio_key_has_one_spelling(ulid: str) -> None:
    assert signer.verify_studio_key(signer.sign_studio(ulid)) is None


@given(st.text(), st.text())
def test_no_text_owns_a_room_by_chance(token: str, room_id: str) -> None:
    """Any text at all is answered with False."""
    assert not signer.verify_room_token(token, room_id, NOW_S)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (ULID, True),
        (ULID.lower(), False),
        ("7" + "Z" * 25, True),
        ("8" + "0" * 25, False),
        ("I" * 26, False),
        (ULID + "\n", False),
        (ULID[:-1], False),
        ("", False),
        ("٣" * 26, False),
    ],
)
def test_a_ulid_is_known_by_its_form(text: str, expected: bool) -> None:
    """26 digits of Crockford's base32, upper case, not above 128 bits."""
    assert is_ulid(text) is expected


def test_the_bare_form_is_the_public_half() -> None:
    """Either form of an id gives the ULID."""
    assert bare(signer.sign_viewer(ULID)) == bare(ULID) == bare(ULID.lower()) == ULID


def test_without_game_keys_everybody_may_open_rooms() -> None:
    """Whatever key is shown, or none."""
    for keys in (AccessKeys([]), AccessKeys([""])):
        assert keys.open_to_all
        assert keys.allows(None)
        assert keys.allows("anything")


def test_with_game_keys_only_their_holders_may() -> None:
    """Any of the keys is valid."""
    keys = AccessKeys(["one", "二つ目"])
    assert not keys.open_to_all
    assert keys.allows("one")
    assert keys.allows("二つ目")
    for wrong in (None, "", "on", "one ", "ONE", "\ud800"):
        assert not keys.allows(wrong)


MODERATOR = Scoped("abcdefghij_-", "moderator", int(NOW_S) + 60)


def test_a_token_with_less_right_tells_what_it_allows_in_its_room_until_it_expires() -> None:
    token = signer.scoped_token(ROOM, MODERATOR)
    assert signer.read_scoped_token(token, ROOM, NOW_S) == MODERATOR
    assert signer.read_scoped_token(token, ULID, NOW_S) is None
    assert signer.read_scoped_token(token, ROOM, NOW_S + 60) is None
    assert Signer(["other"]).read_scoped_token(token, ROOM, NOW_S) is None
    assert Signer(["new", "first secret"]).read_scoped_token(token, ROOM, NOW_S) == MODERATOR


@pytest.mark.parametrize(
    "wanted", [MODERATOR._replace(scope="feed"), MODERATOR._replace(token_id="somebody_els")]
)
def test_what_a_token_with_less_right_tells_cannot_be_changed(wanted: Scoped) -> None:
    signature = signer.scoped_token(ROOM, MODERATOR).rpartition(".")[2]
    changed = signer.scoped_token(ROOM, wanted).rpartition(".")[0]
    assert signer.read_scoped_token(f"{changed}.{signature}", ROOM, NOW_S) is None


@given(st.text(), st.text())
def test_no_text_has_a_right_in_a_room_by_chance(token: str, room_id: str) -> None:
    """Any text at all is answered with None."""
    assert signer.read_scoped_token(token, room_id, NOW_S) is None
