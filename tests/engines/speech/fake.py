"""A local service that speaks OpenAI's audio transcriptions, and answers as it is told to."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from fengcai.engines.speech import Endpoint


def segment(start: float, end: float, text: str, **more: object) -> dict[str, object]:
    """A segment as verbose_json has it."""
    usual = {"avg_logprob": -0.2, "no_speech_prob": 0.01, "compression_ratio": 1.1}
    return {"id": 0, "start": start, "end": end, "text": text, **usual, **more}


def verbose(*segments: dict[str, object]) -> bytes:
    """An answer in verbose_json."""
    text = "".join(str(each["text"]) for each in segments)
    answer = {"task": "transcribe", "language": "chinese", "text": text, "segments": segments}
    return json.dumps(answer).encode()


class Asked:
    """One request, its form taken apart."""

    def __init__(self, path: str, headers: Message, body: bytes) -> None:
        self.path, self.key = path, headers.get("Authorization", "")
        kind = f"Content-Type: {headers['Content-Type']}\r\n\r\n".encode()
        self.fields: dict[str, Any] = {}
        for part in message_from_bytes(kind + body).get_payload():
            assert isinstance(part, Message)
            name = part.get_param("name", header="Content-Disposition")
            self.fields[str(name)] = part.get_payload(decode=True)


class Service:
    """`answers` are (status, headers, body), taken in turn; the last one stays."""

    def __init__(self) -> None:
        self.answers: list[tuple[int, dict[str, str], bytes]] = [(200, {}, verbose())]
        self.asked: list[Asked] = []
        self.hold = threading.Event()
        self.hold.set()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                outer.asked.append(Asked(self.path, self.headers, body))
                outer.hold.wait(5)
                status, headers, told = outer.answers[0]
                if len(outer.answers) > 1:
                    outer.answers.pop(0)
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(told)

            def log_message(self, *_: object) -> None: ...

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/v1"
        self.endpoint = Endpoint(f"{self.url}/", "whisper-1", "key", timeout=5)


@contextmanager
def service() -> Iterator[Service]:
    """One of them, ended with the block."""
    made = Service()
    thread = threading.Thread(target=made.server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield made
    finally:
        made.hold.set()
        made.server.shutdown()
        made.server.server_close()
        thread.join(5)
