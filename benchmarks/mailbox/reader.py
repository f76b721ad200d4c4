"""One reader in a process of its own: every mail of the folder fetched, parsed, its attachment in a file.

`ours` is the engine. `peer` is what a short script does with the standard library: `imaplib` fetches each
mail whole, `email` parses it, the attachment is decoded and written. Both leave one attachment a mail and
delete it; ours hashes mail and attachment (SHA-256) besides. Prints one JSON line.
"""

from __future__ import annotations

import argparse
import email
import email.policy
import imaplib
import json
import re
import ssl
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

EARLY = 10  # mails, after which memory should not grow


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("reader", choices=["ours", "peer"])
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--user", required=True)
    parser.add_argument("--password", required=True)
    parser.add_argument("--certificate", required=True)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-mailbox-") as folder:
        reader = ours if options.reader == "ours" else peer
        mails = size = early = 0
        began, cpu = time.monotonic(), time.process_time()
        for attachment in reader(options, Path(folder)):
            mails, size = mails + 1, size + attachment
            if mails == EARLY:
                early = peak()
        told = {
            "mails": mails,
            "bytes": size,
            "seconds": time.monotonic() - began,
            "cpu": time.process_time() - cpu,
            "early": early or peak(),
            "peak": peak(),
        }
    print(json.dumps(told))


def ours(options: argparse.Namespace, folder: Path) -> Iterator[int]:
    """Bytes of each attachment, by the engine."""
    from fengcai.engines.mailbox import Account, Mailbox, read

    account = Account(
        "localhost", options.user, options.password, port=options.port, ca_file=options.certificate
    )
    spool = folder / "spool"
    spool.mkdir()
    with Mailbox(account) as mailbox:
        for fetched in mailbox.messages(None, into=folder):
            (attachment,) = read(fetched.path, spool=spool).attachments
            yield attachment.size
            attachment.path.unlink()


def peer(options: argparse.Namespace, folder: Path) -> Iterator[int]:
    """The same by imaplib and email."""
    context = ssl.create_default_context(cafile=options.certificate)
    with imaplib.IMAP4_SSL("localhost", options.port, ssl_context=context) as line:
        line.login(options.user, options.password)
        line.select("INBOX", readonly=True)
        _, found = line.uid("SEARCH", "ALL")
        for number in found[0].split():
            _, answer = line.uid("FETCH", number.decode(), "(BODY.PEEK[])")
            raw = next(part[1] for part in answer if isinstance(part, tuple))
            letter = email.message_from_bytes(raw, policy=email.policy.default)
            (attachment,) = letter.iter_attachments()
            data = attachment.get_payload(decode=True)
            path = folder / "attachment"
            path.write_bytes(data)
            yield len(data)
            path.unlink()


def peak() -> float:
    """The most memory this process has had at once, in MB."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    assert found is not None
    return round(int(found[1]) / 1024, 1)


if __name__ == "__main__":
    main()
