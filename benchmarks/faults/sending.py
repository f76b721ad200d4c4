"""The stream of uploads: people whose browser obeys tus 1.0, and goes on after every interruption."""

from __future__ import annotations

import base64
import hashlib
import http.client
import random
import threading
import time
from collections.abc import Callable, Sequence
from urllib.parse import urlsplit

from benchmarks.faults.acknowledged import Acknowledged

TUS = {"Tus-Resumable": "1.0.0"}
CHUNK = 64 * 1024
SMALLEST, LARGEST = 500, 400_000
PAUSE = 0.3
GIVE_UP = 180.0


class Sender:
    """Sends files over any of the web ports; `given_up` holds those that never came through."""

    def __init__(self, ports: Sequence[int], done: Acknowledged) -> None:
        self.ports, self.done = ports, done
        self.given_up: list[str] = []
        self.interruptions = 0
        self.lock = threading.Lock()

    def send(self, number: int, place: dict[str, str], *, seed: int) -> None:
        """One file from creation to the answer to its last byte, whatever happens between."""
        chance = random.Random(f"{seed}-{number}")
        body = chance.randbytes(chance.randint(SMALLEST, LARGEST))
        name = f"演练{number}.mp4"
        until = time.monotonic() + GIVE_UP
        last = ""
        while time.monotonic() < until:
            try:
                address = self._create(chance, place["grant"], name, len(body))
                if address and self._fill(chance, address, body, until):
                    sha256 = hashlib.sha256(body).hexdigest()
                    self.done.note(
                        "upload", number=number, entry=place["entry"], sha256=sha256,
                        size=len(body),
                    )  # fmt: skip
                    return
                last = "the upload was gone"
            except (OSError, http.client.HTTPException, Unready) as trouble:
                last = f"{type(trouble).__name__}: {trouble}"
                self._wait()
            except Refused as refusal:
                last = f"refused: {refusal}"
                break
        with self.lock:
            self.given_up.append(f"upload {number}: {last}")

    def _create(self, chance: random.Random, grant: str, name: str, size: int) -> str:
        words = {"filename": name, "grant": grant}
        told = ",".join(f"{k} {base64.b64encode(v.encode()).decode()}" for k, v in words.items())
        status, headers, _ = self._ask(
            chance, "POST", "/uploads/", {"Upload-Length": str(size), "Upload-Metadata": told}
        )
        if status != 201:
            raise Unready(f"creation answered {status}")
        return urlsplit(headers["location"]).path

    def _fill(self, chance: random.Random, address: str, body: bytes, until: float) -> bool:
        """Send all bytes. False when the server no longer knows the upload: begin again."""
        offset: int | None = 0
        while time.monotonic() < until:
            try:
                if offset is None:
                    status, headers, _ = self._ask(chance, "HEAD", address, {})
                    if status in (404, 410):
                        return False
                    if status not in (200, 204):
                        raise Unready(f"HEAD answered {status}")
                    offset = int(headers["upload-offset"])
                if offset == len(body):  # the answer to the last byte was lost; this one counts
                    return True
                piece = body[offset : offset + CHUNK]
                more = {
                    "Upload-Offset": str(offset),
                    "Content-Type": "application/offset+octet-stream",
                }
                status, headers, said = self._ask(chance, "PATCH", address, more, piece)
                if status == 422:
                    raise Refused(said.decode(errors="replace"))
                if status != 204:
                    raise Unready(f"PATCH answered {status}")
                offset = int(headers["upload-offset"])
            except (OSError, http.client.HTTPException, Unready):
                self._wait()
                offset = None
        return False

    def _ask(
        self, chance: random.Random, method: str, path: str, headers: dict[str, str],
        body: bytes = b"",
    ) -> tuple[int, dict[str, str], bytes]:  # fmt: skip
        line = http.client.HTTPConnection("127.0.0.1", chance.choice(self.ports), timeout=20)
        try:
            line.request(method, path, body=body or None, headers={
                **TUS, **headers, "Content-Length": str(len(body)),
            })  # fmt: skip
            answer = line.getresponse()
            said = answer.read()
            told = {name.lower(): value for name, value in answer.getheaders()}
            return answer.status, told, said
        finally:
            line.close()

    def _wait(self) -> None:
        with self.lock:
            self.interruptions += 1
        time.sleep(PAUSE)


class Refused(Exception):
    """The server will not take the file: nothing in the drill gives it a reason to."""


class Unready(Exception):
    """The server said to come again."""


def stream(
    sender: Sender,
    places: Sequence[dict[str, str]],
    *,
    count: int,
    seconds: float,
    seed: int,
    people: int = 4,
) -> tuple[list[threading.Thread], Callable[[], bool]]:
    """Threads that send `count` files spread over `seconds`; and whether they still do."""
    began = time.monotonic()
    waiting = iter(range(count))
    lock = threading.Lock()

    def person() -> None:
        while True:
            with lock:
                number = next(waiting, None)
            if number is None:
                return
            time.sleep(max(0.0, began + seconds * number / max(count, 1) - time.monotonic()))
            sender.send(number, places[number % len(places)], seed=seed)

    threads = [threading.Thread(target=person, daemon=True) for _ in range(people)]
    for thread in threads:
        thread.start()
    return threads, lambda: any(thread.is_alive() for thread in threads)
