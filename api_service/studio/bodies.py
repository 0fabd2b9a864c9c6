"""The request and response bodies of a studio's routes."""

from __future__ import annotations

import msgspec


class StudioOpened(msgspec.Struct, frozen=True):
    """A new studio. `studio_key` is the secret that opens it; it does not expire."""

    studio_id: str
    studio_key: str


class MediaStored(msgspec.Struct, frozen=True):
    """A stored picture or sound. `media_id` depends on its bytes alone; `size` is in bytes."""

    media_id: str
    type: str
    size: int
