"""Text messages: a provider by its documented interface, or the console for a trial.

A message is a template that the provider has approved and its values; the words stand with the
provider. One number a call. Tries once.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import secrets
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, urlsplit

import httpx

from fengcai.engines.delivery.asking import posted
from fengcai.engines.delivery.failing import NotSent

ALIYUN_ENDPOINT = "https://dysmsapi.aliyuncs.com"
_ACTION, _VERSION, _ALGORITHM = "SendSms", "2017-05-25", "ACS3-HMAC-SHA256"
_CALLED = {"code": "验证码", "minutes": "几分钟内有效"}
"""How the console calls a provider's variables."""
_MAINLAND = re.compile(r"1[3-9]\d{9}")


@dataclass(frozen=True)
class Provider:
    """Who sends text messages. `kind`: aliyun or console. `templates` maps our names to the
    provider's codes (`SMS_…`); `sign` is the approved signature, such as 某某医院."""

    kind: str
    key_id: str = ""
    key_secret: str = field(default="", repr=False)
    sign: str = ""
    templates: Mapping[str, str] = field(default_factory=dict)
    endpoint: str = ALIYUN_ENDPOINT
    timeout: float = 15.0

    @property
    def leaves(self) -> bool:
        """Whether messages really go out by it."""
        return self.kind != "console"


def is_phone(text: str) -> bool:
    """Whether it is a mobile number of the mainland, with or without +86, spaces and hyphens."""
    return _MAINLAND.fullmatch(plain(text)) is not None


def plain(phone: str) -> str:
    """The number without +86, spaces and hyphens."""
    digits = re.sub(r"[\s\-‐-―()（）]", "", phone)
    return re.sub(r"^(\+|00)?86(?=1\d{10}$)", "", digits)


def send(provider: Provider, phone: str, template: str, params: Mapping[str, str]) -> str:
    """Send one text message; returns the provider's number for it (BizId). Raises NotSent."""
    number = plain(phone)
    if not is_phone(number):
        raise NotSent("手机号码写得不对（须是 11 位大陆手机号），请核对。", again=False)
    if provider.kind == "console":
        said = "，".join(f"{_CALLED.get(name, name)}：{value}" for name, value in params.items())
        sys.stderr.write(
            f"\n===== 短信（演示，没有发出）→ {number} =====\n  {said}\n{'=' * 44}\n\n"
        )
        sys.stderr.flush()
        return "console"
    code = provider.templates.get(template, "")
    if not code:
        raise NotSent(
            f"短信模板“{template}”还没有对应的服务商模板编号（FENGCAI_SMS_TEMPLATES）。",
            again=False,
            ours=True,
        )
    asked = {
        "PhoneNumbers": number,
        "SignName": provider.sign,
        "TemplateCode": code,
        # Values must be text: numbers are answered by isv.INVALID_JSON_PARAM.
        "TemplateParam": json.dumps({k: str(v) for k, v in params.items()}, ensure_ascii=False),
    }
    return _answered(*_asked(provider, asked))


def signed(
    *,
    key_id: str,
    key_secret: str,
    host: str,
    action: str,
    version: str,
    query: Mapping[str, str],
    at: datetime,
    nonce: str,
) -> tuple[str, dict[str, str]]:
    """The query string and the headers of an RPC call with Alibaba Cloud's signature V3.

    Source: Alibaba Cloud, “V3 版本请求体与签名机制” (POST, empty body, all parameters in the query).
    """
    empty = hashlib.sha256(b"").hexdigest()
    headers = {
        "host": host,
        "x-acs-action": action,
        "x-acs-content-sha256": empty,
        "x-acs-date": at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "x-acs-signature-nonce": nonce,
        "x-acs-version": version,
    }
    string = "&".join(f"{_quoted(k)}={_quoted(v)}" for k, v in sorted(query.items()))
    names = ";".join(sorted(headers))
    lines = "".join(f"{name}:{value}\n" for name, value in sorted(headers.items()))
    canonical = f"POST\n/\n{string}\n{lines}\n{names}\n{empty}"
    text = f"{_ALGORITHM}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
    signature = hmac.new(key_secret.encode(), text.encode(), hashlib.sha256).hexdigest()
    headers["authorization"] = (
        f"{_ALGORITHM} Credential={key_id},SignedHeaders={names},Signature={signature}"
    )
    return string, headers


def _quoted(text: str) -> str:
    return quote(text, safe="-_.~")


def _asked(provider: Provider, query: Mapping[str, str]) -> tuple[int, dict[str, Any]]:
    """The status and the JSON of the answer; an answer that is none is `{}`. Raises NotSent."""
    string, headers = signed(
        key_id=provider.key_id,
        key_secret=provider.key_secret,
        host=urlsplit(provider.endpoint).netloc,
        action=_ACTION,
        version=_VERSION,
        query=query,
        at=datetime.now(UTC),
        nonce=secrets.token_hex(16),
    )
    return posted(
        f"{provider.endpoint.rstrip('/')}/?{string}",
        whom="短信服务",
        what="短信",
        timeout=provider.timeout,
        headers={**headers, "accept": "application/json"},
    )


_OURS = "请管理员检查短信设置"
_WRONG_HERE: Mapping[str, str] = {
    "InvalidAccessKeyId": f"AccessKey 不存在或已停用，{_OURS}",
    "SignatureDoesNotMatch": f"AccessKey 的密钥不对，{_OURS}",
    "InvalidTimeStamp": "本机时间与标准时间相差太多，请校时",
    "isp.RAM_PERMISSION_DENY": "AccessKey 没有发送短信的权限，请在 RAM 中授权",
    "Forbidden": "AccessKey 没有发送短信的权限，请在 RAM 中授权",
    "isv.OUT_OF_SERVICE": "短信业务已停机，请充值",
    "isv.AMOUNT_NOT_ENOUGH": "短信账户余额不足，请充值",
    "isv.PRODUCT_UN_SUBSCRIPT": "没有开通短信服务",
    "isv.PRODUCT_UNSUBSCRIBE": "没有开通短信服务",
    "isv.ACCOUNT_NOT_EXISTS": "短信账户不存在",
    "isv.ACCOUNT_ABNORMAL": "短信账户异常，请联系服务商",
    "isv.SMS_TEMPLATE_ILLEGAL": f"短信模板不存在或未通过审核，{_OURS}",
    "isv.SMS_SIGNATURE_ILLEGAL": f"短信签名不存在或未通过审核，{_OURS}",
    "isv.SMS_SIGN_ILLEGAL": f"短信签名不存在或未通过审核，{_OURS}",
    "isv.DAY_LIMIT_CONTROL": "达到了账户设置的每日发送上限",
    "isv.MONTH_LIMIT_CONTROL": "达到了账户设置的每月发送上限",
}
_WRONG_THERE: Mapping[str, str] = {
    "isv.MOBILE_NUMBER_ILLEGAL": "手机号码不存在或不合规，请核对",
    "isv.MOBILE_COUNT_OVER_LIMIT": "手机号码多于一个",
    "isv.TEMPLATE_MISSING_PARAMETERS": "短信模板要的变量没有给全",
    "isv.TEMPLATE_PARAMS_ILLEGAL": "短信模板变量的内容不合服务商的规定",
    "isv.INVALID_PARAMETERS": "参数不合服务商的规定",
    "isv.INVALID_JSON_PARAM": "参数不合服务商的规定",
    "isv.BLACK_KEY_CONTROL_LIMIT": "内容含有服务商禁用的词，或号码在其黑名单中",
    "isv.PARAM_LENGTH_LIMIT": "变量太长，服务商不接受",
    "isv.PARAM_NOT_SUPPORT_URL": "变量里不能有网址",
    "isv.CONTENT_KEYWORDS_BLACK_LIST": "内容含有服务商禁用的词",
}
_PASSING = ("Throttling", "ServiceUnavailable", "InternalError", "isp.SYSTEM_ERROR", "isp.GATEWAY")


def _answered(status: int, answer: Mapping[str, Any]) -> str:
    """What the provider says, by its `Code`; every refusal is told with that code."""
    code, message = str(answer.get("Code") or "")[:80], str(answer.get("Message") or "")[:200]
    if status == httpx.codes.OK and code == "OK":
        return str(answer.get("BizId") or "")[:100]
    if not code:
        if status in (408, 429, 503):
            raise NotSent(f"短信服务暂时不可用（{status}），稍后再试。", again=True, ours=True)
        raise NotSent(
            f"短信服务的答复读不懂（{status}），不能确定是否发出。", again=False, unsure=True
        )
    if code == "isv.BUSINESS_LIMIT_CONTROL":
        raise _limited(message)
    if text := _WRONG_HERE.get(code) or _WRONG_HERE.get(code.partition(".")[0]):
        raise NotSent(f"短信没有发出：{text}（{code}）。", again=False, ours=True)
    if text := _WRONG_THERE.get(code):
        raise NotSent(f"短信没有发出：{text}（{code}）。", again=False)
    if code.startswith(_PASSING) or status >= 500:
        raise NotSent(f"短信服务忙，稍后再试（{code}）。", again=True, after_s=30)
    raise NotSent(f"短信没有发出，服务商答复 {code}。", again=False)


def _limited(message: str) -> NotSent:
    """The limit on one number: by minute, hour or day, as the answer's message says in Chinese."""
    code = "isv.BUSINESS_LIMIT_CONTROL"
    if "分钟" in message:
        return NotSent(
            f"给这个号码发得太密（每分钟 1 条），稍后再试（{code}）。", again=True, after_s=60
        )
    if "小时" in message:
        return NotSent(
            f"这个号码一小时内的短信已到上限，稍后再试（{code}）。", again=True, after_s=3600
        )
    return NotSent(f"这个号码今天的短信已到服务商的上限（{code}）。", again=False)
