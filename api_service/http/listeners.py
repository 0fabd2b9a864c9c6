"""The sockets on which an HTTP server listens."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Final

BACKLOG: Final = 2048


@contextmanager
def listening(host: str, port: int, *, reuse_port: bool = False) -> Iterator[list[socket.socket]]:
    """Sockets that listen on every address of the host. Raises OSError if one cannot.

    With `reuse_port` (`SO_REUSEPORT`), others of the same user may listen on the port as well, with
    the same option: the kernel distributes new connections among them.
    """
    found = socket.getaddrinfo(host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    with ExitStack() as stack:
        yield [
            stack.enter_context(
                socket.create_server(
                    (str(address[0]), port), family=family, backlog=BACKLOG, reuse_port=reuse_port
                )
            )
            for family, _, _, _, address in found
        ]
