"""Small pictures and sounds, each different, and studios that store them."""

from itertools import count

import httpx
from sqlalchemy import update

from api_service.books.database import ANSWER_TIMEOUT, open_database
from api_service.books.tables import media
from api_service.studio.media import UNNAMED_FOR
from shared.identity.tokens import new_ulid
from tests.api_service.conftest import SIGNER

_numbers = count(1)

DAY_OLD = UNNAMED_FOR * 2


def u24(number: int) -> bytes:
    return number.to_bytes(3, "little")


def riff(form: bytes, *chunks: tuple[bytes, bytes]) -> bytes:
    """A RIFF container with these chunks."""
    body = form
    for name, content in chunks:
        body += name + len(content).to_bytes(4, "little") + content + b"\0" * (len(content) % 2)
    return b"RIFF" + len(body).to_bytes(4, "little") + body


def lossy(width: int, height: int, rest: bytes = b"") -> bytes:
    size = width.to_bytes(2, "little") + height.to_bytes(2, "little")
    return riff(b"WEBP", (b"VP8 ", b"\x30\x01\x00\x9d\x01\x2a" + size + rest))


def lossless(width: int, height: int, rest: bytes = b"\0" * 8) -> bytes:
    bits = (width - 1) | (height - 1) << 14
    return riff(b"WEBP", (b"VP8L", b"\x2f" + bits.to_bytes(4, "little") + rest))


def extended(width: int, height: int, *chunks: tuple[bytes, bytes]) -> bytes:
    canvas = b"\x10\0\0\0" + u24(width - 1) + u24(height - 1)
    return riff(b"WEBP", (b"VP8X", canvas), *chunks)


def wav(samples: bytes = b"\0" * 8) -> bytes:
    form = b"\x01\0\x01\0\x40\x1f\0\0\x40\x1f\0\0\x01\0\x08\0"
    return riff(b"WAVE", (b"fmt ", form), (b"data", samples))


OGG = b"OggS\0\x02" + b"\0" * 20 + b"\x01\x1e" + b"\x01vorbis" + b"\0" * 23
MP3_FRAME = b"\xff\xfb\x90\x64" + b"\0" * 413
MP3_TAGGED = b"ID3\x04\0\0\0\0\0\x0a" + b"\0" * 10 + MP3_FRAME


def picture(size: int = 100) -> bytes:
    """A picture of so many bytes that no other call returns."""
    rest = size - 12 - 8 - 10
    return lossy(64, 64, next(_numbers).to_bytes(8, "big") + b"\0" * (rest - 8))


class Studio:
    """A new studio, used through the API."""

    def __init__(self, api: httpx.AsyncClient) -> None:
        self.studio_id = new_ulid()
        self.key = SIGNER.sign_studio(self.studio_id)
        self.owner = {"Authorization": f"Bearer {self.key}"}
        self._api = api

    async def ask(self, method: str, path: str, **sent: object) -> httpx.Response:
        """The answer to a request with the studio's key."""
        return await self._api.request(method, path, headers=self.owner, **sent)  # type: ignore[arg-type]

    async def upload(self, content: bytes, media_type: str = "image/webp") -> httpx.Response:
        """The answer to an upload."""
        headers = {**self.owner, "Content-Type": media_type}
        return await self._api.post("/api/studio/media", content=content, headers=headers)

    async def stored(self, content: bytes, media_type: str = "image/webp") -> str:
        """The id of a picture or sound that is stored now."""
        answer = await self.upload(content, media_type)
        assert answer.is_success, answer.text
        return str(answer.json()["media_id"])


async def age(database_url: str, *ids: str) -> None:
    """Make these media older than a day."""
    aged = update(media).where(media.c.media_id.in_(ids))
    async with (
        open_database(database_url) as database,
        database.checks.transaction(ANSWER_TIMEOUT) as connection,
    ):
        await connection.execute(aged.values(stored_at=media.c.stored_at - DAY_OLD))
