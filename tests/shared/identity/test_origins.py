"""Whose page a request comes from."""

from dataclasses import replace

import pytest

from shared.identity.origins import (
    OwnPages,
    Sender,
    can_be_rebound,
    foreign_page,
    linked_host,
    origin_of,
    origins_of,
)

# `streamario up`: the API, and where its page in the network and through a tunnel is.
HOME = OwnPages(
    origins_of(
        (
            *("http://localhost:8888", "http://192.0.2.7:8888", "https://a-b-c.tunnel.example"),
            *("*", "https://admin.example"),
        )
    )
)
# Behind a proxy, which names the API otherwise.
PUBLIC = OwnPages(origins_of(("https://play.example", "https://game.example")), has_public_url=True)
# The gateway beside HOME's API.
GATEWAY = replace(HOME, ports=(8888,))


def told(own: OwnPages, origin: str, host: str, site: str = "") -> str:
    found = foreign_page(Sender(origin, site, host), own)
    return found[0] if found else ""


@pytest.mark.parametrize(
    ("origin", "host", "header"),
    [
        ("", "localhost:8888", ""),
        ("http://localhost:8888", "localhost:8888", ""),
        ("http://127.0.0.1:8888", "127.0.0.1:8888", ""),
        ("http://[::1]:8888", "[::1]:8888", ""),
        ("http://[fe80::1]:8888", "[FE80::1]:8888", ""),
        ("http://192.0.2.7:8888", "192.0.2.7:8888", ""),
        ("http://10.1.2.3:8888", "10.1.2.3:8888", ""),
        ("http://127.0.0.1", "127.0.0.1", ""),
        ("https://127.0.0.1", "127.0.0.1", ""),
        ("http://my-pc.local:8888", "my-pc.local:8888", ""),
        ("http://api:8888", "api:8888", ""),
        ("http://game.localhost:8888", "game.localhost:8888", ""),
        ("http://LocalHost:8888", "LOCALHOST:8888", ""),
        ("http://localhost:8888", "localhost.:8888", ""),
        ("https://a-b-c.tunnel.example", "a-b-c.tunnel.example", ""),
        ("https://a-b-c.tunnel.example", "127.0.0.1:8888", ""),
        ("https://admin.example", "localhost:8888", ""),
        ("https://admin.example:443", "localhost:8888", ""),
        ("HTTPS://Admin.Example", "localhost:8888", ""),
        # Another port, scheme, host; a page without an origin.
        ("http://localhost:3000", "localhost:8888", "Origin"),
        ("http://127.0.0.1:3000", "127.0.0.1:8888", "Origin"),
        ("http://127.0.0.1:8888", "192.0.2.1:8888", "Origin"),
        ("http://localhost", "localhost:8888", "Origin"),
        ("http://admin.example", "localhost:8888", "Origin"),
        ("https://admin.example:8443", "localhost:8888", "Origin"),
        ("https://evil.example", "localhost:8888", "Origin"),
        ("https://admin.example.evil.example", "localhost:8888", "Origin"),
        ("https://admin.example@evil.example", "localhost:8888", "Origin"),
        ("http://game.localhost:8888", "localhost:8888", "Origin"),
        ("capacitor://localhost", "localhost", "Origin"),
        # An origin that no list can contain: a page opened as a file, and what no browser sends.
        ("null", "localhost:8888", "null"),
        ("file://", "localhost:8888", "null"),
        ("*", "localhost:8888", "null"),
        ("http://localhost:8888, http://localhost:8888", "localhost:8888", "null"),
        ("http://localhost:99999", "localhost:8888", "null"),
        ("http://[::1", "localhost:8888", "null"),
        # A name that a stranger's DNS leads here.
        ("http://evil.example:8888", "evil.example:8888", "Host"),
        ("http://localhost:8888", "evil.example:8888", "Host"),
        ("", "evil.example:8888", "Host"),
        ("", "EVIL.example.:8888", "Host"),
        ("", "evil,x.example", "Host"),
        ("", "127.0.0.1.evil.example:8888", "Host"),
        ("", "localhost.evil.example", "Host"),
        # The server's own names, and what no browser sends.
        ("", "a-b-c.tunnel.example", ""),
        ("", "Admin.example", ""),
        ("", "192.0.2.99", ""),
        ("", "my-pc.lan", ""),
        ("", "api.streamario.svc:8888", ""),
        ("", "api.streamario.svc.cluster.local:8888", ""),
        ("", "", ""),
        ("", "a b", ""),
        ("http://localhost:8888", "", ""),
        ("http://localhost:3000", "", "Origin"),
    ],
)
def test_pages_of_the_server_and_of_the_list_are_not_foreign_and_all_others_are(
    origin: str, host: str, header: str
) -> None:
    assert told(HOME, origin, host) == header


@pytest.mark.parametrize(
    ("origin", "host", "header"),
    [
        ("https://play.example", "play.example", ""),
        ("https://play.example", "streamario.internal.example:8888", ""),
        ("https://game.example", "play.example", ""),
        ("http://10.0.0.5:8888", "10.0.0.5:8888", ""),
        ("", "streamario.run.example", ""),
        ("http://evil.example:8888", "evil.example:8888", "Origin"),
        ("https://evil.example", "play.example", "Origin"),
        ("https://www.play.example", "www.play.example", "Origin"),
    ],
)
def test_where_the_server_has_a_public_url_its_proxy_may_change_the_host(
    origin: str, host: str, header: str
) -> None:
    """A page that comes by a stranger's name has that name as its origin."""
    assert told(PUBLIC, origin, host) == header


@pytest.mark.parametrize(
    ("origin", "host", "header"),
    [
        ("http://10.1.2.3:8888", "10.1.2.3:8890", ""),
        ("http://[::1]:8888", "[::1]:8890", ""),
        ("http://10.1.2.3:8890", "10.1.2.3:8890", ""),
        ("http://10.1.2.3:3000", "10.1.2.3:8890", "Origin"),
        ("http://10.1.2.3", "10.1.2.3:8890", "Origin"),
        ("http://10.1.2.4:8888", "10.1.2.3:8890", "Origin"),
        ("http://evil.example:8888", "evil.example:8890", "Host"),
    ],
)
def test_at_the_gateway_the_page_has_the_port_of_the_api(
    origin: str, host: str, header: str
) -> None:
    assert told(GATEWAY, origin, host) == header


@pytest.mark.parametrize(
    ("site", "header"),
    [
        ("", ""),
        ("none", ""),
        ("same-origin", ""),
        ("same-site", "Sec-Fetch-Site"),
        ("cross-site", "Sec-Fetch-Site"),
        ("unheard-of", "Sec-Fetch-Site"),
    ],
)
def test_where_there_is_no_origin_the_browser_says_whose_page_it_is(site: str, header: str) -> None:
    """Another port of localhost is the same site."""
    assert told(HOME, "", "localhost:8888", site) == header
    assert told(HOME, "https://admin.example", "localhost:8888", site) == ""


def test_a_name_in_other_letters_is_that_which_browsers_send() -> None:
    """RFC 3492."""
    own = replace(PUBLIC, origins=origins_of(("https://例え.example",)))
    assert told(own, "https://xn--r8jz45g.example", "xn--r8jz45g.example") == ""


@pytest.mark.parametrize("url", ["", "*", "null", "https://", "https://x:port", "https://[::"])
def test_what_has_no_host_has_no_origin(url: str) -> None:
    assert origin_of(url) is None


@pytest.mark.parametrize("host", ["localhost", "api", "::1", "127.0.0.1", "a.home.arpa", "a.lan"])
def test_no_stranger_names_an_address_or_what_only_this_network_knows(host: str) -> None:
    assert not can_be_rebound(host)
    assert can_be_rebound(f"{host}.evil.example")


@pytest.mark.parametrize("host", ["[::1]", "LOCALHOST", "localhost.", "A.Local."])
def test_a_host_is_the_same_in_every_spelling(host: str) -> None:
    """As a URL or a `Host` may write it."""
    assert not can_be_rebound(host)


@pytest.mark.parametrize(
    ("header", "host"),
    [
        ("localhost:8888", "localhost"),
        ("192.0.2.7", "192.0.2.7"),
        ("[::1]:8888", "[::1]"),
        ("", ""),
        ("a;b:8888", ""),
        ("ルナ.example", ""),
    ],
)
def test_a_link_contains_the_host_without_its_port_unless_a_character_is_special(
    header: str, host: str
) -> None:
    assert linked_host(header) == host
