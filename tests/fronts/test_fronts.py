"""Addresses of visitors, headers, refusals, retries and compression, of each front."""

import asyncio
import gzip

import msgspec

from shared.wire.error_codes import ERRORS
from shared.wire.languages import Language
from shared.wire.refusal import problem_details
from tests.accepted_languages import ACCEPTED
from tests.fronts.table import LIES, Front
from tests.small_server.running import request
from tests.waiting import until

ROOM = "/api/rooms/01ARZ3NDEKTSV4RRFFQ69G5FAV"
STATE = b'{"status":"in_game","names":[%b]}' % b",".join([b'"Mika"'] * 400)


async def test_what_a_visitor_says_of_itself_is_replaced(front: Front) -> None:
    """For the API and for the gateway."""
    for path, service in (
        ("/get_viewer_id", front.behind.api),
        ("/ws-viewer", front.behind.gateway),
    ):
        for visitor in ("203.0.113.7", "203.0.113.8"):
            await front.asked(visitor, f"GET {path}", *LIES)
            sent = service.headers()
            assert sent["x-forwarded-for"] == visitor
            assert sent.get("x-forwarded-proto") == front.told_scheme
            assert "forwarded" not in sent
            assert len(sent["x-request-id"]) == 36


async def test_an_answer_has_the_id_of_its_request_which_its_sender_does_not_choose(
    front: Front,
) -> None:
    """Whoever answers: the API, the gateway or the front."""
    for path, service in (
        ("/get_viewer_id", front.behind.api),
        ("/ws-viewer", front.behind.gateway),
        ("/metrics", None),
    ):
        answer = await front.http.get(path, headers={"X-Request-Id": "mine"})
        (request_id,) = answer.headers.get_list("X-Request-Id")
        assert len(request_id) == 36
        if service:
            assert service.headers()["x-request-id"] == request_id
        assert answer.headers.get_list("X-Content-Type-Options") == ["nosniff"]
        assert "Server" not in answer.headers


async def test_metrics_are_not_reached_from_outside(front: Front) -> None:
    """Not even URL-encoded. The refusal has the members of the services' own."""
    front.behind.api.heads.clear()
    for path in ("/metrics", "/%6detrics", "/metrics/", "/metrics?x=1"):
        answer = await front.http.get(path)
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found"), path
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert answer.json() == msgspec.to_builtins(problem_details(ERRORS["not_found"], "en"))
    assert front.behind.api.heads == []


async def test_where_no_server_is_the_refusal_says_so_and_when_to_come_again(
    lonely_front: Front,
) -> None:
    """In the language of who asks, and to pages of other sites. So do sockets end."""

    async def check(path: str, accepted: str, language: Language) -> None:
        told = {"Accept-Language": accepted, "Origin": "https://elsewhere.example"}
        answer = await lonely_front.http.get(path, headers=told)
        assert (answer.status_code, answer.json()["code"]) == (503, "no_server_ready")
        sentence = ERRORS["no_server_ready"].sentence.spoken(language)
        assert answer.json()["detail"] == answer.json()["error"] == sentence, accepted
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert answer.headers["Content-Language"] == language
        assert "Accept-Language" in answer.headers["Vary"]
        assert int(answer.headers["Retry-After"]) > 0
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"

    await asyncio.gather(check("/ws-viewer", "", "en"), *(check(ROOM, *each) for each in ACCEPTED))


async def test_rooms_are_compressed_and_presses_are_not(front: Front) -> None:
    """Nor is either kept."""
    zipped = {"Accept-Encoding": "gzip, deflate, br"}
    for state in (STATE, STATE + b"\n"):
        with front.behind.api.answering(state, "Content-Type: application/json"):
            room = await front.http.get(ROOM, headers=zipped)
            assert room.headers["Content-Encoding"] == "gzip"
            assert "Accept-Encoding" in room.headers["Vary"]
            plain = await front.http.get(ROOM, headers={"Accept-Encoding": "identity"})
            pressed = await front.http.post(f"{ROOM}/events", content=b"{}", headers=zipped)
        assert room.content == plain.content == pressed.content == state
        assert "content-encoding" not in {*plain.headers, *pressed.headers}


async def test_what_a_service_has_compressed_stays_so(front: Front) -> None:
    """With the ETag that the browser sends next time."""
    told = ("Content-Type: application/json", "Content-Encoding: gzip", 'ETag: "7"')
    for path in ("/console", ROOM):
        with front.behind.api.answering(gzip.compress(STATE), *told):
            answer = await front.http.get(path, headers={"If-None-Match": '"6"'})
        assert answer.content == STATE
        assert answer.headers["ETag"] == '"7"'
        assert front.behind.api.headers()["if-none-match"] == '"6"'


async def test_a_press_is_sent_once_though_its_server_goes_away_with_it(front: Front) -> None:
    """It may have counted, so only the page may send it again, with the same batch_id."""
    front.behind.api.heads.clear()
    with front.behind.api.breaking_off(b""):
        for method in ("POST", "GET"):
            answer = await front.http.request(method, f"{ROOM}/events", content=b"{}")
            assert (answer.status_code, answer.json()["code"]) == (502, "bad_gateway")
    assert len(front.behind.api.heads) == 2


async def test_the_log_holds_no_query_no_secret_and_no_address(front: Front) -> None:
    """Of requests that are refused, that break off, and that are none."""
    secret, visitor = "hush-hush-hush-hush", "203.0.113.10"
    shown = (f"Authorization: {secret}", f"Cookie: {secret}", f"Sec-WebSocket-Protocol: {secret}")
    with front.behind.api.breaking_off(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx"):
        await front.asked(visitor, f"GET /play/x?{secret}", *shown)
    async with front.visiting(visitor) as wire:
        wire.write(request(f"GET /metrics?{secret}", *shown))
        assert b" 404 " in await wire.head()
    async with front.visiting(visitor) as wire:
        wire.write(f"GET /?{secret} HTTP/1.1\r\nHost: {secret}\r\nno header\r\n\r\n".encode())
        assert b" 400 " in await wire.rest()
    await until(front.logs("/play/x"))
    assert secret not in front.log.read_text()
    assert visitor not in front.log.read_text()
