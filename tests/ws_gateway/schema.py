"""Compares the messages on sockets with the published schema."""

from copy import deepcopy
from typing import Any

import msgspec
from openapi_schema_validator import OAS31Validator
from websockets.asyncio.client import ClientConnection

from shared.wire.game_messages import ServerMessage
from tests.ws_gateway.game_end import Game

JsonObject = dict[str, Any]


class PublishedMessages:
    """The document's message schemas, made strict: fields that a schema lacks are errors."""

    def __init__(self, document: JsonObject) -> None:
        self._document = document
        self._components = deepcopy(document["components"])
        for schema in self._components["schemas"].values():
            if schema.get("type") == "object":
                schema.setdefault("additionalProperties", False)

    def named(self, operation: str) -> dict[str, JsonObject]:
        """The messages of an operation, by their `type`."""
        messages = [
            self._resolved(self._resolved(reference))
            for reference in self._document["operations"][operation]["messages"]
        ]
        return {message["name"]: message for message in messages}

    def check(self, operation: str, value: JsonObject) -> str:
        """Fail if this is no message of the operation; return its `type`."""
        message = self.named(operation)[value["type"]]
        schema = {**message["payload"], "components": self._components}
        OAS31Validator(schema).validate(value)
        return str(message["name"])

    def _resolved(self, reference: JsonObject) -> JsonObject:
        return resolved(self._document, reference["$ref"])


def resolved(document: JsonObject, reference: str) -> JsonObject:
    """The target of a reference within the document; raises KeyError if there is none."""
    found: Any = document
    for step in reference.removeprefix("#/").split("/"):
        found = found[step]
    assert isinstance(found, dict)
    return found


class CheckedGame(Game):
    """A game that compares every received frame with the schema."""

    def __init__(self, socket: ClientConnection, published: PublishedMessages) -> None:
        super().__init__(socket)
        self.published = published
        self.seen: set[str] = set()

    def _decoded(self, text: str | bytes) -> ServerMessage:
        self.seen.add(self.published.check("tellGame", msgspec.json.decode(text)))
        return super()._decoded(text)


class CheckedPage:
    """A viewer's page that compares every frame with the schema."""

    def __init__(self, socket: ClientConnection, published: PublishedMessages) -> None:
        self.seen: set[str] = set()
        self._socket = socket
        self._published = published

    async def until(self, kind: str) -> None:
        """Read until a message of this type has arrived."""
        while kind not in self.seen:
            message = msgspec.json.decode(await self._socket.recv())
            self.seen.add(self._published.check("tellViewer", message))
