"""The package's QR codes, compared with those of segno."""

import subprocess
from pathlib import Path

import pytest
import segno
import segno.encoder

from tests.clients.unity.compiling import PARTS, compiled, run_command

PRINTER = """
using System;
using Streamario;

static class Printer
{
    static void Main()
    {
        Console.InputEncoding = System.Text.Encoding.UTF8;
        for (string text; (text = Console.ReadLine()) != null;)
        {
            var code = QrCode.Of(text);
            for (var y = 0; y < code.Size; y++)
            {
                for (var x = 0; x < code.Size; x++) Console.Write(code.IsDark(x, y) ? 1 : 0);
                Console.Write(y + 1 < code.Size ? " " : Environment.NewLine);
            }
        }
    }
}
"""
# The most bytes of each version, and one more; 213 is the most of version 10.
CAPACITIES = (14, 26, 42, 62, 84, 106, 122, 152, 180, 213)
LENGTHS = sorted({1, *CAPACITIES, *(most + 1 for most in CAPACITIES[:-1])})
PAGE = "http://192.168.1.20:8888/play/01M8794NTDMW2CYNKWGZQ98B2S"


@pytest.fixture(scope="module")
def printer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Reads texts, and prints the modules of their codes, row by row."""
    folder = tmp_path_factory.mktemp("qr")
    (folder / "Printer.cs").write_text(PRINTER)
    return compiled(folder / "printer.exe", [folder / "Printer.cs", *PARTS.glob("Qr*.cs")])


def printed(printer: Path, texts: list[str]) -> subprocess.CompletedProcess[str]:
    given = "\n".join(texts) + "\n"
    return subprocess.run(
        run_command(printer), check=False, input=given, capture_output=True, text=True
    )


def by_segno(text: str, mask: int) -> list[str]:
    code = segno.make_qr(
        text, error="m", mode="byte", mask=mask, encoding="utf-8", boost_error=False
    )
    return ["".join(map(str, row)) for row in code.matrix]


def test_codes_are_as_another_encoder_makes_them(
    printer: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In every version, full and not: under one of the eight masks, all of which may be read."""

    def pad(bits: bytearray, _: int, length: int) -> None:
        # segno writes eight zeros more where the bits end at a codeword (ISO/IEC 18004, 7.4.10).
        bits.extend([0] * (-length % 8))

    monkeypatch.setattr(segno.encoder, "write_padding_bits", pad)
    texts = [PAGE, "視聴者", *((PAGE * 4)[:length] for length in LENGTHS)]
    codes = printed(printer, texts).stdout.splitlines()
    assert len(codes) == len(texts)
    for text, code in zip(texts, codes, strict=True):
        assert any(code.split() == by_segno(text, mask) for mask in range(8)), text


def test_a_text_that_is_too_long_is_refused(printer: Path) -> None:
    refused = printed(printer, ["x" * 214])
    assert refused.returncode != 0
    assert "holds 213 bytes, not 214" in refused.stderr
