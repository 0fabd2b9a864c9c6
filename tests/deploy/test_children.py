"""Services in processes of their own: what is left when such a process cannot be created."""

import socket
import sys

import pytest

from deploy import texts
from deploy.children import started
from deploy.services import ListeningService
from tests.waiting import until


async def test_both_ends_of_the_socket_are_closed_if_the_process_cannot_be_created(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """At once, not when the garbage collector finds them."""
    ends = socket.socketpair()
    monkeypatch.setattr(socket, "socketpair", lambda: ends)
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    with pytest.raises(FileNotFoundError):
        async with started([ListeningService(texts.GATEWAY, "PORT", 1, "builtins:str")]):
            pass

    async def are_closed() -> bool:
        return [end.fileno() for end in ends] == [-1, -1]

    await until(are_closed)
