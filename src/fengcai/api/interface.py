"""The API as one thing: its routers, its way of speaking, and what becomes of exceptions."""

from __future__ import annotations

import json
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpRequest
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError
from ninja.openapi.schema import OpenAPISchema
from ninja.operation import Operation
from ninja.renderers import BaseRenderer
from ninja.responses import NinjaJSONEncoder

from fengcai import __version__
from fengcai.api import problems
from fengcai.api.bearer import Bearer
from fengcai.api.openapi import complete
from fengcai.api.routers import contests, doubts, entries, jobs, meanings, places, results, review
from fengcai.apps.refusals import Refused

DESCRIPTION = """\
与网页用的是同一套操作和规则：令牌能做的，永远不超过其账号此刻在活动中的身份。

时间为 RFC 3339（带时区）；分数与金额是写成字符串的精确十进制数；编号一律是不透明的字符串。
列表按 `next` 翻页。错误是 `application/problem+json`（RFC 9457），中文与英文都有。
POST 可带 `Idempotency-Key`，24 小时内重发同一请求得到第一次的回答。
"""


class Readable(BaseRenderer):
    """JSON with Chinese as it is read."""

    media_type = "application/json"

    def render(self, request: HttpRequest, data: Any, *, response_status: int) -> bytes:
        """UTF-8."""
        text = json.dumps(data, cls=NinjaJSONEncoder, ensure_ascii=False)
        return text.encode("utf-8", "backslashreplace")


class Interface(NinjaAPI):
    """Ninja with readable operation ids and a complete OpenAPI document."""

    def get_openapi_operation_id(self, operation: Operation) -> str:
        """The view's name: they are told apart by it alone."""
        return operation.view_func.__name__

    def get_openapi_schema(self, **arguments: Any) -> OpenAPISchema:
        """Ninja's, with problems, scopes and the idempotency header."""
        schema = super().get_openapi_schema(**arguments)
        complete(schema, self._scopes())
        return schema

    def _scopes(self) -> dict[str, str]:
        return {
            self.get_openapi_operation_id(operation): auth.scope.value
            for bound in self._get_bound_routers()
            for path in bound.path_operations.values()
            for operation in path.operations
            for auth in operation.auth_callbacks
            if isinstance(auth, Bearer) and auth.scope is not None
        }


api = Interface(
    title="风采 API",
    version=__version__,
    description=DESCRIPTION,
    docs_url=None,  # ninja's page loads its script from elsewhere; docs/guide/api.md is ours
    urls_namespace="api",
    renderer=Readable(),
)
for part in (contests, entries, places, review, doubts, results, jobs, meanings):
    api.add_router("", part.router)

HANDLERS: tuple[tuple[type[Exception], Any], ...] = (
    (Refused, problems.refusal),
    (problems.Trouble, problems.trouble),
    (ValidationError, problems.validation),
    (HttpError, problems.http_error),
    (RequestDataTooBig, problems.too_large),
    (Http404, problems.absent),
    (Exception, problems.fault),
)
for raised, handler in HANDLERS:
    api.add_exception_handler(raised, handler)
