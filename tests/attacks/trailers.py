"""Trailers, the fields behind a body in chunks (RFC 9112, section 7.1.2)."""


def chunked(target: str, *headers: str, body: bytes = b"") -> bytes:
    """Return a request up to its trailers, which an empty line ends."""
    head = (f"{target} HTTP/1.1", "Host: x", "Transfer-Encoding: chunked", *headers, "", "")
    chunk = b"%x\r\n%b\r\n" % (len(body), body) if body else b""
    return "\r\n".join(head).encode() + chunk + b"0\r\n"


def naming(address: str) -> bytes:
    """Return the trailers that name an address, and the message's end."""
    return f"X-Forwarded-For: {address}\r\n\r\n".encode()
