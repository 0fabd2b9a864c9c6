"""The code that the pages under `docs` show: taken out of them, and run as a reader would."""

import asyncio
import re
from asyncio.subprocess import Process
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

from tests.browser.conftest import Services

DOCS = Path(__file__).parents[2] / "docs"


def code(page: str, language: str) -> list[str]:
    """A page's blocks of code in one language, in their order."""
    text = (DOCS / page).read_text()
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)


def at_services(text: str, services: Services) -> str:
    """The text with the addresses of these services instead of those that everybody has."""
    return text.replace("http://localhost:8888", services.api.url).replace(
        "ws://localhost:8890/ws-unity", gateway_of(services)
    )


def gateway_of(services: Services) -> str:
    """Where games connect."""
    return services.gateway.url.replace("http:", "ws:") + "/ws-unity"


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """A folder's files as `python3 -m http.server` serves them; gives their address."""
    server = ThreadingHTTPServer(
        ("127.0.0.1", 0), partial(SimpleHTTPRequestHandler, directory=str(folder))
    )
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@asynccontextmanager
async def running(*command: str, folder: Path) -> AsyncIterator[Process]:
    """A program in this folder; it is killed at the end."""
    process = await asyncio.create_subprocess_exec(
        *command, cwd=folder, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def lines_of(process: Process, count: int) -> list[str]:
    """The next so many lines that a program prints."""
    assert process.stdout is not None
    return [(await process.stdout.readline()).decode().strip() for _ in range(count)]
