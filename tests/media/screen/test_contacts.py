"""Contacts, diversion, platforms and forms in recognised text."""

from __future__ import annotations

import time

import pytest

from fengcai.media.screen.contacts import Contacts
from fengcai.media.screen.diverting import contacts
from fengcai.media.screen.platforms import Platforms
from fengcai.media.screen.records import record_kind
from tests.media.screen.drawing import line, page, timeline

pytestmark = pytest.mark.media


def told(check_type, *lines):
    """Answer and texts of a check after one page."""
    check = check_type(None)
    check.look(page(*lines))
    check.times = timeline(*((each, 0, 1) for each in lines), samples=[0, 1])
    measure = check.result()
    return measure.answer, [span.text for span in measure.spans]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("咨询电话：0791-86123456", "电话：0791-86123456"),
        ("预约热线 400-820-8820", "电话：400-820-8820"),
        ("门诊电话 86123456", "电话：86123456"),
        ("电话：0791-8612 3456", "电话：0791-8612 3456"),
        ("手机 13812345678", "电话：138****5678"),
        ("微信号：doctor_wang88", "微信号：doctor_wang88"),
        ("加V信 13812345678", "微信号：138****5678"),
        ("徽信号 doctor_wang88", "微信号：doctor_wang88"),
        ("QQ群：123456789", "QQ 号：123456789"),
        ("扣扣 123456789", "QQ 号：123456789"),
        ("官网 www.example-hospital.cn/yuyue", "网址：www.example-hospital.cn/yuyue"),
        ("扫码关注领取福利", "扫码或加好友：扫码关注领取"),
        ("添加微信了解更多", "扫码或加好友：添加微信"),
        ("只需99元", "销售或优惠：只需99元"),
        ("限时优惠 原价998元", "销售或优惠：限时优惠"),
        ("地址：南昌市民德路1号", "地址：地址:南昌市民德路1号"),
    ],
)
def test_it_leads_elsewhere(text, shown):
    answer, texts = told(Contacts, line(text))
    assert answer == "found"
    assert shown in texts


@pytest.mark.parametrize(
    "text", ["挂号费50元", "请在线咨询", "关注我院公众号", "扫码签到", "来源 www.nhc.gov.cn/abc"]
)
def test_a_person_decides(text):
    assert told(Contacts, line(text))[0] == "doubtful"


@pytest.mark.parametrize(
    "text",
    [
        "请立即拨打120",
        "心理援助热线12356",
        "每天食盐不超过5克",
        "2026年11月22日",
        "血压 140/90 mmHg",
        "多元化饮食，1元素周期",
        "只需30分钟，仅需3步",
        "健康教育宣传橱窗",
        "骨折后要制动",
        "医嘱下单后护士执行",
        "身份证号 11010519491231002X",
        "南昌大学第一附属医院",
    ],
)
def test_it_leads_nowhere(text):
    assert told(Contacts, line(text)) == ("clear", [])


@pytest.mark.parametrize(
    ("text", "left", "top", "answer"),
    [
        ("抖音号：yixue_2026", 0.4, 0.5, "found"),
        ("抖音", 0.9, 0.05, "found"),
        ("剪映", 0.02, 0.03, "found"),
        ("@心内科王医生", 0.85, 0.9, "found"),
        ("bilibili", 0.02, 0.03, "found"),
        ("本片由剪映制作完成", 0.02, 0.05, "doubtful"),
        ("不要轻信抖音上的偏方", 0.35, 0.9, "clear"),
        ("抖音", 0.45, 0.5, "clear"),
        ("某市人民医院", 0.02, 0.03, "clear"),
    ],
)
def test_a_platform_is_named(text, left, top, answer):
    assert told(Platforms, line(text, left=left, top=top))[0] == answer


def test_a_report_is_told_by_its_form():
    rows = ["姓名：张三", "性别：男", "年龄：45", "标本：血清", "参考范围", "结果", "检验者：李四"]
    report = [line("某医院检验报告单", left=0.35, top=0.05)]
    report += [line(text, left=0.1, top=0.15 + 0.08 * at) for at, text in enumerate(rows)]
    assert record_kind(report) == "report"
    assert record_kind(report[1:]) == "form"
    assert record_kind(report[:4]) is None
    spoken = [line(f"怎样看懂检验报告的第{at}步", left=0.05 * at, top=0.09 * at) for at in range(9)]
    assert record_kind(spoken) is None


@pytest.mark.parametrize("sign", ["1", "a", "1,", "a.", "0", "-", "加"])
def test_a_line_of_one_sign_is_read_in_time_that_grows_with_it(sign: str) -> None:
    begun = time.process_time()
    assert list(contacts(sign * 20_000)) == []
    assert time.process_time() - begun < 5


def test_amounts_and_mail_with_many_parts() -> None:
    found = [(each.kind, each.value) for each in contacts("1,299.00元 a.b-c_d@mail.example.com.cn")]
    assert found == [("mail", "a.b-c_d@mail.example.com.cn"), ("price", "1,299.00元")]
