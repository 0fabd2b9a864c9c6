"""Response headers for browsers: who may cache, embed, read and run an answer."""

from base64 import b64encode
from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from typing import Final, NamedTuple
from urllib.parse import urlsplit

NOSNIFF: Final[Mapping[str, str]] = {"X-Content-Type-Options": "nosniff"}
# Pages of other sites may read JSON through CORS only, never load it as a script.
OF_JSON: Final[Mapping[str, str]] = {
    **NOSNIFF,
    "Cache-Control": "no-store",
    "Cross-Origin-Resource-Policy": "same-origin",
}
FOR_GOOD: Final = "public, max-age=31536000, immutable"
# Pages of other sites may use modules, styles and QR codes.
FOR_ANY_PAGE: Final[Mapping[str, str]] = {
    **NOSNIFF,
    "Cross-Origin-Resource-Policy": "cross-origin",
    # An SVG that is opened by itself is a document, which could run scripts.
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'self'",
}
# What streamers uploaded. Opened by itself, it may do nothing, whatever a browser takes it for.
OF_MEDIA: Final[Mapping[str, str]] = {
    **NOSNIFF,
    "Cache-Control": FOR_GOOD,
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Content-Security-Policy": "default-src 'none'; sandbox",
}
# Old names only: the browser inside OBS logs an error for each name that it does not know.
UNUSED: Final = "accelerometer camera display-capture geolocation gyroscope microphone midi usb"


def header_lines(headers: Iterable[tuple[bytes, bytes]]) -> bytes:
    """Header fields as HTTP/1.1 writes them (RFC 9112, section 5)."""
    return b"".join([b"%b: %b\r\n" % field for field in headers])


class Fields(NamedTuple):
    """Header fields, in ASGI's form and as lines of HTTP/1.1."""

    raw: Sequence[tuple[bytes, bytes]]
    lines: bytes


def fields_of(headers: Mapping[str, str]) -> Fields:
    """Header fields by name, in both forms."""
    raw = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    return Fields(raw, header_lines(raw))


def of_page(ws_url: str, *, own_style: bool = False, scripts: Iterable[str] = ()) -> dict[str, str]:
    """The headers of a page that calls its own service and the gateways at `ws_url`.

    `scripts` are the sources (`hash_source`) of the scripts that are written into the page.
    `own_style` also allows styles that are, as OBS does with "Custom CSS".
    """
    return {
        **NOSNIFF,
        "Content-Security-Policy": _policy(ws_url, own_style=own_style, scripts=scripts),
        "Referrer-Policy": "no-referrer",
        "X-Frame-Options": "SAMEORIGIN",  # for browsers without `frame-ancestors`
        # The console holds room tokens: a page that opens it gets no reference to its window.
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": ", ".join(f"{feature}=()" for feature in UNUSED.split()),
    }


def _policy(ws_url: str, *, own_style: bool, scripts: Iterable[str]) -> str:
    """What a page may load and call (CSP level 3): its own service and the gateways."""
    scheme, host = urlsplit(ws_url)[:2]
    # No source expression can name an IPv6 address.
    gateways = f"{scheme}:" if host.startswith("[") else f"{scheme}://{host}"
    return "; ".join(
        (
            "default-src 'none'",
            " ".join(["script-src 'self'", *scripts]),
            "style-src 'self' 'unsafe-inline'" if own_style else "style-src 'self'",
            "img-src 'self' data:",
            "font-src 'self'",
            f"connect-src 'self' {gateways}",
            "frame-src 'self'",  # the console shows the overlay
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'self'",
        )
    )


def hash_source(script: str) -> str:
    """What allows a page to run this script, which is written into it (CSP level 3)."""
    digest = b64encode(sha256(script.encode()).digest()).decode()
    return f"'sha256-{digest}'"
