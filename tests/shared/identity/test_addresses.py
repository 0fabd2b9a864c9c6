"""The client address of a request."""

from ipaddress import ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.identity.addresses import UNIX_SOCKET, client_address

PROXIES = (ip_network("10.0.0.0/8"), ip_network("2001:db8:ffff::/48"))


def seen(peer: str | None, *forwarded_for: str) -> str:
    """The address that counts, with PROXIES trusted."""
    return client_address(peer, forwarded_for, PROXIES).text


def test_without_proxies_the_peer_is_the_client() -> None:
    """A header that anybody can send changes nothing."""
    assert client_address("203.0.113.5", ["198.51.100.1"], ()).text == "203.0.113.5"
    assert seen("203.0.113.5", "198.51.100.1") == "203.0.113.5"


def test_a_trusted_proxy_names_the_client() -> None:
    """The entry that our own proxy wrote counts."""
    assert seen("10.1.2.3", "198.51.100.1") == "198.51.100.1"
    assert seen("2001:db8:ffff::1", "198.51.100.1") == "198.51.100.1"


def test_the_walk_goes_from_the_right_and_ends_at_the_first_stranger() -> None:
    """Entries before it, which anyone can send, are ignored."""
    assert seen("10.0.0.1", "1.1.1.1, 203.0.113.5, 10.0.0.2") == "203.0.113.5"


def test_several_headers_are_one_list() -> None:
    """A header that is sent twice reads as one with both values."""
    assert seen("10.0.0.1", "1.1.1.1", "203.0.113.5, 10.0.0.2", "10.0.0.3") == "203.0.113.5"


def test_a_chain_of_proxies_alone_ends_at_its_first() -> None:
    """Where everybody is trusted, the leftmost entry is the client."""
    assert seen("10.0.0.1", "10.0.0.3, 10.0.0.2") == "10.0.0.3"


@pytest.mark.parametrize(
    "malformed", ["unknown", "_hidden", "1.2.3", "1.2.3.4.5", "[::1", "x" * 99]
)
def test_a_malformed_entry_ends_the_walk(malformed: str) -> None:
    """The last valid address is the client."""
    assert seen("10.0.0.1", f"203.0.113.5, {malformed}, 10.0.0.2") == "10.0.0.2"
    assert seen("10.0.0.1", malformed) == "10.0.0.1"


def test_empty_entries_are_no_entries() -> None:
    """As in every list header."""
    assert seen("10.0.0.1", "", " , 203.0.113.5 ,, ") == "203.0.113.5"


@pytest.mark.parametrize(
    ("entry", "address"),
    [
        ("203.0.113.5:8080", "203.0.113.5"),
        ("[2001:db8::1]:443", "2001:db8::1"),
        ("[2001:db8::1]", "2001:db8::1"),
        ("2001:DB8:0::1", "2001:db8::1"),
        ("::ffff:203.0.113.5", "203.0.113.5"),
        ("[::ffff:203.0.113.5]:80", "203.0.113.5"),
        ("fe80::1%eth0", "fe80::1"),
        ("[fe80::1%25eth0]:80", "fe80::1"),
    ],
)
def test_an_entry_is_read_without_port_brackets_and_scope(entry: str, address: str) -> None:
    """A client's address has one spelling; a mapped address becomes its IPv4 address."""
    assert seen("10.0.0.1", entry) == address


def test_a_mapped_peer_is_recognized_as_the_proxy_it_is() -> None:
    """A socket that listens on both families shows IPv4 peers as mapped addresses."""
    assert seen("::ffff:10.0.0.1", "203.0.113.5") == "203.0.113.5"


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.8.8.8", "10.200.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1",
        "169.254.1.1", "::1", "fc00::1", "fd12::1", "fe80::1", "::ffff:127.0.0.1",
    ],
)  # fmt: skip
def test_loopback_private_and_link_local_peers_are_never_limited(address: str) -> None:
    """Loopback and private networks are not limited."""
    assert not client_address(address, (), ()).limited


@pytest.mark.parametrize(
    "address",
    ["203.0.113.5", "8.8.8.8", "172.32.0.1", "100.64.0.1", "2001:db8::1", "2600::1", "fec0::1"],
)
def test_everybody_else_is_limited(address: str) -> None:
    """Public addresses are limited, and so are those that a provider shares among its customers."""
    assert client_address(address, (), ()).limited


@pytest.mark.parametrize("peer", [None, "", "/run/streamario.sock"])
def test_a_unix_socket_is_never_limited(peer: str | None) -> None:
    """Its peers are on this machine, and have no address by which a proxy could be trusted."""
    assert client_address(peer, ["203.0.113.5"], PROXIES) == UNIX_SOCKET
    assert not UNIX_SOCKET.limited


def test_an_ipv6_network_counts_as_one_client() -> None:
    """A household can change its address within a /64; each IPv4 address counts separately."""
    one = client_address("2001:db8:1:2::1", (), ())
    other = client_address("2001:db8:1:2:ffff::9", (), ())
    neighbour = client_address("2001:db8:1:3::1", (), ())
    assert one.key == other.key == "2001:db8:1:2::/64"
    assert one.text != other.text
    assert neighbour.key != one.key
    assert client_address("203.0.113.5", (), ()).key == "203.0.113.5"


@given(st.lists(st.text(max_size=20)), st.ip_addresses())
def test_no_header_can_make_a_stranger_somebody_else(header: list[str], peer: object) -> None:
    """A peer that is not trusted is always itself."""
    alone = client_address(str(peer), (), ())
    assert client_address(str(peer), header, (ip_network("192.0.2.7/32"),)) == alone


@given(st.lists(st.text() | st.ip_addresses().map(str)))
def test_any_header_gives_an_address(header: list[str]) -> None:
    """No value from a trusted proxy raises an error."""
    ip_address(client_address("10.0.0.1", header, PROXIES).text)
