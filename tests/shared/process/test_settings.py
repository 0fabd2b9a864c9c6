"""The environment becomes one frozen object, or a one-line error."""

from dataclasses import FrozenInstanceError, fields, replace
from ipaddress import ip_network
from pathlib import Path

import pytest

from shared.process.settings import VARIABLES, PerAddress, Settings, SettingsError, Tunnel, load

PUBLIC_NAME = "games.example"


def test_an_empty_environment_gives_the_defaults() -> None:
    """Nothing has to be set."""
    assert load({}) == Settings()


def test_every_field_has_a_variable() -> None:
    """Only the host that `streamario up` finds has none."""
    assert {field.name for field in fields(Settings)} == {*VARIABLES, "network_host", "tunnel"}


def test_an_empty_value_counts_as_unset() -> None:
    """`PORT=` in a file of variables changes nothing."""
    assert load({"PORT": "", "MODE": "  "}) == Settings()


def test_settings_are_frozen() -> None:
    """They cannot be changed later."""
    with pytest.raises(FrozenInstanceError):
        Settings().port = 1  # type: ignore[misc]


def test_a_good_value_is_understood() -> None:
    """Each variable is read in the form that its users write."""
    understood = [
        ("MODE", "WS", "ws"),
        ("PORT", "80", 80),
        ("REDIS_URL", "cache:6379", "redis://cache:6379"),
        ("REDIS_URL", "[::1]:6379", "redis://[::1]:6379"),
        ("REDIS_URL", "rediss://u:p@cache:6379/0", "rediss://u:p@cache:6379/0"),
        ("REDIS_URL", "unix:///run/valkey.sock", "unix:///run/valkey.sock"),
        ("REDIS_URL", "redis+sentinel://s1,s2/rooms", "redis+sentinel://s1,s2/rooms"),
        ("REDIS_URL", "rediss+cluster://u:p@n1,n2:1", "rediss+cluster://u:p@n1,n2:1"),
        ("DATABASE_URL", "postgres://db/streamario", "postgres://db/streamario"),
        ("DATABASE_URL", "postgresql:///s?host=%2Frun", "postgresql:///s?host=%2Frun"),
        ("PUBLIC_API_URL", "https://api.example.com/", "https://api.example.com"),
        ("PUBLIC_WS_URL", "wss://ws.example.com", "wss://ws.example.com"),
        ("WEB_URL", "https://example.com/p/{room_id}", "https://example.com/p/{room_id}"),
        ("DATA_DIR", "/var/lib/streamario", Path("/var/lib/streamario")),
        ("FRONTEND_URL", "https://A.example/, http://b:3", ("https://a.example", "http://b:3")),
        ("GAME_ORIGINS", "https://itch.example", ("https://itch.example",)),
        ("GAME_KEYS", f"{'a' * 16}, key of {'b' * 16},", ("a" * 16, f"key of {'b' * 16}")),
        ("GAME_STARTS", "game", "game"),
        ("SECRET_KEYS", "0123456789abcdef", ("0123456789abcdef",)),
        ("TRUSTED_PROXIES", "10.0.0.1/8,::1", (ip_network("10.0.0.0/8"), ip_network("::1/128"))),
        ("VIEWERS_PER_ADDRESS", "6/30", PerAddress(per_minute=6, burst=30)),
        ("RECONNECT_GRACE", "2.5", 2.5),
        ("SOCKET_MAX_AGE", "3300", 3300.0),
        ("LEDGER", "off", False),
        ("GAME_EVENTS_TAP", "True", True),
        ("LOG_LEVEL", "debug", "DEBUG"),
        ("LOG_FORMAT", "json", "json"),
    ]
    for variable, text, value in understood:
        assert (text, getattr(load({variable: text}), variable.lower())) == (text, value)


def test_a_bad_value_is_one_line_that_names_its_variable() -> None:
    """The message begins with the variable."""
    for variable, texts in {
        "MODE": ("all",),
        "PORT": ("0", "65536", "http", "²"),
        "UNITY_WS_PORT": ("-1",),
        "PUBLIC_API_URL": ("example.com",),
        "PUBLIC_WS_URL": ("https://example.com",),
        "WEB_URL": ("https://example.com/play",),
        "REDIS_URL": ("cache", "http://cache", "redis+sentinel://s1:26379"),
        "DATABASE_URL": ("mysql://db",),
        "FRONTEND_URL": ("example.com", "https://example.com/page"),
        "SECRET_KEYS": ("0123456789abcdef,short", ","),
        "GAME_KEYS": ("a", "0123456789abcdef,short", ","),
        "TRUSTED_PROXIES": ("10.0.0.0/33",),
        "ROOMS_PER_ADDRESS": ("10", "0/20"),
        "ACTIVE_PER_ADDRESS": ("0",),
        "MAX_SOCKETS": ("many",),
        "RECONNECT_GRACE": ("86400",),
        "DRAIN_DELAY": ("-1", "nan", "inf"),
        "LEDGER": ("maybe",),
        "LOG_LEVEL": ("LOUD",),
        "LOG_FORMAT": ("xml",),
    }.items():
        for text in texts:
            message = refusal(variable, text)
            assert message.startswith(f"{variable}: "), text
            assert "\n" not in message, text


def refusal(variable: str, text: str) -> str:
    try:
        load({variable: text})
    except SettingsError as refused:
        return str(refused)
    return f"{variable} may be {text!r}"


def test_a_refusal_repeats_no_secret() -> None:
    """Because terminals and logs keep messages."""
    for variable, text in (
        ("SECRET_KEYS", "hush-hush"),
        ("GAME_KEYS", "hush-hush"),
        ("REDIS_URL", "http://:hush-hush@cache"),
        ("REDIS_URL", "redis+cluster://:hush-hush@n1:hush-hush"),
        ("DATABASE_URL", "mysql://hush-hush@db"),
        ("PUBLIC_API_URL", "ftp://hush-hush@host"),
    ):
        assert "hush-hush" not in refusal(variable, text)


def test_printed_settings_show_no_secret() -> None:
    """Neither keys nor the passwords in URLs."""
    secret = "hush-hush-hush-hush"
    variables = dict.fromkeys(("SECRET_KEYS", "GAME_KEYS", "ADMIN_TOKEN"), secret)
    urls = {"REDIS_URL": f"redis://:{secret}@h", "DATABASE_URL": f"postgres://u:{secret}@h"}
    assert secret not in repr(load(variables | urls))


def test_a_gateway_alone_falls_back_to_port() -> None:
    """Platforms say PORT; beside an API service UNITY_WS_PORT keeps its default."""
    assert load({"MODE": "ws", "PORT": "80"}).unity_ws_port == 80
    assert load({"MODE": "ws", "PORT": "80", "UNITY_WS_PORT": "81"}).unity_ws_port == 81
    assert load({"MODE": "ws"}).unity_ws_port == 8890
    assert load({"MODE": "both", "PORT": "80"}).unity_ws_port == 8890


def test_both_services_on_one_port_are_refused() -> None:
    """They could not both listen."""
    with pytest.raises(SettingsError, match="UNITY_WS_PORT: 8890 is also PORT"):
        load({"PORT": "8890"})


def test_public_addresses_default_to_this_machine() -> None:
    """Built from HOST and the ports if no URL is set."""
    for host, name in (("0.0.0.0", "localhost"), ("10.1.1.1", "10.1.1.1"), ("::1", "[::1]")):
        settings = load({"HOST": host})
        assert settings.api_url == f"http://{name}:8888"
        assert settings.ws_url == f"ws://{name}:8890"
        assert settings.viewer_page("01HX") == f"http://{name}:8888/play/01HX"


def test_other_machines_reach_this_one_by_its_name_in_their_network() -> None:
    """Also where viewers have a page elsewhere; the console may play from both names."""
    page = {"WEB_URL": "https://example.com/?room={room_id}"}
    here = replace(load({}), network_host="192.0.2.2")
    assert here.api_url == "http://localhost:8888"
    assert here.home_url == "http://192.0.2.2:8888"
    assert here.viewer_page("01HX") == "http://192.0.2.2:8888/play/01HX"
    consoles = ("http://localhost:8888", "http://192.0.2.2:8888")
    assert here.console_urls == consoles
    elsewhere = replace(load(page), network_host="192.0.2.2")
    assert elsewhere.home_url == "http://192.0.2.2:8888"
    assert elsewhere.viewer_page("01HX") == "https://example.com/?room=01HX"


@pytest.mark.parametrize(
    ("variables", "host", "url"),
    [
        ({}, "192.0.2.7", "http://192.0.2.7:8888"),
        ({}, "[::1]", "http://[::1]:8888"),
        ({}, "", "http://localhost:8888"),
        ({"HOST": "10.1.1.1"}, "localhost", "http://10.1.1.1:8888"),
        ({"MODE": "ws"}, "192.0.2.7", "http://192.0.2.7:8888"),
        ({"PUBLIC_API_URL": "https://a.example"}, "192.0.2.7", "https://a.example"),
        # On a hosting platform, PORT is the gateway's own.
        ({"MODE": "ws", "PORT": "8080"}, "ws.example", ""),
        (
            {"MODE": "ws", "PORT": "80", "PUBLIC_API_URL": "https://a.example"},
            "",
            "https://a.example",
        ),
        # A proxy may end TLS in front of a public name.
        ({}, PUBLIC_NAME, ""),
        ({"HOST": "127.0.0.1"}, PUBLIC_NAME, ""),
        ({"PUBLIC_WS_URL": "wss://games.example"}, PUBLIC_NAME, ""),
        ({"PUBLIC_API_URL": "https://a.example"}, PUBLIC_NAME, "https://a.example"),
    ],
)
def test_a_game_finds_the_api_at_the_host_by_which_it_reached_the_gateway(
    variables: dict[str, str], host: str, url: str
) -> None:
    assert load(variables).api_url_from(host, is_public=host == PUBLIC_NAME) == url


def test_the_consoles_of_other_machines_do_not_come_through_a_tunnel() -> None:
    """It opens no studios, and no game sockets."""
    tunnel = Tunnel("https://tunnel.example")
    local = replace(load({}), network_host="192.0.2.2")
    public = replace(local, tunnel=tunnel)
    assert public.home_url == tunnel.url
    assert public.network_url == local.network_url == "http://192.0.2.2:8888"
    assert public.console_urls == local.console_urls


def test_public_addresses_are_used_where_they_are_given() -> None:
    """The viewer page follows the API's address unless it has one of its own."""
    api = {"PUBLIC_API_URL": "https://api.example.com"}
    assert load(api).viewer_page("01HX") == "https://api.example.com/play/01HX"
    assert replace(load(api), network_host="192.0.2.2").home_url == api["PUBLIC_API_URL"]
    page = {"WEB_URL": "https://example.com/?room={room_id}"}
    assert load(api | page).viewer_page("01HX") == "https://example.com/?room=01HX"
