"""REDIS_URL in all its forms."""

import pytest

from shared.process.redis_url import Node, parse
from shared.redis_store.store import check

HERE = Node("10.0.0.1", 7000)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("cache:6379", "redis://cache:6379"),
        ("[::1]:6379", "redis://[::1]:6379"),
        ("redis://cache", "redis://cache"),
        ("redis://:p%40ss@cache:6379/2/", "redis://:p%40ss@cache:6379/2"),
        ("rediss://u:p@cache:6379/0?ssl_cert_reqs=none", None),
        ("unix:///run/valkey.sock?db=1", None),
    ],
)
def test_one_server_is_left_to_redis_py(text: str, kept: str | None) -> None:
    """Its URL is redis-py's; a bare address gets a scheme."""
    address = parse(text)
    assert (address.kind, address.nodes) == ("server", ())
    assert address.server(HERE) == (kept or text)


def test_sentinels_know_where_a_service_is() -> None:
    """User, password and database are for the servers; TLS and its options for both."""
    address = parse(
        "rediss+sentinel://u:p%40@s1:26380,s2,[::1]:26381/my%20rooms/3"
        "?ssl_cert_reqs=none&sentinel_username=w&sentinel_password=a%2Fb%40"
    )
    assert (address.kind, address.service) == ("sentinel", "my rooms")
    assert address.nodes == (Node("s1", 26380), Node("s2", 26379), Node("::1", 26381))
    assert address.server(HERE) == "rediss://u:p%40@10.0.0.1:7000/3?ssl_cert_reqs=none"
    assert address.sentinel(Node("::1", 1)) == "rediss://w:a%2Fb%40@[::1]:1?ssl_cert_reqs=none"


def test_sentinels_need_no_password_of_their_own() -> None:
    """The servers' password and database are not sent to them."""
    address = parse("redis+sentinel://:hush@s1/rooms?db=2&password=other")
    assert address.sentinel(Node("s1", 26379)) == "redis://s1:26379"


@pytest.mark.parametrize("path", ["", "/", "/0"])
def test_a_clusters_nodes_share_one_user(path: str) -> None:
    """Some of them are named; the others are found."""
    address = parse(f"redis+cluster://u:p@n1,n2:6380{path}?socket_keepalive=yes")
    assert (address.kind, address.nodes) == ("cluster", (Node("n1", 6379), Node("n2", 6380)))
    assert address.server(HERE) == "redis://u:p@10.0.0.1:7000?socket_keepalive=yes"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("cache", "not a URL such as"),
        ("redis://", "not a URL such as"),
        ("redis:///2", "not a URL such as"),
        ("unix://", "not a URL such as"),
        ("redis://hush-hush@one:1,two:2", "not a URL such as"),
        ("redis+sentinel://:hush-hush@s1:1", "no service name"),
        ("redis+sentinel://:hush-hush@/rooms", "not a URL such as"),
        ("redis+sentinel://:hush-hush@s1/rooms/two", "not a URL such as"),
        ("redis+sentinel://:hush/hush-hush@s1/rooms", "not a URL such as"),
        ("redis+cluster://:hush-hush@n1:70000", "after the password"),
        ("redis+cluster://hush-hush:x:y", "after the password"),
        ("redis+cluster://:hush-hush@n1,,n2", "after the password"),
        ("redis+cluster://:hush-hush@n1/1", "no numbered databases"),
        ("redis+cluster://:hush-hush@n1?ssl=hush-hush", "redis-py cannot read"),
        ("redis+sentinel://s1/rooms?retry=hush-hush#x", "not a URL such as"),
        ("redis://:hush-hush@cache:hush-hush", "redis-py cannot read"),
        ("redis://cache?db=hush-hush", "redis-py cannot read"),
        ("redis://cache?no_such_option=hush-hush", "redis-py cannot read"),
    ],
)
def test_what_is_wrong_is_told_without_a_word_of_it(text: str, problem: str) -> None:
    """It may contain passwords, even in the wrong place."""
    with pytest.raises(ValueError, match=problem) as refused:
        check(parse(text))
    assert "hush" not in str(refused.value)


def test_a_printed_address_shows_no_secret() -> None:
    """Wherever it is logged."""
    assert "hush" not in repr(parse("redis+sentinel://:hush@s1/rooms?sentinel_password=hush"))


def test_a_node_without_a_name_is_where_another_is() -> None:
    """A cluster's nodes name themselves, and nodes on the same host, in this way."""
    assert HERE.called("", 7001) == HERE.called("?", 7001) == Node("10.0.0.1", 7001)
    assert HERE.called("::1", 7001) == Node("::1", 7001)
