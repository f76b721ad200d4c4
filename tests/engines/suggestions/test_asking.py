"""The optional model, against a server of our own: one request, limits, and nothing trusted."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from fengcai.core.notice import Suggestion, sentences
from fengcai.engines.suggestions import Endpoint, SuggestionsFailed, ask

TEXT = sentences("关于举办大赛的通知\n一、说明\n口号是青山常在。")


def chat(content: str) -> bytes:
    return json.dumps({"choices": [{"message": {"content": content}}]}).encode()


class Model:
    """Answers every request with `status` and `body`; keeps what it was asked."""

    def __init__(self) -> None:
        self.status, self.body = 200, b"{}"
        self.asked: list[tuple[str, dict[str, str], dict[str, Any]]] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                size = int(self.headers["Content-Length"])
                outer.asked.append(
                    (self.path, dict(self.headers), json.loads(self.rfile.read(size)))
                )
                self.send_response(outer.status)
                self.send_header("Location", "http://127.0.0.1:9/elsewhere")
                self.end_headers()
                self.wfile.write(outer.body)

            def log_message(self, *_: object) -> None: ...

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.endpoint = Endpoint(
            f"http://127.0.0.1:{self.server.server_port}/v1/", "small", "key", timeout=5
        )


@pytest.fixture
def model() -> Iterator[Model]:
    made = Model()
    thread = threading.Thread(target=made.server.serve_forever, daemon=True)
    thread.start()
    yield made
    made.server.shutdown()
    made.server.server_close()
    thread.join(5)


def test_it_asks_once_with_the_text_and_the_key(model: Model) -> None:
    said = {
        "suggestions": [
            {"path": "theme", "value": "青山常在", "quote": "口号是青山常在"},
            {"path": "a", "value": 3, "quote": "b"},
        ]
    }
    model.body = chat(json.dumps(said, ensure_ascii=False))
    assert ask(model.endpoint, TEXT) == (
        Suggestion("theme", "青山常在", "口号是青山常在"),
        Suggestion("a", "3", "b"),
    )
    ((path, headers, request),) = model.asked
    assert (path, headers["Authorization"], request["model"], request["temperature"]) == (
        "/v1/chat/completions", "Bearer key", "small", 0,
    )  # fmt: skip
    assert "[一] 口号是青山常在。" in request["messages"][1]["content"]


def test_without_a_key_none_is_sent_and_a_fence_is_taken_off(model: Model) -> None:
    model.body = chat('```json\n{"suggestions": []}\n```')
    assert ask(Endpoint(model.endpoint.url, "small"), TEXT) == ()
    assert "Authorization" not in model.asked[0][1]
    assert "key" not in repr(model.endpoint)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda m: setattr(m, "status", 500), "模型接口答复 500"), (lambda m: setattr(m, "status", 302), "模型接口答复 302"),
        (lambda m: setattr(m, "body", b"x" * (1024**2 + 1)), "答复过长"), (lambda m: setattr(m, "body", b"not json"), "不是约定的格式"),
        (lambda m: setattr(m, "body", chat("hello")), "不是约定的格式"),
         (lambda m: setattr(m, "body", chat("[" * 100_000)), "不是约定的格式"),
        (lambda m: setattr(m, "body", chat('{"suggestions": [{"value": 1}]}')),
         "不是约定的格式"), (lambda m: setattr(m, "body", b'{"choices": []}'), "不是约定的格式"),
    ],
)  # fmt: skip
def test_an_answer_that_cannot_be_used_is_one_sentence(
    model: Model, change: Callable[[Model], None], sentence: str
) -> None:
    change(model)
    with pytest.raises(SuggestionsFailed, match=sentence):
        ask(model.endpoint, TEXT)


def test_an_endpoint_that_is_not_there() -> None:
    with pytest.raises(SuggestionsFailed, match="连不上模型接口"):
        ask(Endpoint("http://127.0.0.1:9/v1", "small", timeout=2), TEXT)
    with pytest.raises(SuggestionsFailed, match="连不上模型接口"):
        ask(Endpoint("http://[bad/v1", "small"), TEXT)


def test_odd_items_and_long_values_are_passed_over(model: Model) -> None:
    items = [
        {"path": "theme", "value": "长" * 501, "quote": "口号是青山常在"},
        {"path": 3, "value": "x", "quote": "y"},
        {"path": "p", "value": ["x"], "quote": "y"},
    ]
    model.body = chat(json.dumps({"suggestions": items * 200}))
    assert ask(model.endpoint, TEXT) == ()
