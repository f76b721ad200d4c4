"""Sends a file to a running server over tus 1.0, as a browser would, and can be cut in the middle.

A minimal client on purpose: it exists so that demo and tests travel the same road as a person.
"""

from __future__ import annotations

import base64
from collections.abc import Callable
from pathlib import Path

import httpx

CHUNK = 4 * 1024 * 1024
TUS = {"Tus-Resumable": "1.0.0"}


class SendingFailed(Exception):
    """The server did not take the file; the text is the server's own."""


def send_file(
    client: httpx.Client,
    path: Path,
    *,
    grant: str,
    filename: str,
    cut: Callable[[int, int], bool] = lambda offset, size: False,
    chunk: int = CHUNK,
) -> str:
    """Send `path` and return the upload's address. `cut(offset, size)` true makes this attempt
    stop there: the address is returned and `resume_file` goes on later. Raises `SendingFailed`.
    """
    size = path.stat().st_size
    metadata = ",".join(
        f"{key} {base64.b64encode(value.encode()).decode()}"
        for key, value in {"filename": filename, "grant": grant}.items()
    )
    created = client.post(
        "/uploads/", headers={**TUS, "Upload-Length": str(size), "Upload-Metadata": metadata}
    )
    if created.status_code != 201:
        raise SendingFailed(created.text)
    address = created.headers["Location"]
    _patch(client, address, path, 0, cut, chunk)
    return address


def resume_file(client: httpx.Client, path: Path, address: str | httpx.URL) -> int:
    """Ask how much has arrived and send the rest. Returns the offset it went on from."""
    state = client.head(address, headers=TUS)
    if state.status_code not in (200, 204):
        raise SendingFailed(state.text)
    offset = int(state.headers["Upload-Offset"])
    _patch(client, address, path, offset, lambda offset, size: False, CHUNK)
    return offset


def _patch(
    client: httpx.Client,
    address: str | httpx.URL,
    path: Path,
    offset: int,
    cut: Callable[[int, int], bool],
    chunk: int,
) -> None:
    size = path.stat().st_size
    with path.open("rb") as file:
        file.seek(offset)
        while offset < size and not cut(offset, size):
            piece = file.read(chunk)
            answer = client.patch(
                address,
                content=piece,
                headers={
                    **TUS,
                    "Upload-Offset": str(offset),
                    "Content-Type": "application/offset+octet-stream",
                },
            )
            if answer.status_code != 204:
                raise SendingFailed(answer.text)
            offset = int(answer.headers["Upload-Offset"])
