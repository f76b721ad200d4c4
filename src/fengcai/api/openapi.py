"""What ninja's OpenAPI lacks: every operation's problems, scopes, and the idempotency header."""

from __future__ import annotations

from typing import Any

from fengcai.api.idempotency import HEADER
from fengcai.api.problems import KINDS, MEDIA_TYPE

READING = (401, 403, 404, 422, 429, 500)
WRITING = (400, 401, 403, 404, 409, 413, 415, 422, 429, 500)
PUBLIC = (404, 422, 500)

FIELD_ERROR = {
    "type": "object",
    "required": ["field", "message"],
    "properties": {
        "field": {"type": "string", "description": "哪一项，如 body.fields.title"},
        "message": {"type": "string"},
        "message_en": {"type": "string"},
    },
}
PROBLEM = {
    "type": "object",
    "description": "RFC 9457。程序按 type 判断；title、detail 是中文，*_en 是英文。",
    "required": ["type", "title", "title_en", "status", "detail", "detail_en", "instance"],
    "properties": {
        "type": {
            "type": "string",
            "format": "uri-reference",
            "enum": [kind.type for kind in KINDS.values()],
        },
        "title": {"type": "string"},
        "title_en": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "detail_en": {"type": "string"},
        "instance": {"type": "string"},
        "errors": {"type": "array", "items": {"$ref": "#/components/schemas/FieldError"}},
        "version": {"type": "integer", "description": "stale：现在的版本"},
        "current": {"type": "object", "description": "stale：现在的内容"},
        "reference": {"type": "string", "description": "fault：告诉管理员的编号"},
    },
}
KEY_PARAMETER = {
    "in": "header",
    "name": HEADER,
    "required": False,
    "description": "由调用方生成的唯一键；24 小时内同一个键、同样的请求只执行一次。",
    "schema": {"type": "string", "pattern": "^[!-~]{1,64}$"},
}


def complete(schema: dict[str, Any], scopes: dict[str, str]) -> None:
    """Add to `schema`, in place. `scopes` maps operation ids to the scope that they ask."""
    for methods in schema["paths"].values():
        for method, operation in methods.items():
            _problems(operation, method)
            scope = scopes.get(operation["operationId"], "")
            if scope:
                operation["security"] = [{"Bearer": [scope]}]
                said = operation.get("description", "")
                operation["description"] = f"{said}\n\n需要权限：`{scope}`".strip()
            if method == "post":
                operation["parameters"] = [*operation.get("parameters", []), KEY_PARAMETER]
    for each in schema["components"]["schemas"].values():
        # Docstrings are for whoever reads the code; a hospital's engineer reads Chinese.
        if each.get("description", "").isascii():
            each.pop("description", None)
    schema["components"]["schemas"] |= {"Problem": PROBLEM, "FieldError": FIELD_ERROR}


def _problems(operation: dict[str, Any], method: str) -> None:
    statuses = PUBLIC if "security" not in operation else WRITING if method != "get" else READING
    for status in statuses:
        titles = "；".join(kind.title for kind in KINDS.values() if kind.status == status)
        operation["responses"][status] = {
            "description": titles,
            "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
