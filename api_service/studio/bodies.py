"""The request and response bodies of a studio's routes."""

from typing import Annotated

import msgspec
from msgspec import Meta

from shared.wire.room_settings import RoomSettings

# The pattern is only documentation: the route refuses others with a code of their own.
ChosenHandle = Annotated[str, Meta(extra_json_schema={"pattern": "^[A-Za-z0-9_-]{3,30}$"})]


class StudioOpened(msgspec.Struct, frozen=True):
    """A new studio. `studio_key` is the secret that opens it; it does not expire."""

    studio_id: str
    studio_key: str


class MediaStored(msgspec.Struct, frozen=True):
    """A stored picture or sound. `media_id` depends on its bytes alone; `size` is in bytes."""

    media_id: str
    type: str
    size: int


class SetupWanted(msgspec.Struct, frozen=True):
    """A setup to store: its name of 1 to 60 characters, and all settings of a room."""

    name: str
    settings: RoomSettings


class Setup(msgspec.Struct, frozen=True):
    """A stored setup; its name is cleaned as display names are."""

    setup_id: str
    name: str
    settings: RoomSettings
    updated_at: str


class SetupListed(msgspec.Struct, frozen=True):
    """A stored setup without its settings, which have so many `buttons`."""

    setup_id: str
    name: str
    updated_at: str
    buttons: int


class SetupList(msgspec.Struct, frozen=True):
    """The studio's setups, the last changed first.

    `studio_key` is the studio's key, signed again with the service's newest signing key: keep it
    instead of the one that was sent.
    """

    studio_key: str
    setups: tuple[SetupListed, ...]


class SetupDeleted(msgspec.Struct, frozen=True):
    """The setup is gone."""

    setup_id: str


class HandleWanted(msgspec.Struct, frozen=True):
    """The handle that a studio chooses. Capital letters are read as small ones."""

    handle: ChosenHandle


class StudioHandle(msgspec.Struct, frozen=True):
    """The studio's handle; null if it has none."""

    handle: str | None


class HandleFound(msgspec.Struct, frozen=True):
    """A handle, and the room that it leads to; null while its studio has no open room."""

    handle: str
    room_id: str | None
    title: str | None
