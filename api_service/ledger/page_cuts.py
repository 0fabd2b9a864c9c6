"""Things in portions, in their order."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

T = TypeVar("T")


def packed(things: Iterable[T], size_of: Callable[[T], int], limit: int) -> Iterator[list[T]]:
    """As many together as come to at most `limit`; one that is larger goes alone."""
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
