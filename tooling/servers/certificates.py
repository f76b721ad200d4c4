"""A certificate for a server on the loopback, good for a month, made by openssl and trusted by nobody else."""

from __future__ import annotations

import subprocess
from pathlib import Path

from tooling.servers.process import program
from tooling.steps import Trouble


def make(certificate: Path, key: Path) -> None:
    """Write both, readable by whatever account the server runs as. Raises Trouble."""
    words = [
        program("openssl", "openssl"), "req", "-x509", "-newkey", "ec", "-pkeyopt",
        "ec_paramgen_curve:prime256v1", "-nodes", "-days", "30", "-subj", "/CN=localhost",
        "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
        "-keyout", str(key), "-out", str(certificate),
    ]  # fmt: skip
    made = subprocess.run(words, capture_output=True, text=True, check=False)
    if made.returncode:
        raise Trouble(f"没有做成测试用的证书：{made.stderr.strip()[-300:]}")
    for file in (certificate, key):
        file.chmod(0o644)
