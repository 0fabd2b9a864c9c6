"""The parsing and checks of a game's handshake, without socket and Redis."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.identity.origins import Sender
from shared.identity.tokens import AccessKeys, Signer
from shared.process.settings import Settings, Tunnel
from shared.wire.game_messages import SUBPROTOCOL
from shared.wire.parts import LARGEST_NUMBER
from shared.wire.refusal import Refused
from tests.room_keys import new_room_id
from ws_gateway.handshakes.claims import (
    Secrets,
    check_page,
    offered_subprotocols,
    own_pages,
    read_claim,
    read_query,
    read_secrets,
)
from ws_gateway.sockets.grants import Claim

NOW = 1_800_000_000.0
SIGNER = Signer(["the first secret"])
ROOM = new_room_id()
TOKEN = SIGNER.room_token(ROOM, NOW)
OPEN = AccessKeys([])
KEYED = AccessKeys(["key one", "key two"])


def claimed(
    query: dict[str, str],
    *,
    token: str | None = None,
    key: str | None = None,
    bearer: str | None = None,
    keys: AccessKeys = OPEN,
    signer: Signer = SIGNER,
    now: float = NOW,
) -> Claim:
    """The claim of this handshake."""
    return read_claim(query, Secrets(token=token, key=key, bearer=bearer), signer, keys, now)


def refused(query: dict[str, str], **shown: object) -> tuple[int, str]:
    """The refusal of this handshake."""
    with pytest.raises(Refused) as caught:
        claimed(query, **shown)  # type: ignore[arg-type]
    return caught.value.kind.status, caught.value.kind.code


def test_nothing_asked_for_is_a_new_room() -> None:
    """A room opened without a key does not count as a studio's."""
    assert claimed({}) == Claim()


def test_a_room_with_its_token_is_resumed_from_what_the_game_names() -> None:
    """It resumes after a cursor, from where the room's last game stopped, or from now."""
    asked = {"room_id": ROOM, "epoch": "7", "last_seq": "0"}
    assert claimed(asked, token=TOKEN) == Claim(room_id=ROOM, log_epoch=7, last_seq=0)
    assert claimed({"room_id": ROOM}, bearer=TOKEN) == Claim(room_id=ROOM)
    assert claimed({"room_id": ROOM, "replay": "none"}, token=TOKEN).skip


def test_a_socket_may_stand_in_for_a_game() -> None:
    """If it says so."""
    asked = {"room_id": ROOM, "stand_in": "true"}
    assert claimed(asked, token=TOKEN) == Claim(room_id=ROOM, stand_in=True)


def test_a_game_may_ask_for_the_changes_of_its_round() -> None:
    """In a new room and in one that it resumes; the field has one value."""
    asked = {"round_changes": "true"}
    assert claimed(asked) == Claim(round_changes=True)
    assert claimed({"room_id": ROOM, **asked}, token=TOKEN) == Claim(
        room_id=ROOM, round_changes=True
    )
    assert refused({"round_changes": "1"}) == (400, "invalid_query")


def test_a_room_opened_where_no_keys_are_set_counts_as_opened_without_one() -> None:
    """Any key, or none, opens a room if the service has no keys."""
    assert not claimed({}, key="anything").keyed


@pytest.mark.parametrize("key", ["key", "key one ", "KEY ONE", "key one,key two", "\udcff"])
def test_a_wrong_game_key_is_forbidden(key: str) -> None:
    """To the letter."""
    assert refused({}, key=key, keys=KEYED) == (403, "invalid_game_key")


@pytest.mark.parametrize("shown", [{}, {"key": ""}, {"bearer": ""}])
def test_no_game_key_is_a_request_to_show_one(shown: dict[str, str]) -> None:
    """An empty key counts as none."""
    assert refused({}, **shown, keys=KEYED) == (401, "missing_game_key")


def test_a_game_key_is_no_room_token() -> None:
    """A game key opens rooms, but does not prove ownership of a room."""
    assert refused({"room_id": ROOM}, key="key one", keys=KEYED) == (401, "missing_token")


@pytest.mark.parametrize(
    "token",
    [
        SIGNER.room_token(new_room_id(), NOW),
        TOKEN[:-1],
        "\udcff",
    ],
)
def test_a_wrong_token_is_forbidden(token: str) -> None:
    """Another room's token, damaged ones and texts that are no token are refused."""
    assert refused({"room_id": ROOM}, token=token) == (403, "invalid_token")


@pytest.mark.parametrize("room_id", ["", "x", ROOM.lower(), ROOM + "0", "é" * 26, ROOM[:-1] + "U"])
def test_a_room_id_that_cannot_be_one_is_not_found(room_id: str) -> None:
    """An invalid room id is not found, whatever the token."""
    assert refused({"room_id": room_id}, token=TOKEN) == (404, "room_not_found")


@pytest.mark.parametrize("field", ["token", "epoch", "last_seq", "replay", "stand_in"])
def test_what_belongs_to_an_old_room_is_refused_for_a_new_one(field: str) -> None:
    """A game that lost its room id gets an error instead of a new room."""
    assert refused({field: "1"}) == (400, "invalid_query")


@pytest.mark.parametrize("field", ["epoch", "last_seq"])
@pytest.mark.parametrize(
    "text", ["", "-1", "+1", " 1", "1.0", "1e3", "0x1", "١", "²", "1_000", "9" * 17, "null"]
)
def test_a_cursor_is_a_whole_number_from_0(field: str, text: str) -> None:
    """Other notations that Python's int() accepts are refused."""
    assert refused({"room_id": ROOM, field: text}, token=TOKEN) == (400, "invalid_query")


@given(st.integers(0, LARGEST_NUMBER))
def test_every_number_that_json_carries_exactly_may_be_a_cursor(number: int) -> None:
    """Up to 2^53 - 1."""
    asked = {"room_id": ROOM, "epoch": str(number), "last_seq": str(number)}
    claim = claimed(asked, token=TOKEN)
    assert (claim.log_epoch, claim.last_seq) == (number, number)


def test_a_larger_number_is_refused() -> None:
    """A JSON parser with doubles would round it."""
    assert refused({"room_id": ROOM, "last_seq": str(2**53)}, token=TOKEN)[0] == 400


@pytest.mark.parametrize("replay", ["", "all", "None", "NONE"])
def test_replay_may_only_be_none(replay: str) -> None:
    """A misspelt value must neither lose triggers nor repeat them."""
    assert refused({"room_id": ROOM, "replay": replay}, token=TOKEN) == (400, "invalid_query")


@pytest.mark.parametrize(
    "text", ["key=%ff", "key=a&key=b", "&".join(f"a{n}=" for n in range(30)), "key=%c3%28"]
)
def test_a_query_that_cannot_be_read_or_contradicts_itself_is_refused(text: str) -> None:
    """Invalid UTF-8, a repeated field and too many fields are refused."""
    with pytest.raises(Refused) as caught:
        read_query(text)
    assert (caught.value.kind.status, caught.value.kind.code) == (400, "invalid_query")


@given(st.text(max_size=80))
def test_any_query_is_read_or_refused(text: str) -> None:
    """Any query is parsed or refused; no other exception is raised."""
    with suppress(Refused):
        claimed(read_query(text), token=TOKEN)


@given(st.lists(st.text(max_size=30), max_size=4), st.text(max_size=60))
def test_any_header_is_read(protocols: list[str], authorization: str) -> None:
    """Any header gives secrets or none; no exception is raised."""
    read_secrets({}, offered_subprotocols(protocols), authorization)


def test_subprotocols_may_come_in_one_header_or_in_several() -> None:
    """RFC 6455, section 11.3.4."""
    assert offered_subprotocols(["a, b", "c,,"]) == ["a", "b", "c"]


def test_secrets_in_subprotocols_go_before_those_in_the_query() -> None:
    """The subprotocol takes precedence, because URLs may be logged. A room token contains a dot."""
    secrets = read_secrets(
        {"token": "from the query", "key": "from the query"},
        [SUBPROTOCOL, f"token.{TOKEN}", "key.k.1"],
        "",
    )
    assert (secrets.token, secrets.key) == (TOKEN, "k.1")


@pytest.mark.parametrize(
    ("authorization", "bearer"),
    [("Bearer x", "x"), ("bearer  x ", "x"), ("Basic x", None), ("Bearer", None), ("", None)],
)
def test_a_bearer_is_read_whatever_the_case_of_its_scheme(
    authorization: str, bearer: str | None
) -> None:
    """RFC 9110, section 11.1."""
    assert read_secrets({}, [], authorization).bearer == bearer


PAGES = ("http://localhost:8888", "https://game.example", "https://pages.example", "")
HERE = Settings(frontend_url=("*", "https://pages.example"), game_origins=("https://game.example",))


@pytest.mark.parametrize("origin", PAGES)
def test_the_console_and_listed_pages_may_connect_and_what_is_no_page(origin: str) -> None:
    """Native builds send no Origin, and may know the gateway by any name."""
    check_page(Sender(origin, "", "localhost:8890"), own_pages(HERE))
    check_page(Sender("", "", "pc.tailnet.example:8890"), own_pages(HERE))


def test_a_library_may_name_the_gateway_as_its_origin() -> None:
    """As Python's websocket-client does, which is no browser; the console is at the API's."""
    settings = Settings(public_ws_url="wss://ws.example", public_api_url="https://example.com")
    for origin in ("https://ws.example", "https://example.com"):
        check_page(Sender(origin, "", "ws.example"), own_pages(settings))


@pytest.mark.parametrize("listed", [("*",), ("https://game.example", "*")])
@pytest.mark.parametrize("origin", ["https://elsewhere.example", "null"])
def test_every_page_may_connect_where_the_operators_say_so(
    listed: tuple[str, ...], origin: str
) -> None:
    """With `*` in GAME_ORIGINS; that in FRONTEND_URL is for viewers."""
    check_page(Sender(origin, "", "evil.example"), own_pages(Settings(game_origins=listed)))


@pytest.mark.parametrize(
    "sender",
    [
        Sender("https://elsewhere.example", "", "localhost:8890"),
        Sender("http://localhost:3000", "", "localhost:8890"),
        Sender("https://game.example:8", "", "localhost:8890"),
        Sender("null", "", "localhost:8890"),
        Sender("", "same-site", "localhost:8890"),
        Sender("http://evil.example:8890", "", "evil.example:8890"),
    ],
)
def test_other_pages_may_not_connect(sender: Sender) -> None:
    with pytest.raises(Refused) as caught:
        check_page(sender, own_pages(HERE))
    assert (caught.value.kind.status, caught.value.kind.code) == (403, "forbidden_origin")


def test_a_pages_refusal_names_the_variables_to_set() -> None:
    with pytest.raises(Refused, match="forbidden_origin") as caught:
        check_page(Sender("https://a.example", "", "localhost:8890"), own_pages(Settings()))
    assert caught.value.detail is not None
    assert "https://a.example" in caught.value.detail.en
    for variable in ("FRONTEND_URL", "GAME_ORIGINS"):
        assert variable in caught.value.detail.en
        assert variable in caught.value.detail.ja


@pytest.mark.parametrize("origin", ["null", "file://"])
def test_a_page_that_no_list_can_name_is_told_what_else_to_do(origin: str) -> None:
    """As browsers send it for a page that was opened as a file."""
    with pytest.raises(Refused, match="forbidden_origin") as caught:
        check_page(Sender(origin, "", "localhost:8890"), own_pages(Settings()))
    assert caught.value.detail is not None
    for detail in (caught.value.detail.en, caught.value.detail.ja):
        assert origin in detail
        assert "http:" in detail
        assert "GAME_ORIGINS='*'" in detail
        assert "FRONTEND_URL" not in detail


def test_the_console_does_not_play_through_a_tunnel() -> None:
    """The tunnel opens no game sockets, so no page of its address needs one."""
    settings = Settings(tunnel=Tunnel("https://tunnel.example"))
    with pytest.raises(Refused):
        check_page(Sender("https://tunnel.example", "", "localhost:8890"), own_pages(settings))
