"""Makes self-signed certificates."""

import subprocess
from pathlib import Path

from tests.programs import program


def certificate(folder: Path) -> Path:
    """Create a folder with a self-signed certificate for localhost, and return it."""
    folder.mkdir()
    key, chain = folder / "localhost.pem.key", folder / "localhost.pem"
    subprocess.run(
        (
            *(program("openssl"), "req", "-x509", "-newkey", "ec"),
            *("-pkeyopt", "ec_paramgen_curve:P-256"),
            *("-nodes", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"),
            *("-keyout", str(key), "-out", str(chain)),
        ),
        check=True,
        capture_output=True,
    )
    return folder
