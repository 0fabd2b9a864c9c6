"""A library of functions, as a store gives it to servers and calls it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from shared.redis_store.redis_py import Command


class Library(NamedTuple):
    """Its name on the servers, and its source.

    Servers know its functions as `<name>_<function>`. Another source has another name: releases run
    side by side.
    """

    name: str
    source: str

    @property
    def find(self) -> Command:
        """Ask whether the server has it; empty where not."""
        return ("FUNCTION LIST", "LIBRARYNAME", self.name)

    @property
    def load(self) -> Command:
        """Give it to the server."""
        return ("FUNCTION LOAD", self.source)
