"""The table of tunnels: which is taken, its command, and which line of its output is the URL."""

from pathlib import Path

import pytest

from clients.terminal.terminal_io import CommandError
from deploy.tunnel.providers import PROVIDERS, Provider, provider_for

BY_NAME = {provider.name: provider for provider in PROVIDERS}
# What the programs print, from their documents, their source, and from what people have published.
PRINTED = {
    "cloudflared": (
        """
2026-01-01T00:00:00Z INF Thank you for trying Cloudflare Tunnel. (https://www.cloudflare.com/terms/)
2026-01-01T00:00:00Z INF Requesting new quick Tunnel on trycloudflare.com...
2026-01-01T00:00:00Z INF +---------------------------------------------------------------+
2026-01-01T00:00:00Z INF |  Your quick Tunnel has been created! Visit it at (it may take |
2026-01-01T00:00:00Z INF |  https://some-random-words.trycloudflare.com                  |
2026-01-01T00:00:00Z INF +---------------------------------------------------------------+
2026-01-01T00:00:00Z INF Settings: map[no-autoupdate:true url:http://127.0.0.1:1234]
""",
        ["https://some-random-words.trycloudflare.com"],
    ),
    "localhost.run": (
        """
Warning: Permanently added 'localhost.run' (RSA) to the list of known hosts.
Welcome to localhost.run!
To set up and manage custom domains go to https://admin.localhost.run/
** your connection id is 1-2, please mention it if you send me a message about an issue. **
authenticated as anonymous user
1234.lhr.life tunneled with tls termination, https://1234.lhr.life
see https://localhost.run/docs/forever-free/ for more information.
5678.lhr.life tunneled with tls termination, https://5678.lhr.life
""",
        ["https://1234.lhr.life", "https://5678.lhr.life"],
    ),
    "serveo": (
        """
\x1b[32mForwarding HTTP traffic from https://1234.serveousercontent.com\x1b[0m
See https://serveo.net/docs
""",
        ["https://1234.serveousercontent.com"],
    ),
    "pinggy": (
        """
Allocated port 8 for remote forward to 127.0.0.1:1234
You are not authenticated.
Your tunnel will expire in 60 minutes. Upgrade to Pinggy Pro: https://dashboard.pinggy.io
http://abcde-1-2-3-4.run.pinggy-free.link
https://abcde-1-2-3-4.run.pinggy-free.link
https://fghij-1-2-3-4.a.free.pinggy.link
""",
        ["https://abcde-1-2-3-4.run.pinggy-free.link", "https://fghij-1-2-3-4.a.free.pinggy.link"],
    ),
}


def urls(provider: Provider, printed: str) -> list[str]:
    return [url for line in printed.splitlines() if (url := provider.url_in(line))]


@pytest.mark.parametrize("name", BY_NAME)
def test_the_url_is_read_and_no_other_link(name: str) -> None:
    """Neither of the provider's documents, nor of its dashboard, nor the local one."""
    printed, expected = PRINTED[name]
    assert urls(BY_NAME[name], printed) == expected


def test_a_refusal_of_cloudflare_contains_no_url() -> None:
    refusal = 'failed to request quick Tunnel: Post "https://api.trycloudflare.com/tunnel": timeout'
    assert BY_NAME["cloudflared"].url_in(refusal) == ""


@pytest.mark.parametrize("name", BY_NAME)
def test_the_command_leads_to_the_port_without_asking(name: str, tmp_path: Path) -> None:
    """Host keys are in the data folder; a folder's name may contain what ssh expands."""
    folder = tmp_path / "50% of it"
    command = BY_NAME[name].command_for(1234, folder)
    assert any(part.endswith("127.0.0.1:1234") for part in command)
    if command[0] == "ssh":
        assert "BatchMode=yes" in command
        known = f"{tmp_path}/50%% of it/known_hosts"
        assert f'UserKnownHostsFile="{known}"' in command


def test_only_cloudflare_names_visitors() -> None:
    """The others add a header, but it is not known that they remove the visitor's own."""
    headers = {name: provider.client_header for name, provider in BY_NAME.items()}
    assert headers.pop("cloudflared") == "Cf-Connecting-Ip"
    assert set(headers.values()) == {None}


@pytest.mark.parametrize(
    ("installed", "name"),
    [(("cloudflared", "ssh"), "cloudflared"), (("ssh",), "localhost.run")],
)
def test_cloudflared_is_taken_where_it_is_installed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, installed: tuple[str, ...], name: str
) -> None:
    for program in installed:
        (tmp_path / program).touch(mode=0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert provider_for("").name == name


def test_a_machine_without_either_is_told_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(CommandError, match="neither cloudflared nor ssh is installed"):
        provider_for("")
    with pytest.raises(CommandError, match="ssh is not installed"):
        provider_for("pinggy")


@pytest.mark.parametrize(
    ("line", "url"),
    [
        ("Forwarding http://localhost:1234 -> https://1234.tunnel.example", "1234.tunnel.example"),
        ("your url is: https://1234.tunnel.example/.", "1234.tunnel.example"),
        ('{"url": "https://1234.tunnel.example"}', "1234.tunnel.example"),
        ("at http://127.0.0.1:1, http://[::1]:2, http://0.0.0.0:3, http://a.localhost:4", ""),
        ("no such port: https://tunnel.example:99999", ""),
        ("no host: https://", ""),
        ("its documents: https://tunnel.example/docs/, https://tunnel.example?a=1#b", ""),
        ("a placeholder: https://your..domain, https://" + "a" * 64 + ".example", ""),
        ("no text: https://a\x07b.example", ""),
    ],
)
def test_the_first_url_of_a_command_that_is_not_this_machines(line: str, url: str) -> None:
    own = provider_for("sh tunnel.sh {port}")
    assert own.url_in(line) == (f"https://{url}" if url else "")


def test_a_command_may_contain_quotation_marks(tmp_path: Path) -> None:
    own = provider_for("sh -c 'exec tunnel {port}'")
    assert own.command_for(1234, tmp_path) == ["sh", "-c", "exec tunnel 1234"]
