"""What the balancer keeps in memory, and what it compresses."""

import re
from http import HTTPStatus

import pytest

from tests.balancer.running import Balancer
from tests.waiting import until

CACHE = "<CACHE>"  # HAProxy's name, in its log, for the server that it did not need
NEWER, OLDER = "gzip, deflate, br, zstd", "gzip, deflate"  # browsers


async def servers_of(balancer: Balancer, path: str, times: int) -> list[str | int]:
    """Return what answered the requests for this path, once there are so many."""

    async def answered() -> bool:
        return len(_servers_of(balancer, path)) == times

    await until(answered)
    return _servers_of(balancer, path)


def _servers_of(balancer: Balancer, path: str) -> list[str | int]:
    return [line["server"] for line in balancer.requests() if line.get("path") == path]


async def script_of(balancer: Balancer, page: str) -> str:
    """Return the path of the page's script."""
    html = (await balancer.get(page)).text
    (path,) = re.findall(r'src="(/assets/[^"]+\.js)"', html)
    return str(path)


async def test_a_file_that_never_changes_reaches_an_api_process_once(balancer: Balancer) -> None:
    """Compressed, whatever else the browser accepts; with an id of each request."""
    path = await script_of(balancer, "/console")
    accepted = (NEWER, OLDER, NEWER)
    answers = [await balancer.get(path, **{"Accept-Encoding": each}) for each in accepted]
    first, *others = await servers_of(balancer, path, len(accepted))
    assert first != CACHE
    assert others == [CACHE, CACHE]
    assert len({answer.content for answer in answers}) == 1
    assert len({answer.headers["X-Request-Id"] for answer in answers}) == len(accepted)
    for answer in answers:
        assert answer.headers["Content-Encoding"] == "gzip"
        assert "immutable" in answer.headers["Cache-Control"]


async def test_who_accepts_no_compression_gets_the_file_plain(balancer: Balancer) -> None:
    path = await script_of(balancer, "/play/nobody")
    packed = await balancer.get(path, **{"Accept-Encoding": "gzip"})
    plain = await balancer.get(path, **{"Accept-Encoding": "identity"})
    assert "Content-Encoding" not in plain.headers
    assert plain.content == packed.content


async def test_nobody_decides_for_others_which_copy_they_get(balancer: Balancer) -> None:
    """Neither who comes first and accepts no compression, nor pages of other origins."""
    path = await script_of(balancer, "/j")
    await balancer.get(path, **{"Accept-Encoding": "identity"})
    for n in range(12):
        origin = f"https://pages{n}.example"
        await balancer.get(path, **{"Accept-Encoding": NEWER, "Origin": origin})
    for _ in range(2):
        answer = await balancer.get(path, **{"Accept-Encoding": NEWER})
        assert answer.headers["Content-Encoding"] == "gzip"
    assert (await servers_of(balancer, path, 15))[-1] == CACHE


async def test_a_browser_that_has_the_file_gets_it_from_neither(balancer: Balancer) -> None:
    path = await script_of(balancer, "/overlay/nobody")
    etag = (await balancer.get(path)).headers["ETag"]
    again = await balancer.get(path, **{"If-None-Match": etag})
    assert again.status_code == HTTPStatus.NOT_MODIFIED
    assert (await servers_of(balancer, path, 2))[1] == CACHE


@pytest.mark.parametrize("path", ["/", "/assets/common/icon.svg"])
async def test_what_may_change_is_asked_for_again_with_its_etag(
    balancer: Balancer, path: str
) -> None:
    first = await balancer.get(path)
    again = await balancer.get(path, **{"If-None-Match": first.headers["ETag"]})
    assert first.headers["Cache-Control"] == "no-cache"
    assert (first.status_code, again.status_code) == (HTTPStatus.OK, HTTPStatus.NOT_MODIFIED)
    assert CACHE not in await servers_of(balancer, path, 2)


async def test_copies_under_invented_queries_are_not_kept(balancer: Balancer) -> None:
    path = await script_of(balancer, "/moderate/nobody")
    for _ in range(2):
        assert (await balancer.get(f"{path}?copy")).status_code == HTTPStatus.OK
    assert CACHE not in await servers_of(balancer, path, 2)
