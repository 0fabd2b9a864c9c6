"""The viewers' socket of the web client, with sockets that do what a test says."""

from __future__ import annotations

import subprocess
from typing import Final

from tests.clients.web.node_client import node
from tests.clients.web.package import PACKAGE

SCENE: Final = """
import { mock } from "node:test";
import { Feed } from "./streamario/feed.js";
const sockets = [];
// As EventEmitters do, it throws an error that nobody listens for.
class Socket {
  constructor() { sockets.push(this); }
  close() { this.isClosed = true; }
  fail(error) { if (this.onerror) this.onerror(error); else throw error; this.onclose(); }
}
const feed = new Feed(Socket, { take() {}, changed() {} });
mock.timers.enable({ apis: ["setTimeout"] });
feed.find("ws://gateway");
"""


def says(script: str) -> str:
    """What a script prints, after the first socket was opened."""
    command = [node(), "--input-type=module", "--eval", SCENE + script]
    said = subprocess.run(command, check=False, capture_output=True, text=True, cwd=PACKAGE)
    return said.stdout or said.stderr


def test_a_page_that_is_online_again_gives_its_socket_time_to_open() -> None:
    """The wait that the last lost socket began does not end the new one."""
    script = """
    sockets[0].onclose();
    feed.hurry();
    mock.timers.tick(9_900);
    console.log(sockets.length, sockets[1].isClosed);
    mock.timers.tick(200);
    console.log(sockets[1].isClosed);
    """
    assert says(script) == "2 undefined\ntrue\n"


def test_an_error_of_a_socket_ends_no_bot() -> None:
    """As with the package `ws` while no gateway is there: the feed tries again."""
    script = """
    sockets[0].fail(new Error("connect ECONNREFUSED"));
    mock.timers.tick(1_000);
    console.log(sockets.length);
    """
    assert says(script) == "2\n"
