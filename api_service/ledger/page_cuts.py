"""Cuts a sequence into packs of a limited size."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

T = TypeVar("T")


def packed(things: Iterable[T], size_of: Callable[[T], int], limit: int) -> Iterator[list[T]]:
    """Pack things in their order, up to `limit` in size; a larger thing goes alone."""
    pack: list[T] = []
    size = 0
    for thing in things:
        if pack and size + size_of(thing) > limit:
            yield pack
            pack, size = [], 0
        pack.append(thing)
        size += size_of(thing)
    if pack:
        yield pack
