"""Opening a studio, and its key."""

from dataclasses import replace
from xml.etree import ElementTree

import httpx
import pytest

from shared.identity.tokens import Signer
from shared.process.settings import PerAddress, Settings
from tests.api_service.conftest import SIGNER
from tests.api_service.running import ready_client, with_proxy
from tests.api_service.studio.files import OGG, Studio


async def test_a_studio_is_opened_with_its_key(api: httpx.AsyncClient) -> None:
    one, other = [(await api.post("/api/studios")).json() for _ in range(2)]
    assert SIGNER.verify_studio_key(one["studio_key"]) == one["studio_id"] != other["studio_id"]


async def test_an_address_opens_only_so_many_studios(settings: Settings) -> None:
    few = with_proxy(replace(settings, rooms_per_address=PerAddress(per_minute=2, burst=9)))
    async with ready_client(few) as api:
        stranger = {"X-Forwarded-For": "192.0.2.98"}
        answers = [await api.post("/api/studios", headers=stranger) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [201, 201, 429]


async def test_the_key_travels_as_a_qr_code(api: httpx.AsyncClient) -> None:
    """As a drawing that nobody stores."""
    answer = await Studio(api).ask("GET", "/api/studio/qr.svg")
    assert answer.headers["Content-Type"] == "image/svg+xml"
    assert answer.headers["Cache-Control"] == "no-store"
    assert ElementTree.fromstring(answer.content).tag.endswith("svg")


@pytest.mark.parametrize(
    "key",
    [
        None,
        "x",
        Signer(["another secret"]).sign_studio(SIGNER.new_viewer_id().partition(".")[0]),
        SIGNER.new_viewer_id(),
        SIGNER.sign_studio("not a ulid"),
        Studio.__name__,
    ],
    ids=["none", "garbage", "another service's", "a viewer's id", "no ULID", "a word"],
)
async def test_nothing_else_opens_a_studio(api: httpx.AsyncClient, key: str | None) -> None:
    headers = {"Content-Type": "audio/ogg", **({"Authorization": f"Bearer {key}"} if key else {})}
    for answer in (
        await api.post("/api/studio/media", content=OGG, headers=headers),
        await api.get("/api/studio/qr.svg", headers=headers),
    ):
        assert (answer.status_code, answer.json()["code"]) == (401, "invalid_studio_key")
        assert answer.headers["WWW-Authenticate"] == "Bearer"
