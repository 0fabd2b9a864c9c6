"""Runs Caddy with the Caddyfile beside this module: the one port that a tunnel leads to."""

import asyncio
import secrets
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from deploy.embedded.data_dir import DataDir
from deploy.embedded.guarded import Server, answers_with, guarded, until
from deploy.embedded.programs import caddy
from shared.process.settings import PerAddress, Settings

CADDYFILE: Final = Path(__file__).with_name("Caddyfile")
LOOPBACK: Final = "127.0.0.1"
# Stands for the addresses of all visitors whom the provider does not name. It is reserved for
# documentation (RFC 5737), so that no visitor has it; limits apply to it.
ONE_ADDRESS: Final = "192.0.2.1"
VIEWERS_OF_ONE_ADDRESS: Final = 50  # times as many as another address may have
PROOF_PATH: Final = "/.well-known/streamario-proof"


@dataclass(frozen=True, slots=True)
class TunnelFront:
    """A running front.

    Whoever gets `proof` from `PROOF_PATH` of an address knows that it leads to this front.
    """

    port: int
    proof: str
    server: Server


@asynccontextmanager
async def front(
    folder: DataDir,
    *,
    api_port: int,
    gateway_port: int,
    client_header: str | None,
    host: str = LOOPBACK,
) -> AsyncIterator[TunnelFront]:
    """Run the front on a free port of this machine while the block runs.

    `client_header` is the header in which the provider names a visitor's address; None: in none.
    The services listen on `host`.
    Raises CommandError if there is no Caddy, or if it does not start.
    """
    program, port, proof = caddy(), _free_port(), secrets.token_urlsafe(16)
    at = f"[{host}]" if ":" in host else host
    variables = {
        "FRONT_PORT": str(port),
        "API_AT": f"{at}:{api_port}",
        "GATEWAY_AT": f"{at}:{gateway_port}",
        "VISITORS": "named" if client_header else "unnamed",
        "CLIENT_HEADER": client_header or "X-Forwarded-For",
        "ONE_ADDRESS": ONE_ADDRESS,
        "PROOF_PATH": PROOF_PATH,
        "PROOF": proof,
        "HOME": str(folder.path / "caddy"),  # Caddy creates files there
    }
    command = (program, "run", "--config", str(CADDYFILE), "--adapter", "caddyfile")
    url, request = f"http://{LOOPBACK}:{port}", f"GET {PROOF_PATH} HTTP/1.0\r\n\r\n".encode()
    async with guarded(folder, "front", url, command, stop="SIGTERM", **variables) as server:
        await until(
            server,
            lambda: answers_with(asyncio.open_connection(LOOPBACK, port), request, proof.encode()),
        )
        yield TunnelFront(port, proof, server)


def with_one_address(settings: Settings, times: int = VIEWERS_OF_ONE_ADDRESS) -> Settings:
    """Return settings for a provider that does not name visitors: an address may do more.

    What an address may store is not multiplied: it bounds what all strangers write to the disk, and
    suffices for 24,000 names at once. Nor are the rooms that it may open: none are opened here.
    """
    viewers = settings.viewers_per_address
    return replace(
        settings,
        viewers_per_address=PerAddress(viewers.per_minute * times, viewers.burst * times),
        active_per_address=settings.active_per_address * times,
        viewer_sockets_per_address=settings.viewer_sockets_per_address * times,
    )


def _free_port() -> int:
    with socket.create_server((LOOPBACK, 0)) as server:
        port: int = server.getsockname()[1]
        return port
