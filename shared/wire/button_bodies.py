"""The bodies of requests by which a streamer tries a button."""

from __future__ import annotations

from typing import Literal

import msgspec


class PreviewButton(msgspec.Struct, frozen=True):
    """The button that the streamer tries."""

    event_type: str


class Previewed(msgspec.Struct, frozen=True):
    """The pages that ask for previews show the button; nothing was counted or fired."""

    event_type: str
    status: Literal["previewed"] = "previewed"
