"""What the living page shows: invented works, findings and forms, with long names and empty rows."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from types import SimpleNamespace as Row
from typing import Any
from urllib.parse import quote

from django import forms
from django.core.paginator import Paginator
from django.utils.safestring import SafeString, mark_safe

from fengcai.engines.documents.timeline import Lane, Level, Mark, Strip, Timeline
from fengcai.engines.documents.timeline_drawing import drawn
from fengcai.media.facts import Curve
from fengcai.web.shared.cards import Sprite, WorkCard
from fengcai.web.shared.shell import Link, Shell

CITE = Row(section="四（一）", words="统一为横版 MP4 格式")
TIME = Row(section="五", words="逾期视为自动放弃参评资格")
LENGTH = Row(section="四（一）", words="单条作品建议控制在 5 分钟以内")
STEPS = ("接收文件", "核对文件完整", "读出画面与声音", "逐帧检查画面", "量响度", "生成封面与缩略图")
INKS = (
    ("#37302a", "#8b5e3c"),
    ("#1f3a3a", "#6f9a8a"),
    ("#4a1f1b", "#c98a5e"),
    ("#24304a", "#8aa0c4"),
)


def picture(word: str, number: int, columns: int = 1, rows: int = 1) -> str:
    """A drawn poster (or a sheet of frames) as a data address, so that the page needs no film."""
    dark, light = INKS[number % len(INKS)]
    cells = "".join(
        f"<g transform='translate({c * 320} {r * 180})'><rect width='320' height='180' fill='{dark}'/>"
        f"<circle cx='{60 + (r * columns + c) * 200 // (columns * rows)}' cy='96' r='42' fill='{light}'/>"
        f"<path d='M0 140 L90 96 L150 132 L230 80 L320 142 V180 H0Z' fill='{light}' opacity='.45'/>"
        f"<text x='24' y='44' font-family='serif' font-size='26' fill='#f7f1e6'>{word}</text></g>"
        for r in range(rows)
        for c in range(columns)
    )
    svg = (
        f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {320 * columns} {180 * rows}' "
        f"width='{320 * columns}' height='{180 * rows}'>{cells}</svg>"
    )
    return "data:image/svg+xml," + quote(svg)


def works() -> list[WorkCard]:
    """Cards: usual, awarded, a title far too long, one whose frames are not ready."""
    long = "针尖上的二十四小时：一位老年科护士长与三百名住院患者共同走过的春夏秋冬（完整版·修订稿）"
    names = (
        ("手心里的温度", "急诊科"),
        ("一味药的旅程", "中药制剂室"),
        (long, "心血管内科与心脏康复联合中心（东湖院区）"),
    )
    rows = [
        WorkCard(
            url="#works",
            title=title,
            unit=unit,
            poster=picture(title[:4], number),
            duration=Decimal("272.4") if number else Decimal(3725),
            sprite=Sprite(picture(title[:4], number, 5, 4), 5, 4, count=20, width=320, height=180),
            award=("一等奖", "", "最佳人文奖")[number],
            state=("accepted", "confirmed", "returned")[number],
        )
        for number, (title, unit) in enumerate(names)
    ]
    return [*rows, WorkCard(url="#works", title="", unit="检验科", state="draft")]


def findings() -> list[Row]:
    """One finding of each verdict."""
    return [
        Row(
            verdict="pass",
            severity="must",
            measured="1920 × 1080",
            required="",
            text="分辨率不低于 1920 × 1080",
            cite=CITE,
        ),
        Row(
            verdict="pass",
            severity="must",
            measured="25 帧/秒",
            required="",
            text="帧率不低于 25 帧/秒",
            cite=CITE,
        ),
        Row(
            verdict="fail",
            severity="must",
            measured="1080 × 1920（竖版）",
            required="宽大于高（横版）",
            text="画面是竖版，通知要求横版",
            cite=CITE,
        ),
        Row(
            verdict="fail",
            severity="should",
            measured="6:12",
            required="5:00 以内（建议）",
            text="时长比建议的长，不影响报送",
            cite=LENGTH,
        ),
        Row(
            verdict="undetermined",
            severity="must",
            measured="右上角有一处始终不动的图形",
            required="无水印标识",
            text="可能有水印，仪器分不清是不是院徽",
            cite=CITE,
            timecodes=[Decimal("3.2"), Decimal("48.5"), Decimal(131)],
            evidence=[Row(url=picture("院徽", 2), alt="48 秒处的画面右上角")],
        ),
        Row(
            verdict="person",
            severity="must",
            measured="",
            required="",
            text="出镜者的知情同意书是否齐全，由审核员核对",
            cite=CITE,
        ),
    ]


def reel() -> SafeString:
    """A timeline of eight seconds: frames, findings, shots, loudness with its limit, lanes of each tone."""
    loud = (-31.0, -24.5, -22.0, -19.5, None, -21.0, -18.0, -12.5)
    lanes = (
        Lane("不符合与要看的", (Mark(1, 2.4, "画面抖动明显", "fail"), Mark(5.2, 6, "可能有水印", "doubt"))),
        Lane("镜头", note="4 个镜头", bands=(2.1, 4.4, 6.3)),
        Lane(
            "响度",
            note="−20.2 LUFS",
            curve=Curve(step_s=Fraction(1), unit="LUFS", values=loud),
            levels=(Level(-20.2, "全片 −20.2 LUFS"), Level(-16, "不高于 −16 LUFS", limit=True)),
        ),
        Lane("抖动", (Mark(1, 2.4, "画面抖动明显 0:01–0:02"),)),
        Lane("疑似水印", (Mark(5.2, 6, "右上角有不动的图形（拿不准） 0:05–0:06", "doubt"),)),
        Lane("字幕", (Mark(0.5, 3.8, "有字幕 0:00–0:03", "told"), Mark(4.4, 7.6, "有字幕 0:04–0:07", "told"))),
        Lane("黑屏与静止、闪烁、画质、声音", note="未见"),
    )  # fmt: skip
    sheet = picture("片段", 1, 5, 4)
    strip = Strip(sheet, 5, 4, 320, 180, tuple(0.4 * number for number in range(20)))
    return mark_safe(drawn(Timeline(8.0, lanes, strip)))  # noqa: S308  (every word is escaped there)


class SpecimenForm(forms.Form):
    """Every kind of field."""

    title = forms.CharField(
        label="作品名称", max_length=40, help_text="会印在证书上，请写正式名称。"
    )
    synopsis = forms.CharField(
        label="内容简介", max_length=300, widget=forms.Textarea, help_text="讲了谁的什么故事。"
    )
    unit = forms.ChoiceField(label="报送科室", choices=[("1", "急诊科"), ("2", "检验科")])
    theme = forms.ChoiceField(
        label="创作方向",
        widget=forms.RadioSelect,
        choices=[
            ("a", "专科建设类"),
            ("b", "中医药特色类"),
            ("c", "医疗服务类"),
            ("d", "公益担当类"),
        ],
    )
    note = forms.CharField(label="给审核员的话", max_length=100, required=False)
    promise = forms.BooleanField(label="背景音乐、图片、素材等没有版权争议")


def table() -> list[Row]:
    """Rows of an officer's table, one with a name that does not end."""
    units = (
        "急诊科",
        "心血管内科与心脏康复联合中心（东湖院区）",
        "检验科",
        "𬭊材料研究室",
        "行政办公室",
    )
    states = ("accepted", "returned", "confirmed", "draft", "missing")
    return [
        Row(
            unit=unit,
            title=("手心里的温度", "针尖上的二十四小时", "看不见的守门人", "", "")[number],
            state=states[number],
            score=(Decimal("92.60"), None, Decimal("88.25"), None, None)[number],
            size=(1_610_612_736, 734_003_200, 88_080_384, 0, 0)[number],
        )
        for number, unit in enumerate(units)
    ]


def page(accent: str, *, at: datetime) -> dict[str, Any]:
    """The context of the living page at the instant `at`."""
    wrong = SpecimenForm(
        {"title": "", "synopsis": "我们科室的一天。", "unit": "1", "theme": "b", "promise": ""},
        auto_id="wrong_%s",
    )
    wrong.full_clean()
    deadline = at + timedelta(days=3, hours=4)
    return {
        "shell": Shell(
            title="“一室一影”作品征集展播（样张）",
            url="#top",
            issuer="青川市第三人民医院 · 虚构单位",
            accent=accent,
            demo=True,
            nav=[Link("活动首页", "#top", True), Link("规则", "#cite"), Link("作品展播", "#works")],
            contacts=[
                Row(
                    scope="活动联系人",
                    names=["宣传科值班员"],
                    phone="0000-00000000",
                    email="",
                    cite=CITE,
                )
            ],
        ),
        "at": at,
        "accent_name": accent,
        "inks": (
            "ground",
            "surface",
            "sunken",
            "ink",
            "ink-2",
            "ink-3",
            "hairline",
            "line",
            "edge",
        ),
        "meanings": ("accent", "pass", "fail", "doubt", "note"),
        "states": (
            "draft",
            "submitted",
            "confirmed",
            "returned",
            "accepted",
            "missing",
            "sealed",
            "published",
        ),
        "verdicts": (
            ("pass", "must"),
            ("fail", "must"),
            ("fail", "should"),
            ("undetermined", "must"),
            ("person", "must"),
        ),
        "cite": CITE,
        "long_cite": Row(
            section="六（二）", words="所有获奖作者颁发荣誉证书，以及根据医院奖励制度给予相应奖励"
        ),
        "works": works(),
        "findings": findings(),
        "reel": reel(),
        "form": SpecimenForm(initial={"title": "手心里的温度", "theme": "b"}),
        "wrong_form": wrong,
        "rows": table(),
        "page": Paginator(range(240), 20).get_page(5),
        "step": {
            "title": "把作品提交给科室负责人确认",
            "text": "影片已通过检查，还差一项：出镜者知情同意书。",
            "url": "/design/#next",
            "action": "继续填写",
            "deadline": deadline,
            "cite": TIME,
        },
        "step_done": {
            "title": "作品已提交，等待审核",
            "text": "审核结果会显示在这里。",
            "tone": "done",
        },
        "step_late": {
            "title": "报送已经截止",
            "text": "草稿仍保留，可查看，不能再提交。",
            "tone": "late",
            "cite": TIME,
        },
        "step_wait": {
            "title": "评审还没有开始",
            "text": "开始后会在这里给出您要评的作品。",
            "tone": "wait",
        },
        "near": at + timedelta(minutes=48),
        "over": at - timedelta(days=2),
        "phases": [
            Row(name="发布通知", state="past", date_text="4月2日", vague=False, cite=None),
            Row(
                name="作品征集",
                state="now",
                date_text="4月2日—4月30日 17:00",
                vague=False,
                cite=TIME,
            ),
            Row(name="集中评审", state="future", date_text="6月中旬", vague=True, cite=None),
            Row(name="公布结果", state="future", date_text="7月", vague=True, cite=None),
        ],
        "stats": [
            {"value": "42", "unit": "件", "label": "已收作品", "note": "", "url": "#stats"},
            {
                "value": "38 / 61",
                "unit": "",
                "label": "已报送科室",
                "note": "另有 5 个科室存有草稿",
            },
            {"value": "3", "unit": "天", "label": "距截止"},
            {"value": "17,100", "unit": "元", "label": "奖金合计"},
        ],
        "poster": picture("手心里的温度", 0),
        "sprite": picture("帧", 0, 5, 4),
        "money": Decimal(17100),
        "criteria": [
            Row(
                id="topic",
                name="主题契合度",
                description="紧扣活动主题与本科室实际。",
                weight=None,
                min=0,
                max=20,
                step=Decimal("0.5"),
                value=Decimal(18),
            ),
            Row(
                id="content",
                name="内容充实度",
                description="事实准确、信息充分。",
                weight=None,
                min=0,
                max=20,
                step=Decimal("0.5"),
                value=Decimal("17.5"),
            ),
            Row(
                id="feature",
                name="特色辨识度",
                description="看得出是这个科室。",
                weight=None,
                min=0,
                max=20,
                step=Decimal("0.5"),
                value=None,
            ),
        ],
    }


def checklist(step: int) -> dict[str, Any]:
    """The rows of an inspection after `step` steps."""
    done = min(step, len(STEPS))
    return {
        "rows": [
            Row(
                name=name,
                state="done" if n < done else "running" if n == done else "waiting",
                note="12 秒" if n < done else "第 1,204 帧" if n == done else "",
            )
            for n, name in enumerate(STEPS)
        ],
        "next": step + 1 if done < len(STEPS) else None,
        "share": done * 100 // len(STEPS),
    }
