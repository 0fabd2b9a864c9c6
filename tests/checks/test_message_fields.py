"""The protocol's pages, Unity's loopback and the documents' examples know each message's fields."""

import re
from collections.abc import Iterator
from typing import Final, get_args

import msgspec
import pytest

from shared.wire import game_messages, parts, viewer_messages
from shared.wire.game_messages import GameMessage, Message, ServerMessage
from shared.wire.viewer_messages import ViewerMessage
from tests.browser.documents import DOCS

LOOPBACK: Final = DOCS.parent / "clients/unity/Runtime/Parts"
SENT: Final[tuple[type[Message], ...]] = get_args(ServerMessage)
MESSAGES: Final = (*SENT, *get_args(GameMessage), *get_args(ViewerMessage))
PARTS: Final = (
    game_messages.TeamTops,
    game_messages.ButtonTop,
    game_messages.EventTotal,
    parts.Stat,
    parts.Top,
    parts.Rejected,
    viewer_messages.RankCount,
)
EXAMPLE: Final = re.compile(r"^ *```json\n(.*?)^ *```", re.MULTILINE | re.DOTALL)
CODE: Final = re.compile(r"^ *```.*?^ *```|`[^`\n]+`", re.MULTILINE | re.DOTALL)

# What the loopback leaves out, and why.
NOT_IN_LOOPBACK: Final = {
    "RoomCreated.api_url": "it has no API: who knows none does not call it",
    "RoomReady.api_url": "it has no API: who knows none does not call it",
    "RoundUpdate.stopped": "it has no owner who could stop a round",
    "Error.retry_after_ms": "it never has too much to do",
    "Gap": "it loses no message",
    "Reconnect": "it ends with the game",
}


@pytest.mark.parametrize("page", ["protocol.md", "protocol.ja.md"])
def test_the_protocols_pages_name_each_field(page: str) -> None:
    """Add what is listed here to the message's row, in both languages."""
    code = "\n".join(CODE.findall((DOCS / page).read_text("utf-8")))
    fields = {
        f"{kind.__name__}.{field}"
        for kind in (*MESSAGES, *PARTS)
        for field in kind.__struct_encode_fields__
        if not re.search(rf"\b{field}\b", code)
    }
    assert not fields, f"{page} does not say what these are: {sorted(fields)}"


def test_unitys_loopback_fills_in_each_field_that_a_server_sends() -> None:
    """Add what is listed here to LoopbackServer.cs and its room, or to NOT_IN_LOOPBACK."""
    source = "\n".join(each.read_text("utf-8") for each in LOOPBACK.glob("Loopback*.cs"))
    left_out = set[str]()
    for kind in SENT:
        given = filled_in(source, kind.__name__)
        missing = set(kind.__struct_encode_fields__) - given
        left_out |= {f"{kind.__name__}.{each}" for each in missing} if given else {kind.__name__}
    assert left_out == set(NOT_IN_LOOPBACK), "these differ: the loopback, and what it leaves out"


def filled_in(source: str, kind: str) -> set[str]:
    """The fields of a message that C# fills in: where it makes one, or later."""
    name = {"GameEvent": "ViewerTrigger"}.get(kind, kind)
    made = re.search(rf"new {name}\s*{{((?:[^{{}}]|{{[^{{}}]*}})*)}}", source)
    variable = re.findall(r"[A-Z][a-z]+", name)[-1].lower()
    later = re.findall(rf"\b{variable}\.(\w+) = ", source)
    return {*re.findall(r"(\w+) = ", made[1]), *later} if made else set()


def examples() -> Iterator[tuple[str, dict[str, object]]]:
    """Each whole message in the documents, with its document."""
    for document in sorted(DOCS.glob("*.md")):
        for text in EXAMPLE.findall(document.read_text("utf-8")):
            example = msgspec.json.decode(text)
            if isinstance(example, dict) and "type" in example:
                yield document.name, example


def test_examples_of_messages_from_a_server_are_whole() -> None:
    """Add what is listed here to the example."""
    fields = {kind.__struct_config__.tag: set(kind.__struct_encode_fields__) for kind in SENT}
    found = [(name, example) for name, example in examples() if example["type"] in fields]
    assert len(found) >= 4  # in two languages, a trigger and a round
    for name, example in found:
        lacking = fields[str(example["type"])] - example.keys()
        assert not lacking, f"{name}: the example of {example['type']} lacks {sorted(lacking)}"
