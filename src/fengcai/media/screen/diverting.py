"""Contact data and what leads viewers elsewhere, in a line of text: what, where in the line, how sure.

医务人员互联网健康科普负面行为清单（试行）, 2025-11-07, item 2 (advertising, diversion, live selling), and the
four ministries' notice of 2025-08 (no addresses, contacts or links to buy). A word alone is doubtful: a
person decides. Emergency and public service numbers (120, 12320) are no diversion. Plain Python: the
texts of a work are asked as well as what stands on screen.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from fengcai.media.screen import digits
from fengcai.media.screen.personal import personal


@dataclass(frozen=True)
class Contact:
    """A way to reach or to pay somebody at `start`–`end` of the line.

    `called` is what such a thing is called, `shown` its value as it may be shown (masked where it is
    `private`); a doubtful one is not `sure`.
    """

    kind: str
    called: str
    value: str
    shown: str
    start: int
    end: int
    sure: bool
    private: bool = False


_SURE: tuple[tuple[str, str, re.Pattern[str]], ...] = (
    ("phone", "电话", re.compile(
        r"(?<![\d\-])(?:0\d{2,3}[ \-)）]{1,2}[2-8]\d{2,3}[ \-]?\d{4}|0(?:10|2\d)[2-8]\d{7}|0[3-9]\d{2}[2-8]\d{6,7}|"
        r"[48]00[ \-]?\d{3}[ \-]?\d{4})(?![\d\-]?\d)")),
    ("phone", "电话", re.compile(
        r"(?:电话|热线|咨询|预约|客服|[Tt][Ee][Ll])[^\d]{0,6}([2-9]\d{6,7})(?!\d)")),
    ("wechat", "微信号", re.compile(
        r"(?:微信号?|[薇威徽]信|[微薇]芯|[Vv]信|(?<![A-Za-z])(?:[Vv][Xx]|[Ww][Xx]|[Ww]e[Cc]hat))(?:ID|号)?"
        r"[ ]*[:;.]?[ ]*([A-Za-z][A-Za-z0-9_\-]{5,19}|1[3-9]\d{9})")),
    ("qq", "QQ 号", re.compile(r"(?:[Qq]{2}|扣扣|企鹅)(?:群|号)?[ ]*号?[ ]*[:;.]?[ ]*([1-9]\d{4,10})(?!\d)")),
    ("mail", "电子邮箱", re.compile(r"(?<![A-Za-z0-9_.\-])[A-Za-z0-9_.\-]{1,64}@[A-Za-z0-9\-]{1,63}(?:\.[A-Za-z\-]{1,63}){1,5}")),
    ("scan", "扫码或加好友", re.compile(
        r"扫(?:一扫|描|码)?.{0,6}(?:加|关注|咨询|进群|领取|了解|添加|购买|下单)|长按.{0,4}识别|"
        r"(?:添?加|搜)(?:我|主任|医生|客服|老师|助理)?(?:的)?(?:微信|好友|[Vv]信|[Vv][Xx])|"
        r"加(?:入)?(?:微信|[Qq]{2}|粉丝|患者|交流)?群")),
    ("selling", "销售或优惠", re.compile(
        r"(?:原价|现价|特价|优惠价|活动价|团购价?|到手价|秒杀价?|仅售|售价|套餐价?)[^\d]{0,4}[¥￥]?\d+(?:\.\d+)?|"
        r"(?:仅需|只需|低至)[^\d]{0,2}(?:[¥￥][ ]?\d+(?:\.\d+)?|\d+(?:\.\d+)?[ ]?(?:元|块))|"
        r"进入?直播间|小黄车|商品橱窗|加(?:入)?购物车|下单(?:购买|立减|链接)|购买链接|点击(?:下方|左下角)?链接|"
        r"优惠券|限时(?:优惠|折扣|抢购)|\d(?:\.\d)?折优惠|包邮")),
    ("address", "地址", re.compile(
        r"(?:地址|院址|位于|门诊地址|来院路线)[ ]*[:：].{4,}|"
        r"[\u4e00-\u9fff]{2,12}(?:路|街|大道|巷|胡同)[ ]?\d{1,5}[ ]?号")),
)  # fmt: skip
_LINK = ("url", "网址", re.compile(
    r"(?:https?[:;]//|www\.)[A-Za-z0-9_\-.]{3,}[A-Za-z0-9_/?=&%#.\-]*|"
    r"(?<![\w@.\-])(?:[A-Za-z0-9\-]{1,63}\.){1,8}(?:com|cn|net|org|top|vip|shop|xyz|cc|int)"
    r"(?![A-Za-z])[A-Za-z0-9_/?=&%#.\-]*"))  # fmt: skip
_CITED = re.compile(
    r"\.gov\.cn|\.edu\.cn|who\.int|doi\.org|\.gov(?![\w.])|pubmed|\.ac\.cn", re.IGNORECASE
)
"""Addresses that are given as a source, which the rules of popularisation ask for."""
_DOUBTFUL: tuple[tuple[str, str, re.Pattern[str]], ...] = (
    ("price", "价格", re.compile(
        r"[¥￥][ ]?\d{1,12}(?:[.,]\d{1,9}){0,4}(?:万|元)?|(?<![\d.,])\d{1,12}(?:[.,]\d{1,9}){0,4}[ ]?(?:元|块钱)(?!素|旦|宵|件|年|月)")),
    ("booking", "预约、咨询或关注", re.compile(
        r"预约(?:挂号|电话|咨询|方式|热线|就诊)|(?:咨询|服务|健康)热线|在线咨询|私信|扫码|扫一扫|扫描.{0,4}二维码|"
        r"关注.{0,8}(?:公众号|视频号|抖音|账号)|(?:官方)?(?:公众号|视频号|小程序)[ ]*[:：]|评论区(?:留言|扣|见)|直播间")),
)  # fmt: skip
_PUBLIC = re.compile(r"(?<!\d)(?:12320|12345|12356|120|110|119|12315|95120)(?!\d)")


def contacts(line: str) -> Iterator[Contact]:
    """All of them, none within another but a chat number that is a telephone; sure ones first."""
    text = digits.half_width(line)
    taken: list[tuple[int, int]] = []

    def free(start: int, end: int) -> bool:
        if any(start < other_end and other_start < end for other_start, other_end in taken):
            return False
        taken.append((start, end))
        return True

    for datum in personal(line):
        if datum.kind in ("mobile", "identity", "card"):
            wanted = free(datum.start, datum.end) and datum.kind == "mobile"
            if wanted and not _is_chat(text, datum.start):
                yield Contact("phone", "电话", datum.value, datum.shown, datum.start, datum.end,
                              True, private=True)  # fmt: skip
    for patterns, certain in (((*_SURE, _LINK), True), (_DOUBTFUL, False)):
        for kind, called, pattern in patterns:
            for hit in pattern.finditer(text):
                group = hit.lastindex or 0
                value = hit.group(group)
                if _PUBLIC.fullmatch(value) or not free(*hit.span(group)):
                    continue
                sure = certain and not (kind == "url" and _CITED.search(value))
                yield Contact(kind, called, value, value, *hit.span(group), sure)
    if (chat := _CHAT.search(text)) is not None:
        value = chat.group(1)
        yield Contact("wechat", "微信号", value, digits.hidden(value, 3, 4), *chat.span(1), True,
                      private=True)  # fmt: skip


_CHAT = re.compile(
    r"(?:微信号?|[薇威徽]信|[微薇]芯|[Vv]信|[Vv][Xx]|[Ww][Xx])(?:号)?[ ]*[:;.]?[ ]*(1[3-9]\d{9})(?!\d)"
)


def _is_chat(text: str, start: int) -> bool:
    hit = _CHAT.search(text)
    return hit is not None and hit.start(1) == start
