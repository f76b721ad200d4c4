"""Mails a second and MB/s out of Debian's Dovecot over TLS, and the peak memory of the reader, against the
standard library's `imaplib` and `email` reading whole messages.

A thousand mails of 3 MB (an attachment of 3 MB, so 4 MB on the line) lie in a Maildir; a few are real files,
the others hard links to them. Ours and the peer read the folder in turns, each in a process of its own. A last
folder has one mail of 48 MB: memory is to stay where it was. Dovecot works on the same machine, and takes a
part of its processors from both alike.
"""

from __future__ import annotations

import argparse
import base64
import json
import random
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from tooling.servers import dovecot

MB = 1000 * 1000
MEMORY_LIMIT = 64.0
"""MB of the whole process, the interpreter and its modules included, whatever the size and number of mails."""
GROWTH_LIMIT = 4.0
"""MB between the tenth mail and the last."""
PASSWORD = "bench"
FILES = 8
HEAD = """\
From: =?gb2312?B?1cXI/Q==?= <zhang@example.cn>\r
To: intake@example.cn\r
Subject: =?gb2312?B?0MTE2r/GzbY=?=\r
 =?gb2312?B?uOU=?=\r
Date: Mon, 23 Nov 2026 09:30:00 +0800\r
Message-ID: <{number}@example.cn>\r
MIME-Version: 1.0\r
Content-Type: multipart/mixed; boundary="=_bench"\r
\r
--=_bench\r
Content-Type: text/plain; charset=gb2312\r
Content-Transfer-Encoding: base64\r
\r
x+uy6cram6M=\r
--=_bench\r
Content-Type: video/mp4; name="=?gb2312?B?0MTE2r/GLm1wNA==?="\r
Content-Transfer-Encoding: base64\r
Content-Disposition: attachment; filename="=?gb2312?B?0MTE2r/GLm1wNA==?="\r
\r
"""


def main() -> None:
    """Print one JSON line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mails", type=int, default=1_000)
    parser.add_argument("--megabytes", type=int, default=3)
    parser.add_argument("--large", type=int, default=48, help="megabytes of the one large mail")
    parser.add_argument("--rounds", type=int, default=1)
    options = parser.parse_args()
    with (
        tempfile.TemporaryDirectory(prefix="bench-dovecot-") as folder,
        dovecot.running(Path(folder)) as server,
    ):
        for user, mails, megabytes in (
            ("many", options.mails, options.megabytes),
            ("large", 1, options.large),
            ("warm", 2, options.megabytes),
        ):
            fill(server, user, mails, megabytes)
        for reader in ("ours", "peer"):
            measured(server, reader, "warm")
        rounds = [
            {reader: measured(server, reader, "many") for reader in ("ours", "peer")}
            for _ in range(options.rounds)
        ]
        large = {reader: measured(server, reader, "large") for reader in ("ours", "peer")}
    print(json.dumps(told(options, rounds, large), ensure_ascii=False), flush=True)


def told(
    options: argparse.Namespace, rounds: list[dict[str, Any]], large: dict[str, Any]
) -> dict[str, Any]:
    """The line: ours, the peer's, and whether memory stayed within its limits."""

    def rate(reader: str) -> float:
        return statistics.median(each[reader]["mails"] / each[reader]["seconds"] for each in rounds)

    def most(reader: str, what: str) -> float:
        return max(each[reader][what] for each in rounds)

    growth = max(each["ours"]["peak"] - each["ours"]["early"] for each in rounds)
    peak = max(most("ours", "peak"), large["ours"]["peak"])
    return {
        "name": "mailbox.fetch",
        "figure": round(rate("ours"), 1),
        "unit": "mails/s",
        "ratio": round(rate("ours") / rate("peer"), 2),
        "peer": "imaplib and email, whole messages",
        "peer_figure": round(rate("peer"), 1),
        "mails": options.mails,
        "megabytes_each": options.megabytes,
        "mb_per_s": round(rate("ours") * options.megabytes, 1),
        "peer_mb_per_s": round(rate("peer") * options.megabytes, 1),
        "cpu_ms_per_mail": round(most("ours", "cpu") / options.mails * 1000, 1),
        "peer_cpu_ms_per_mail": round(most("peer", "cpu") / options.mails * 1000, 1),
        "peak_mb": peak,
        "memory_limit_mb": MEMORY_LIMIT,
        "growth_mb": round(growth, 1),
        "growth_limit_mb": GROWTH_LIMIT,
        "memory_flat": peak <= MEMORY_LIMIT and growth <= GROWTH_LIMIT,
        "peer_peak_mb": most("peer", "peak"),
        f"peak_mb_at_{options.large}_mb": large["ours"]["peak"],
        f"peer_peak_mb_at_{options.large}_mb": large["peer"]["peak"],
    }


def fill(server: dovecot.Dovecot, user: str, mails: int, megabytes: int) -> None:
    """An account with so many mails, of which a few are files of their own."""
    server.add(user, PASSWORD)
    noise = random.Random(6)
    originals = []
    for number in range(mails):
        if number < FILES:
            head = HEAD.format(number=f"{user}{number}").encode()
            encoded = base64.encodebytes(noise.randbytes(megabytes * MB)).replace(b"\n", b"\r\n")
            originals.append(server.deliver(user, head + encoded + b"--=_bench--\r\n"))
        else:
            server.deliver(user, originals[number % FILES])


def measured(server: dovecot.Dovecot, reader: str, user: str) -> dict[str, Any]:
    """What one reader says of one folder."""
    words = [
        sys.executable, "-m", "benchmarks.mailbox.reader", reader, "--port", str(server.tls_port),
        "--user", user, "--password", PASSWORD, "--certificate", str(server.certificate),
    ]  # fmt: skip
    said = subprocess.run(words, capture_output=True, text=True, check=True)
    return json.loads(said.stdout.splitlines()[-1])


if __name__ == "__main__":
    main()
