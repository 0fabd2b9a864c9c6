"""What the front passes, to whom, and with which headers; the services are stand-ins."""

import re
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from api_service.app import create_app, opened
from clients.terminal.terminal_io import CommandError
from deploy.embedded.data_dir import locked_data_dir
from deploy.tunnel.front import ONE_ADDRESS, PROOF_PATH, front, with_one_address
from shared.process.settings import PerAddress, Settings
from tests.fronts.table import LIES
from tests.tunnel.conftest import Before
from tests.tunnel.fronts import HOST, NAMING, client_of, front_of
from tests.tunnel.routes import KEPT, PASSED
from tests.wire import get, wired

NOT_FOUND = (404, "not_found")
FOR_PROGRAMS = ("/ws-unity", "/asyncapi.json", "/healthz", "/readyz", "/metrics", "/nowhere")


async def test_whether_a_route_is_passed_was_decided_for_each(settings: Settings) -> None:
    """A new route of the API fails here until somebody has decided."""
    async with opened(settings) as service:
        app = create_app(settings, service, whole=True)
        routes = app._app.routes  # type: ignore[attr-defined]
    served = {f"{m} {route.path}" for route in routes for m in route.methods if m != "HEAD"}
    assert served == PASSED | KEPT


async def test_what_viewers_need_is_passed_and_nothing_else(before: Before) -> None:
    for route in sorted(PASSED | KEPT):
        method, path = re.sub(r"{[^}]*}", "01ARZ3NDEKTSV4RRFFQ69G5FAV", route).split()
        before.api.heads.clear()
        answer = await before.http.request(method, path)
        if route in PASSED:
            assert (answer.status_code, len(before.api.heads)) == (200, 1), route
            assert before.api.heads[0].startswith(f"{method} {path} HTTP/1.1")
        else:
            assert (answer.status_code, answer.json()["code"]) == NOT_FOUND, route
            assert before.api.heads == []


async def test_of_the_gateway_only_viewers_sockets_are_reached(before: Before) -> None:
    await before.http.get("/ws-viewer?room_id=x")
    assert before.gateway.heads[0].startswith("GET /ws-viewer?room_id=x HTTP/1.1")
    for path in FOR_PROGRAMS:
        answer = await before.http.get(path)
        assert (answer.status_code, answer.json()["code"]) == NOT_FOUND, path
        assert answer.headers["X-Robots-Tag"] == "noindex"
    assert (len(before.gateway.heads), before.api.heads) == (1, [])


async def test_people_get_the_page_for_what_there_is_not_whatever_they_typed(
    before: Before,
) -> None:
    browser = {"Accept": "text/html,*/*;q=0.8"}
    for path in (*FOR_PROGRAMS, "/luna?token=x", "/api/studios/x/handle", "/overlay/studio/x"):
        before.api.heads.clear()
        await before.http.get(path, headers=browser)
        assert [head.partition("\r\n")[0] for head in before.api.heads] == ["GET /play HTTP/1.1"]
    before.api.heads.clear()
    answer = await before.http.post("/api/rooms", headers=browser)
    assert (answer.status_code, before.api.heads, before.gateway.heads) == (404, [], [])


async def test_its_folder_may_have_any_name(tmp_path: Path) -> None:
    """Caddy's own files are there, and nowhere else."""
    parent = tmp_path / "C#, \"50%\" of 'it'"
    parent.mkdir()
    async with front_of(Settings(), parent, NAMING) as opened, client_of(opened) as http:
        assert (await http.get(PROOF_PATH)).text == opened.proof
        assert (parent / "front" / "caddy").is_dir()
    assert [*tmp_path.iterdir()] == [parent]


async def test_an_address_that_stays_is_passed(before: Before) -> None:
    for path in ("/@luna", "/api/handles/luna"):
        assert (await before.http.get(path)).status_code == 200
    assert (await before.http.get("/api/handles")).status_code == 404


# Visitors.

PRIVATE = (
    "127.0.0.1",
    "10.0.0.1",
    "172.16.0.1",
    "192.168.0.7",
    "169.254.0.1",
    "100.64.0.1",
    "0.0.0.0",
    "255.255.255.255",
    "::1",
    "::",
    "fc00::1",
    "fe80::1",
    "fe80::1%eth0",
    "::ffff:10.0.0.1",
    "::ffff:203.0.113.7",
    "64:ff9b::a00:1",
)


async def test_what_a_visitor_says_of_itself_is_replaced(
    before: Before, client_header: str | None
) -> None:
    """Also beside a provider that names nobody: the name that others use is not believed."""
    lies = (lie.partition(": ") for lie in LIES)
    told = [(NAMING, "203.0.113.7"), *((name, value) for name, _, value in lies)]
    for path, service in (("/console", before.api), ("/ws-viewer", before.gateway)):
        await before.http.get(path, headers=told)
        sent = service.headers()
        assert sent["x-forwarded-for"] == ("203.0.113.7" if client_header else ONE_ADDRESS)
        assert sent["x-forwarded-host"] == sent["host"] == HOST


@pytest.mark.parametrize("client_header", ["X-Forwarded-For"], indirect=True)
async def test_only_a_public_address_counts_as_the_provider_names_it(before: Before) -> None:
    """Of a list, only its last entry, which the provider has added."""
    public: dict[tuple[str, ...], str] = {
        ("203.0.113.7",): "203.0.113.7",
        ("2001:DB8::1",): "2001:db8::1",
        ("203.0.113.7:4000",): "203.0.113.7",
        ("198.51.100.1, 203.0.113.7",): "203.0.113.7",
        ("198.51.100.1,203.0.113.7",): "203.0.113.7",
        ("198.51.100.1", "203.0.113.7"): "203.0.113.7",
    }
    unclear: list[tuple[str, ...]] = [(), ("",), ("unknown",), ("300.1.1.1",), ("203.0.113.7,",)]
    unclear += [("203.0.113.7, unknown",), ("203.0.113.7, 127.0.0.1",), ("203.0.113.7", "unknown")]
    counted = public | dict.fromkeys([*unclear, *((each,) for each in PRIVATE)], ONE_ADDRESS)
    found: dict[tuple[str, ...], str] = {}
    for named in counted:
        lines = (f"X-Forwarded-For: {entry}" for entry in named)
        async with wired(before.front.port) as wire:
            wire.write(get("/console", *lines))
            assert b" 200 " in await wire.head()
        found[named] = before.api.headers()["x-forwarded-for"]
    assert found == counted


# The proof, and where it runs.


async def test_the_proof_is_at_this_front_and_new_with_each(before: Before, tmp_path: Path) -> None:
    answer = await before.http.get(PROOF_PATH)
    assert (answer.status_code, answer.text) == (200, before.front.proof)
    assert answer.headers["Cache-Control"] == "no-store"
    assert before.api.heads == []
    async with (
        locked_data_dir(tmp_path / "another") as folder,
        front(folder, api_port=9, gateway_port=9, client_header=None) as other,
    ):
        assert other.proof != before.front.proof


async def test_without_caddy_it_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "which", lambda *_, **__: None)
    async with locked_data_dir(tmp_path / "none") as folder:
        with pytest.raises(CommandError) as refused:
            async with front(folder, api_port=9, gateway_port=9, client_header=None):
                pass
    assert "no Caddy 2.11 or later is installed; pip install" in str(refused.value)


def test_all_visitors_as_one_address_may_do_more() -> None:
    few = Settings(
        viewers_per_address=PerAddress(3, 6), active_per_address=5, viewer_sockets_per_address=4
    )
    assert with_one_address(few, times=10) == replace(
        few,
        viewers_per_address=PerAddress(30, 60),
        active_per_address=50,
        viewer_sockets_per_address=40,
    )
    assert with_one_address(Settings()).viewer_sockets_per_address == 5_000
