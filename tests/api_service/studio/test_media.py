"""The routes of pictures and sounds."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from hashlib import sha256

import httpx
import pytest

from api_service.http.requests import SETTINGS_BODY_LIMIT
from api_service.studio import media
from api_service.studio.media import STUDIO_LIMIT
from api_service.studio.media_files import PICTURE_LIMIT, SOUND_LIMIT
from api_service.studio.setups import SETUPS_LIMIT
from shared.identity.addresses import ROW, STORAGE
from shared.process.settings import Settings
from tests.api_service.running import client_of, ready_client, running, with_proxy
from tests.api_service.studio.files import MP3_FRAME, OGG, Studio, age, picture, wav


@pytest.fixture
def small_studio(monkeypatch: pytest.MonkeyPatch) -> None:
    """A studio holds no more than 900 bytes."""
    monkeypatch.setattr(media, "STUDIO_LIMIT", 900)


async def test_a_file_is_served_as_it_was_stored(api: httpx.AsyncClient) -> None:
    """To everybody, with its type alone, for ever; opened by itself it may run nothing."""
    studio = Studio(api)
    files = (picture(), "image/webp"), (MP3_FRAME, "audio/mpeg"), (OGG, "audio/ogg")
    for content, media_type in (*files, (wav(), "Audio/WAV; x=y")):
        answer = await studio.upload(content, media_type)
        stored = answer.json()
        kind = media_type.partition(";")[0].lower()
        its_id = sha256(content).hexdigest()[:32]
        assert stored == {"media_id": its_id, "type": kind, "size": len(content)}
        found = await api.get(f"/api/media/{its_id}")
        assert (found.status_code, found.content) == (200, content)
        assert found.headers["Content-Type"] == kind
        assert found.headers["X-Content-Type-Options"] == "nosniff"
        assert found.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert found.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert found.headers["Cross-Origin-Resource-Policy"] == "cross-origin"


async def test_the_same_bytes_have_the_same_id(api: httpx.AsyncClient) -> None:
    studio, content = Studio(api), picture()
    answers = [await studio.upload(content) for _ in range(2)]
    answers.append(await Studio(api).upload(content))
    assert [answer.status_code for answer in answers] == [201, 200, 201]
    assert len({answer.json()["media_id"] for answer in answers}) == 1
    together = await asyncio.gather(*(studio.upload(picture()) for _ in range(8)))
    assert {answer.status_code for answer in together} == {201}


@pytest.mark.parametrize("media_id", ["0" * 32, "x", "0" * 31, "A" * 32, "%00", "0" * 32 + "%0a"])
async def test_an_id_of_nothing_is_404(api: httpx.AsyncClient, media_id: str) -> None:
    answer = await api.get(f"/api/media/{media_id}")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


@pytest.mark.parametrize(
    ("content", "media_type", "status", "code", "told"),
    [
        (b"", "image/webp", 400, "invalid_media", "The file is empty."),
        (b"<svg/>", "image/webp", 400, "invalid_media", "not image/webp"),
        (wav(), "image/webp", 400, "invalid_media", "not image/webp"),
        (picture()[:-2], "image/webp", 400, "invalid_media", "damaged"),
        (b"<svg/>", "image/svg+xml", 415, "unsupported_media_type", "WebP"),
        (b"<p>", "text/html", 415, "unsupported_media_type", "WebP"),
        (picture(), "", 415, "unsupported_media_type", "WebP"),
        (b"x" * (PICTURE_LIMIT + 1), "image/webp", 413, "body_too_large", "65536"),
        (b"x" * (SOUND_LIMIT + 1), "audio/wav", 413, "body_too_large", "204800"),
    ],
)
async def test_what_cannot_be_stored_is_explained(
    api: httpx.AsyncClient, content: bytes, media_type: str, status: int, code: str, told: str
) -> None:
    answer = await Studio(api).upload(content, media_type)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert told in answer.json()["detail"]


async def test_the_largest_files_are_stored(api: httpx.AsyncClient) -> None:
    studio = Studio(api)
    await studio.stored(picture(PICTURE_LIMIT))
    await studio.stored(wav(b"\0" * (SOUND_LIMIT - len(wav(b"")))), "audio/wav")


async def test_a_body_without_a_length_is_read_up_to_the_limit(api: httpx.AsyncClient) -> None:
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(9):
            yield b"x" * 8192

    headers = {**Studio(api).owner, "Content-Type": "image/webp"}
    answer = await api.post("/api/studio/media", content=endless(), headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")


@pytest.mark.usefixtures("small_studio")
async def test_a_full_studio_forgets_the_oldest_that_nothing_names(
    api: httpx.AsyncClient, database_url: str
) -> None:
    """But nothing that was uploaded today, since a setup may be about to name it."""
    studio, other = Studio(api), Studio(api)
    oldest, older, young = [await studio.stored(picture(300)) for _ in range(3)]
    others = await other.stored(picture(300))
    assert (await studio.upload(picture(300))).json()["code"] == "studio_full"
    await age(database_url, older, others)
    await age(database_url, oldest, oldest)
    await age(database_url, oldest)
    newest = await studio.stored(picture(300))
    kept = [await api.get(f"/api/media/{each}") for each in (oldest, older, young, newest, others)]
    assert [answer.status_code for answer in kept] == [404, 200, 200, 200, 200]


@pytest.mark.usefixtures("small_studio")
async def test_an_upload_again_makes_a_file_young(
    api: httpx.AsyncClient, database_url: str
) -> None:
    studio, content = Studio(api), picture(600)
    await age(database_url, await studio.stored(content))
    await studio.stored(content)
    answer = await studio.upload(picture(600))
    assert (answer.status_code, answer.json()["code"]) == (409, "studio_full")


@pytest.mark.usefixtures("small_studio")
async def test_uploads_at_once_do_not_pass_the_quota(api: httpx.AsyncClient) -> None:
    studio = Studio(api)
    answers = await asyncio.gather(*(studio.upload(picture(300)) for _ in range(9)))
    assert sorted(answer.status_code for answer in answers) == [201] * 3 + [409] * 6
    assert STUDIO_LIMIT == 20 * 1024 * 1024


async def test_an_address_uploads_only_so_much(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the studio has already counts, too."""
    monkeypatch.setitem(STORAGE, "burst", 2 * (ROW + len(OGG)))
    monkeypatch.setitem(STORAGE, "per_minute", 60)
    async with ready_client(with_proxy(settings)) as api:
        owner = Studio(api).owner
        headers = {**owner, "Content-Type": "audio/ogg", "X-Forwarded-For": "192.0.2.99"}
        answers = [
            await api.post("/api/studio/media", content=OGG, headers=headers) for _ in range(3)
        ]
    assert [answer.status_code for answer in answers] == [201, 200, 429]


def test_an_address_fills_a_whole_studio_at_once_and_uploads_59_mib_of_sounds_an_hour() -> None:
    """With all of its setups, so that a streamer can move to another studio."""
    setups = SETUPS_LIMIT * (ROW + SETTINGS_BODY_LIMIT)
    assert STORAGE["burst"] >= STUDIO_LIMIT + setups
    an_hours_sounds = 300 * (ROW + SOUND_LIMIT)
    assert an_hours_sounds <= 60 * STORAGE["per_minute"]


async def test_without_postgresql_whoever_uploads_or_looks_is_told_to_try_again(
    settings: Settings,
) -> None:
    away = replace(settings, database_url="postgresql://127.0.0.1:1/none")
    async with running(away), client_of(away) as api:
        answer = await Studio(api).upload(picture())
        assert (answer.status_code, answer.json()["code"]) == (503, "store_unavailable")
        assert answer.headers["Retry-After"] == "1"
        assert (await api.get("/api/media/" + "0" * 32)).status_code == 503
