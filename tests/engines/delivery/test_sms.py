"""Alibaba Cloud's SendSms against a server that checks signature V3 by itself."""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
import re
from collections.abc import Callable
from datetime import UTC, datetime
from urllib.parse import parse_qsl, quote, urlsplit

import pytest

from fengcai.engines.delivery import NotSent, sms
from tests.engines.delivery.asked import Answer, Asked, fake

pytestmark = pytest.mark.intake
KEY, SECRET = "LTAI-test-key", "test-key-secret"


def provider(url: str, **more: object) -> sms.Provider:
    told = {"key_id": KEY, "key_secret": SECRET, "sign": "某某医院",
            "templates": {"people.code": "SMS_1234"}, "endpoint": url, "timeout": 3.0, **more}  # fmt: skip
    return sms.Provider("aliyun", **told)  # type: ignore[arg-type]


def signature_holds(asked: Asked) -> bool:
    """Signature V3 from the request as it came over the line, written from the document alone."""
    said = re.fullmatch(
        r"ACS3-HMAC-SHA256 Credential=([^,]+),SignedHeaders=([^,]+),Signature=([0-9a-f]{64})",
        asked.headers["authorization"],
    )
    if said is None or said.group(1) != KEY:
        return False
    names = said.group(2).split(";")
    needed = {"host", "x-acs-action", "x-acs-version", "x-acs-date", "x-acs-signature-nonce",
              "x-acs-content-sha256"}  # fmt: skip
    if names != sorted(names) or not needed <= set(names):
        return False
    if asked.headers["x-acs-content-sha256"] != hashlib.sha256(asked.body).hexdigest():
        return False
    place = urlsplit(asked.target)
    pairs = sorted(parse_qsl(place.query, keep_blank_values=True, strict_parsing=True))
    query = "&".join(f"{quote(k, safe='-_.~')}={quote(v, safe='-_.~')}" for k, v in pairs)
    lines = "".join(f"{name}:{asked.headers[name].strip()}\n" for name in names)
    canonical = f"{asked.method}\n{place.path}\n{query}\n{lines}\n{said.group(2)}\n"
    canonical += hashlib.sha256(asked.body).hexdigest()
    text = "ACS3-HMAC-SHA256\n" + hashlib.sha256(canonical.encode()).hexdigest()
    wanted = hmac.new(SECRET.encode(), text.encode(), hashlib.sha256).hexdigest()
    return hmac.compare_digest(wanted, said.group(3))


def service(answer: dict[str, str], status: int = 200) -> Callable[[Asked], Answer]:
    """SendSms: refuses a wrong signature as the service does, else answers `answer`."""

    def answers(asked: Asked) -> Answer:
        if not signature_holds(asked):
            wrong = {"Code": "SignatureDoesNotMatch", "Message": "not match", "RequestId": "R"}
            return 400, json.dumps(wrong).encode()
        return status, json.dumps(answer).encode()

    return answers


def test_the_signature_of_the_document_s_own_example():
    query, headers = sms.signed(
        key_id="YourAccessKeyId",
        key_secret="YourAccessKeySecret",
        host="ecs.cn-shanghai.aliyuncs.com",
        action="RunInstances",
        version="2014-05-26",
        query={
            "RegionId": "cn-shanghai",
            "ImageId": "win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd",
        },
        at=datetime(2023, 10, 26, 10, 22, 32, tzinfo=UTC),
        nonce="3156853299f313e23d1673dc12e1703d",
    )
    assert query.startswith("ImageId=win2019")
    assert headers["authorization"].endswith(
        "Signature=06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0"
    )


def test_a_message_goes_out_signed_with_text_values_only():
    well = service(
        {"Code": "OK", "Message": "OK", "RequestId": "R", "BizId": "900619746936498440^0"}
    )
    with fake(well) as server:
        number = sms.send(provider(server.url), "+86 138-0013-8000", "people.code",
                          {"code": "0042", "note": "a&b=张 三*~/"})  # fmt: skip
    assert number == "900619746936498440^0"
    (asked,) = server.asked
    sent = dict(parse_qsl(urlsplit(asked.target).query))
    assert sent["PhoneNumbers"] == "13800138000"
    assert (sent["SignName"], sent["TemplateCode"]) == ("某某医院", "SMS_1234")
    assert json.loads(sent["TemplateParam"]) == {"code": "0042", "note": "a&b=张 三*~/"}
    assert asked.headers["x-acs-action"] == "SendSms"
    assert asked.headers["x-acs-version"] == "2017-05-25"


@pytest.mark.parametrize(
    ("answer", "again", "ours", "after_s", "begins"),
    [
        (("isv.BUSINESS_LIMIT_CONTROL", "触发分钟级流控Permits:1"), True, False, 60, "给这个号码发得太密"),
        (("isv.BUSINESS_LIMIT_CONTROL", "触发小时级流控Permits:5"), True, False, 3600, "这个号码一小时内"),
        (("isv.BUSINESS_LIMIT_CONTROL", "触发天级流控Permits:10"), False, False, None, "这个号码今天的短信"),
        (("isv.MOBILE_NUMBER_ILLEGAL", "非法手机号"), False, False, None, "短信没有发出：手机号码不存在"),
        (("isv.AMOUNT_NOT_ENOUGH", "账户余额不足"), False, True, None, "短信没有发出：短信账户余额不足"),
        (("isv.SMS_TEMPLATE_ILLEGAL", "模版不合法"), False, True, None, "短信没有发出：短信模板不存在"),
        (("isp.SYSTEM_ERROR", "系统错误"), True, False, 30, "短信服务忙"),
        (("Throttling.User", "flow control"), True, False, 30, "短信服务忙"),
        (("InvalidAccessKeyId.NotFound", "not found"), False, True, None, "短信没有发出：AccessKey 不存在"),
        (("isv.SOMETHING_NEW", "？"), False, False, None, "短信没有发出，服务商答复 isv.SOMETHING_NEW"),
    ],
)  # fmt: skip
def test_each_documented_refusal_says_what_to_do(
    answer: tuple[str, str], again: bool, ours: bool, after_s: float | None, begins: str
):
    said = {"Code": answer[0], "Message": answer[1], "RequestId": "R"}
    with fake(service(said)) as server, pytest.raises(NotSent) as told:
        sms.send(provider(server.url), "13800138000", "people.code", {"code": "1"})
    assert (told.value.again, told.value.ours, told.value.after_s) == (again, ours, after_s)
    assert told.value.reason.startswith(begins) and not told.value.unsure


def test_a_wrong_secret_is_the_installation_s_fault_and_is_not_told():
    with fake(service({"Code": "OK"})) as server, pytest.raises(NotSent) as told:
        sms.send(provider(server.url, key_secret="other-secret"), "13800138000", "people.code", {})
    assert told.value.ours and "SignatureDoesNotMatch" in told.value.reason
    assert (
        "other-secret" not in f"{told.value!r}{provider(server.url, key_secret='other-secret')!r}"
    )


@pytest.mark.parametrize(
    ("answer", "unsure", "again"),
    [(None, True, False), ((200, b"<html>"), True, False), ((503, b""), False, True),
     ((200, b"x" * 100_000), True, False), ((200, b"[1]"), True, False)],
)  # fmt: skip
def test_an_answer_that_does_not_come_or_cannot_be_read(
    answer: Answer, unsure: bool, again: bool, caplog: pytest.LogCaptureFixture
):
    caplog.set_level(logging.DEBUG, "fengcai")
    with fake(lambda _: answer) as server, pytest.raises(NotSent) as told:
        sms.send(provider(server.url), "13800138000", "people.code", {"code": "7788"})
    assert (told.value.unsure, told.value.again) == (unsure, again)
    assert told.value.__cause__ is None
    assert "13800138000" not in caplog.text + str(told.value)


@pytest.mark.parametrize(
    "phone", ["", "12345678901", "1380013800", "138001380001", "0791-8888888", "张"]
)
def test_what_is_no_mobile_number_is_refused_before_asking(phone: str):
    with pytest.raises(NotSent, match="手机号码写得不对"):
        sms.send(provider("http://127.0.0.1:1"), phone, "people.code", {})


def test_a_template_without_a_number_at_the_provider_is_the_installation_s_fault():
    with pytest.raises(NotSent) as told:
        sms.send(provider("http://127.0.0.1:1"), "13800138000", "other", {})
    assert told.value.ours and "FENGCAI_SMS_TEMPLATES" in told.value.reason
