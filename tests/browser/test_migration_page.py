"""The check that the page for those who move from the older system describes."""

import json
import re
from pathlib import Path
from textwrap import dedent

from websockets.asyncio.client import connect

from tests.browser.conftest import Services
from tests.browser.documents import DOCS, at_services, gateway_of, running
from tests.programs import program

PAGE = "migration.md"  # the Japanese one has the same blocks


def last_block(language: str) -> str:
    """The last block of code of this language; it stands in a list, so it is indented."""
    text = (DOCS / PAGE).read_text()
    block = rf"^ *```{language}\n(.*?)^ *```$"
    return dedent(re.findall(block, text, re.DOTALL | re.MULTILINE)[-1])


async def test_five_presses_reach_an_older_game_as_the_page_shows(
    services: Services, tmp_path: Path
) -> None:
    """The game's message has the fields of the page's example, and their kinds."""
    program("curl")
    shown = json.loads(last_block("json"))
    async with connect(gateway_of(services), proxy=None) as socket:
        room_id = json.loads(await socket.recv())["room_id"]
        told = at_services(last_block("sh"), services).replace("ROOM=…", f"ROOM={room_id}")
        async with running("bash", "-ec", told, folder=tmp_path) as shell:
            answer = json.loads((await shell.communicate())[0])
        assert answer["event_results"][0]["effect_triggered"] is True
        while (event := json.loads(await socket.recv()))["type"] != "game_event":
            pass
    assert {name: type(value) for name, value in event.items()} == {
        name: type(value) for name, value in shown.items()
    }
    same = ("event_type", "trigger_count", "viewer_count", "viewer_name", "seq", "replayed")
    assert {name: event[name] for name in same} == {name: shown[name] for name in same}
